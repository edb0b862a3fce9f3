//! How a precinct's report reaches the log: by which channel, when, and from whom.

use tallylog_event::{Channel, UnixMillis};

use crate::chance::Chance;

const SECOND_MS: u64 = 1_000;
const MINUTE_MS: u64 = 60 * SECOND_MS;
const HOUR_MS: u64 = 60 * MINUTE_MS;

/// The first room is done after about this; the slowest take an hour and a half longer.
const FIRST_DONE_MS: u64 = 42 * MINUTE_MS;
/// People who take a minute to count twice.
const PEOPLE_A_MINUTE: u32 = 15;

/// Of the precincts that report by app, those whose worksheet is entered from a photo or from paper as well.
const SECOND_SOURCE_PERCENT: u32 = 40;

/// One way for one report.
#[derive(Clone, Copy)]
pub(crate) struct Filing {
    pub(crate) channel: Channel,
    /// When its author wrote it down.
    pub(crate) recorded_at: UnixMillis,
    /// When it reaches the log.
    pub(crate) at: UnixMillis,
}

/// How one precinct reports: once, or by two sources.
pub(crate) struct Filings {
    pub(crate) first: Filing,
    pub(crate) second: Option<Filing>,
}

impl Filings {
    /// The ways of a room of `people` whose doors closed at `start`.
    pub(crate) fn new(start: UnixMillis, people: u32, chance: &mut Chance) -> Self {
        let done = after(start, done_ms(people, chance));
        let channel = channel(chance);
        let first = Filing::new(start, done, channel, chance);
        let is_app = matches!(channel, Channel::App);
        let second = (is_app && chance.percent(SECOND_SOURCE_PERCENT)).then(|| {
            let channel = if chance.percent(50) {
                Channel::Photo
            } else {
                Channel::Paper
            };
            let late = Filing::new(start, done, channel, chance);
            // The second source is entered once the first is in.
            late.not_before(after(first.at, chance.millis(MINUTE_MS, 20 * MINUTE_MS)))
        });
        Self { first, second }
    }
}

/// App 45, phone 33, photo 12, paper 10 of a hundred: the night of 2020 with an app that works.
fn channel(chance: &mut Chance) -> Channel {
    match chance.below(100) {
        0..45 => Channel::App,
        45..78 => Channel::Phone,
        78..90 => Channel::Photo,
        _ => Channel::Paper,
    }
}

fn done_ms(people: u32, chance: &mut Chance) -> u64 {
    let counting = u64::from((people / PEOPLE_A_MINUTE).min(35)) * MINUTE_MS;
    let talk = chance.millis(0, 25 * MINUTE_MS) + chance.millis(0, 25 * MINUTE_MS);
    FIRST_DONE_MS + counting + talk
}

impl Filing {
    fn new(start: UnixMillis, done: UnixMillis, channel: Channel, chance: &mut Chance) -> Self {
        let at = match channel {
            Channel::App => after(done, app_ms(chance)),
            Channel::Phone => after(done, phone_ms(chance)),
            Channel::Photo if chance.percent(20) => after(start, working_day_ms(1, chance)),
            Channel::Photo => after(done, chance.millis(10 * MINUTE_MS, 100 * MINUTE_MS)),
            Channel::Paper | Channel::Import => {
                let day = chance.between(1, 2).into();
                after(start, working_day_ms(day, chance))
            }
        };
        let recorded_at = match channel {
            Channel::App => done,
            // An operator sends what is on the screen.
            Channel::Phone | Channel::Photo | Channel::Paper | Channel::Import => {
                before(at, chance.millis(SECOND_MS, 20 * SECOND_MS))
            }
        };
        Self {
            channel,
            recorded_at,
            at,
        }
    }

    fn not_before(self, earliest: UnixMillis) -> Self {
        let late_ms = earliest.0.saturating_sub(self.at.0);
        Self {
            channel: self.channel,
            recorded_at: after(self.recorded_at, late_ms),
            at: after(self.at, late_ms),
        }
    }
}

/// Seconds; for a device without a network, until its chair is home.
fn app_ms(chance: &mut Chance) -> u64 {
    if chance.percent(12) {
        chance.millis(30 * MINUTE_MS, 200 * MINUTE_MS)
    } else {
        chance.millis(2 * SECOND_MS, 40 * SECOND_MS)
    }
}

/// The line is busy; for some until long after midnight, and some are called next morning.
fn phone_ms(chance: &mut Chance) -> u64 {
    match chance.below(100) {
        0..70 => chance.millis(3 * MINUTE_MS, 45 * MINUTE_MS),
        70..90 => chance.millis(45 * MINUTE_MS, 5 * HOUR_MS),
        _ => chance.millis(12 * HOUR_MS, 16 * HOUR_MS),
    }
}

/// From nine to five on a `day` after the night, counted from seven in the evening of the night.
pub(crate) fn working_day_ms(day: u64, chance: &mut Chance) -> u64 {
    (day - 1) * 24 * HOUR_MS + chance.millis(14 * HOUR_MS, 22 * HOUR_MS)
}

/// How long after the first copy the device sends the second, when the answer was lost.
pub(crate) fn retry_ms(chance: &mut Chance) -> u64 {
    chance.millis(5 * SECOND_MS, 3 * MINUTE_MS)
}

pub(crate) fn after(at: UnixMillis, ms: u64) -> UnixMillis {
    UnixMillis(at.0 + ms)
}

fn before(at: UnixMillis, ms: u64) -> UnixMillis {
    UnixMillis(at.0.saturating_sub(ms))
}
