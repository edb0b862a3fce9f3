//! The night as the terminal shows it: what happens scrolls by, and progress stays at the bottom.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use tallylog_event::{CorrectionKind, UnixMillis};
use tallylog_projection::{Filing, Life, Review, State};
use tallylog_rules::{ByGroup, Severity};
use tallylog_server::{Log, query};
use tallylog_simulate::{Night, PlannedCorrection};
use tallylog_wire::v1;

use super::driver::Tally;
use crate::failure::Failure;
use crate::show::{decimal, grouped, new_table, talk};

/// How many groups a look shows.
const SHOWN: usize = 7;

/// How many kinds of discrepancy a look names.
const NAMED: usize = 2;

pub(super) struct Screen {
    bar: ProgressBar,
}

/// A night's progress at the bottom of the terminal; hidden where there is none.
pub(crate) fn bar(precincts: usize, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(precincts).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

impl Screen {
    pub(super) fn new(precincts: usize) -> Self {
        let bar = bar(precincts, "{prefix} {bar:30} {pos}/{len} precincts  {msg}");
        Self { bar }
    }

    /// Shows a line above the progress, and on its own where no terminal draws progress.
    pub(super) fn line(&self, text: &str) {
        self.bar.suspend(|| talk(text));
    }

    pub(super) fn open(&self, night: &Night) {
        self.line(&format!(
            "{}: {} counties and pools, {} precincts, {} keys enrolled; doors are closed, rooms are counting",
            night.contest.name,
            night.counties.len(),
            grouped(self.bar.length().unwrap_or_default()),
            grouped(u64::try_from(night.setup.len()).unwrap_or(u64::MAX)),
        ));
    }

    /// Says where the people's devices are.
    pub(super) fn devices(&self, folder: &Path, made: &[PathBuf]) {
        let names = made.iter().filter_map(|path| path.file_name()?.to_str());
        self.line(&format!(
            "devices in {}: {}; their passphrase is in the file `passphrase` there, and guards nothing",
            folder.display(),
            names.collect::<Vec<_>>().join(", "),
        ));
    }

    pub(super) fn progress(&self, at: UnixMillis, size: u64, log: &Log) -> Result<(), Failure> {
        self.bar.set_prefix(central(at));
        self.bar.set_message(format!("log size {}", grouped(size)));
        if !self.bar.is_hidden() {
            let state = log.state()?;
            let reported = state
                .roster()
                .ids()
                .filter(|id| !state.versions(*id).is_empty())
                .count();
            self.bar.set_position(u64::try_from(reported).unwrap_or(u64::MAX));
        }
        Ok(())
    }

    pub(super) fn corrected(&self, at: UnixMillis, planned: &PlannedCorrection, before: &Filing, state: &State) {
        let kind = match planned.kind() {
            CorrectionKind::Transcription => "transcription",
            CorrectionKind::Rule => "rule",
            CorrectionKind::HeadCount => "head count",
        };
        let named = state.roster().precinct(planned.precinct());
        let place = named.map_or_else(String::new, |(county, precinct)| {
            format!("{}, {}", county.name, precinct.name)
        });
        let (old, new) = (&before.report().sheet, &planned.report().sheet);
        let changes = [
            change(
                "first",
                old.first_alignment.as_ref().map(ByGroup::total),
                new.first_alignment.as_ref().map(ByGroup::total),
            ),
            change(
                "final",
                old.final_alignment.as_ref().map(ByGroup::total),
                new.final_alignment.as_ref().map(ByGroup::total),
            ),
            change(
                "delegates",
                old.awards.as_ref().map(ByGroup::total),
                new.awards.as_ref().map(ByGroup::total),
            ),
        ];
        let changes: Vec<String> = changes.into_iter().flatten().collect();
        let effect = match (old == new, changes.is_empty()) {
            (true, _) => "not changed".to_owned(),
            (false, true) => "moved between groups".to_owned(),
            (false, false) => changes.join(", "),
        };
        self.line(&format!("{}  correction ({kind})  {place}: {effect}", central(at)));
    }

    pub(super) fn released(&self, at: UnixMillis, name: &str, precincts: usize) {
        let precincts = grouped(u64::try_from(precincts).unwrap_or(u64::MAX));
        self.line(&format!(
            "{}  release {name:?}: {precincts} precincts that nothing holds",
            central(at)
        ));
    }

    /// Shows the figures as they stand.
    pub(super) fn look(&self, state: &State, address: SocketAddr) -> Result<(), Failure> {
        let totals = query::totals(state, &v1::TotalsRequest::default())?;
        let time = state.last_received_at().unwrap_or_default();
        let (time, reporting) = (central(time), reporting(state, &totals));
        let (figures, held) = (figures(&totals), discrepancies(state));
        self.line(&format!("\n{time}  REHEARSAL  {reporting}\n{figures}\n{held}"));
        self.bar.set_message(format!("http://{address}"));
        Ok(())
    }

    pub(super) fn close(&self, state: &State, tally: &Tally, address: SocketAddr) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        self.look(state, address)?;
        self.line(&format!(
            "The night is over: {} entries, {} retries answered with their first receipt, {} refused.\nstate hash {}",
            grouped(state.size()),
            grouped(tally.retries),
            grouped(tally.refused),
            tallylog_event::EntryHash(state.hash()),
        ));
        Ok(())
    }

    pub(super) fn stay(&self, address: SocketAddr) {
        self.line(&format!(
            "\nStill serving on http://{address}: open it in a browser, or ask in a second terminal, for example:\n\
             \x20 cargo tallylog totals --server http://{address}\n\
             \x20 cargo tallylog totals --server http://{address} --as-of 2500\n\
             \x20 cargo tallylog discrepancies --server http://{address}\n\
             \x20 cargo tallylog verify --server http://{address}\n\
             \x20 cargo tallylog bundle --server http://{address} -o night.tallylog\n\
             Ctrl-C stops it."
        ));
    }
}

