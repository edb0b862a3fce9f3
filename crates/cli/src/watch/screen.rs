//! What a watcher sees: a line an entry, and how far behind the log it is.

use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use tallylog_projection::State;
use tallylog_wire::v1;

use crate::args::Format;
use crate::demo::screen::bar;
use crate::failure::Failure;
use crate::show::feed::{Told, wrap};
use crate::show::{data, grouped, line_width, object_line, talk};
use crate::time;

/// How often it is said that one is behind.
const EVERY: Duration = Duration::from_secs(2);

pub(super) struct Screen {
    format: Format,
    /// When it was last said how far behind the log this is; absent while it is not.
    said: Option<Instant>,
    /// Whether the server answers, as far as was said.
    lost: bool,
    /// Where the log stands, at the bottom of the terminal; hidden where there is none.
    bar: ProgressBar,
}

impl Screen {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            said: None,
            lost: false,
            bar: bar(0, "{msg}"),
        }
    }

    pub(super) fn show(&mut self, told: &Told, state: &State, behind: u64) -> Result<(), Failure> {
        self.back();
        match self.format {
            Format::Json => {
                let mut object =
                    serde_json::to_value(told.json(state)).map_err(|error| Failure::Output(error.into()))?;
                object["behind"] = behind.into();
                self.bar.suspend(|| object_line(&object))?;
            }
            Format::Table | Format::Csv => {
                let line = told.line(state);
                let line = line_width().map_or(line.clone(), |width| wrap(&line, width));
                self.bar.suspend(|| data(&format!("{line}\n")))?;
            }
        }
        self.behind(behind, told.happening.entry.0);
        Ok(())
    }

    /// Shows a release whose entry stands behind others that are withheld.
    pub(super) fn release(
        &mut self,
        release: &v1::ReleaseSummary,
        position: Option<&v1::Position>,
    ) -> Result<(), Failure> {
        self.back();
        let signed = release.signed.clone().unwrap_or_default();
        match self.format {
            Format::Json => self.bar.suspend(|| {
                object_line(&serde_json::json!({
                    "entry": signed.entry,
                    "rehearsal": position.is_some_and(|position| position.kind() == v1::ContestKind::Rehearsal),
                    "received_at": time::utc(signed.received_at_ms),
                    "kind": "release",
                    "title": format!("release {:?}", release.name),
                    "person": signed.person,
                    "precincts": release.precincts,
                }))
            }),
            Format::Table | Format::Csv => {
                let rehearsal = position.is_some_and(|position| position.kind() == v1::ContestKind::Rehearsal);
                let line = format!(
                    "{}{} entry {} release {:?}, {}: {}",
                    if rehearsal { "REHEARSAL " } else { "" },
                    time::central(signed.received_at_ms),
                    signed.entry,
                    release.name,
                    signed.person,
                    match release.precincts {
                        1 => "1 precinct".to_owned(),
                        count => format!("{} precincts", grouped(count.into())),
                    },
                );
                let line = line_width().map_or(line.clone(), |width| wrap(&line, width));
                self.bar.suspend(|| data(&format!("{line}\n")))
            }
        }
    }

    /// Says now and then how far behind the log this is, and once that it is no longer.
    pub(super) fn behind(&mut self, behind: u64, entry: u64) {
        let due = self.said.is_none_or(|said| said.elapsed() >= EVERY);
        if behind == 0 {
            if self.said.take().is_some() {
                self.say(&format!("up to date with entry {}", grouped(entry)));
            }
        } else if behind > 1 && due {
            // The first time the clock is only set: most of what is behind by a few is not for long.
            if self.said.replace(Instant::now()).is_some() {
                self.say(&format!(
                    "behind by {} entries, at entry {}",
                    grouped(behind),
                    grouped(entry)
                ));
            }
        }
    }

    /// The server answers.
    pub(super) fn alive(&mut self, size: u64, covered: u64) {
        self.back();
        let now = time::central(tallylog_server::now().0);
        let (size, covered) = (grouped(size), grouped(covered));
        self.bar.set_message(format!(
            "{now}: {size} entries followed, the latest checkpoint covers {covered}"
        ));
    }

    /// The server does not answer: what was shown may be old.
    pub(super) fn lost(&mut self, failure: &Failure, size: u64, wait: Duration) {
        if !self.lost {
            self.lost = true;
            self.say(&format!(
                "{} NOT CONNECTED since now, entry {} was the last that was seen: {failure}; trying again until it answers",
                time::central(tallylog_server::now().0),
                grouped(size.saturating_sub(1)),
            ));
        }
        tracing::info!(?wait, "the server is tried again");
    }

    fn back(&mut self) {
        if std::mem::take(&mut self.lost) {
            self.say(&format!("{} connected again", time::central(tallylog_server::now().0)));
        }
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| talk(line));
    }
}
