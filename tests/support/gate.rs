//! A writer that a test holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tallylog_event::UnixMillis;
use tallylog_server::Settings;

/// A clock that can be held: the writer asks it for the time of every event, and waits.
#[derive(Clone, Default)]
pub(crate) struct Gate {
    shut: Arc<AtomicBool>,
    waiting: Arc<AtomicBool>,
}

impl Gate {
    pub(crate) fn settings(&self, queue: usize) -> Settings {
        let Self { shut, waiting } = self.clone();
        let clock = move || {
            while shut.load(Ordering::SeqCst) {
                waiting.store(true, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(1));
            }
            UnixMillis(1_833_584_400_000)
        };
        Settings {
            queue,
            clock: Arc::new(clock),
            ..Settings::default()
        }
    }

    pub(crate) fn shut(&self, shut: bool) {
        self.shut.store(shut, Ordering::SeqCst);
    }

    /// Until the writer stands before the shut gate.
    pub(crate) async fn reached(&self) {
        while !self.waiting.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
