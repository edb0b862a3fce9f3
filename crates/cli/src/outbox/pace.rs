//! How long and how often to try: pauses that grow, until patience is over.

use std::time::{Duration, Instant};

use crate::failure::Failure;

/// The first pause between two tries; each later one is twice as long, to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The pace of somebody who tries.
pub(super) struct Pace {
    until: Option<Instant>,
    pause: Duration,
}

impl Pace {
    /// The pace of somebody with so much patience; `None` never ends.
    pub(super) fn new(patience: Option<Duration>) -> Self {
        Self {
            until: patience.map(|patience| Instant::now() + patience),
            pause: FIRST_PAUSE,
        }
    }

    /// When patience is over.
    pub(super) const fn until(&self) -> Option<Instant> {
        self.until
    }

    /// How much patience is left; `None` for one without end.
    pub(super) fn left(&self) -> Option<Duration> {
        self.until.map(|until| until.saturating_duration_since(Instant::now()))
    }

    pub(super) fn is_over(&self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }

    /// The pause before the next try: between half of what is due and one and a half. A room full of devices that lost one
    /// network does not come back as one.
    pub(super) fn next(&mut self) -> Result<Duration, Failure> {
        let pause = self.pause;
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        let mut byte = [0];
        getrandom::fill(&mut byte).map_err(|_| Failure::Randomness)?;
        Ok(pause / 2 + pause * u32::from(byte[0]) / 255)
    }

    /// Waits so long, or until patience is over.
    pub(super) async fn rest(&self, pause: Duration) {
        tokio::time::sleep(self.left().map_or(pause, |left| left.min(pause))).await;
    }
}