fn change(what: &str, old: Option<u64>, new: Option<u64>) -> Option<String> {
    let show = |figure: Option<u64>| figure.map_or("none".to_owned(), grouped);
    (old != new).then(|| format!("{what} {} -> {}", show(old), show(new)))
}

fn reporting(state: &State, totals: &v1::TotalsResponse) -> String {
    let counts = totals.precincts.unwrap_or_default();
    let mut outstanding = BTreeMap::new();
    for id in state.roster().ids() {
        *outstanding.entry(id.county).or_insert(0_u32) += u32::from(state.versions(id).is_empty());
    }
    let complete = outstanding.values().filter(|missing| **missing == 0).count();
    format!(
        "{} of {} precincts reported
{:8}{} confirmed, {} held, {} released; {complete} of {} counties complete",
        grouped(counts.reported().into()),
        grouped(counts.total.into()),
        "",
        grouped(counts.confirmed().into()),
        grouped(counts.held().into()),
        grouped(counts.released.into()),
        outstanding.len(),
    )
}

/// The leading groups in the three result sets.
fn figures(totals: &v1::TotalsResponse) -> comfy_table::Table {
    let mut table = new_table(&["group", "first alignment", "final alignment", "SDE", "national"], 1);
    let mut leading: Vec<&v1::CandidateTotals> = totals.candidates.iter().collect();
    leading.sort_by_key(|candidate| std::cmp::Reverse((candidate.sde_ten_thousandths, candidate.final_alignment)));
    for candidate in leading.into_iter().take(SHOWN) {
        table.add_row([
            candidate.name.clone(),
            grouped(candidate.first_alignment),
            grouped(candidate.final_alignment),
            decimal(candidate.sde_ten_thousandths),
            candidate
                .national_delegates
                .map(|delegates| delegates.to_string())
                .unwrap_or_default(),
        ]);
    }
    table
}

/// What keeps precincts back, the most frequent kinds by name.
fn discrepancies(state: &State) -> String {
    let review = Review::of(state);
    let blocking = kinds(&review, Severity::Block);
    let holding = kinds(&review, Severity::Hold);
    let lines = [("blocking", blocking), ("to review", holding)];
    let shown = lines
        .into_iter()
        .filter_map(|(what, kinds)| Some(format!("{what}: {}\n", kinds?)));
    let shown: String = shown.collect();
    if shown.is_empty() {
        "no discrepancy holds a precinct\n".to_owned()
    } else {
        shown
    }
}

fn kinds(review: &Review, severity: Severity) -> Option<String> {
    let open = review.discrepancies().iter().filter(|found| found.life == Life::Open);
    let mut counts = BTreeMap::new();
    for found in open.filter(|found| found.severity == severity) {
        *counts.entry(found.code).or_insert(0_u32) += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
    let others: u32 = counts.iter().skip(NAMED).map(|(_, count)| count).sum();
    let named = counts
        .iter()
        .take(NAMED)
        .map(|(code, count)| format!("{count} {} {}", code.as_str(), code.name()));
    let others = (others > 0).then(|| format!("{others} others"));
    let shown: Vec<String> = named.chain(others).collect();
    (!shown.is_empty()).then(|| shown.join(", "))
}

/// Iowa's time on a winter's evening, as caucuses are held.
fn central(at: UnixMillis) -> String {
    let time = i64::try_from(at.0)
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let zone = TimeZone::fixed(Offset::constant(-6));
    time.map_or_else(String::new, |time| {
        time.to_zoned(zone).strftime("%e %b %H:%M").to_string()
    })
}
