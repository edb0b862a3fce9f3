//! A whole synthetic night goes through admission and fold, with releases and corrections signed as it goes.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use tallylog_event::{Basis, EntryIndex, Envelope, PrecinctId, UnixMillis};
use tallylog_projection::{Accepted, Discrepancy, Fold, Life, Review};
use tallylog_rules::Severity;
use tallylog_simulate::{Night, Options, What, night};

/// A log without storage.
#[derive(Default)]
struct Log(Fold);

impl Log {
    fn take(&mut self, at: UnixMillis, envelope: &Envelope) -> EntryIndex {
        let body = envelope.decode().unwrap();
        let entry = EntryIndex(self.0.state().size());
        let accepted = Accepted::new(entry, at, envelope, &body);
        self.0.admit(&accepted).unwrap();
        self.0.apply(&accepted);
        entry
    }

    fn record(&self, precinct: PrecinctId) -> EntryIndex {
        self.0.state().counted(precinct, Basis::Recorded).unwrap().entry
    }

    fn precincts(&self) -> usize {
        self.0.state().roster().ids().count()
    }

    /// The records that the contest's policy lets out, in the order of the log.
    fn clear(&self) -> Vec<EntryIndex> {
        let review = Review::of(self.0.state());
        let statuses = (0..self.precincts()).map(|position| review.status(position));
        let mut clear: Vec<EntryIndex> = statuses.filter(|s| !s.held).filter_map(|s| s.record).collect();
        clear.sort();
        clear
    }
}

/// Drives the whole plan. Gives the log, and after each release its name, how many it lists and how many block.
fn drive(night: &Night) -> (Log, Vec<(String, usize, usize)>) {
    let mut log = Log::default();
    let mut releases = Vec::new();
    for envelope in &night.setup {
        log.take(envelope.decode().unwrap().recorded_at, envelope);
    }
    for planned in &night.plan {
        match &planned.what {
            What::Arrival(arrival) if arrival.retry => {
                let body = arrival.envelope.decode().unwrap();
                assert!(log.0.submission(&arrival.envelope.author, &body.submission).is_some());
            }
            What::Arrival(arrival) => {
                log.take(planned.at, &arrival.envelope);
            }
            What::Correction(correction) => {
                let record = log.record(correction.precinct());
                log.take(planned.at, &correction.sign(record));
            }
            What::Case(planned_case) => {
                let record = log.record(planned_case.precinct());
                let case = log.take(planned.at, &planned_case.open());
                let proposal = log.take(planned.at, &planned_case.propose(case, record));
                log.take(planned.at, &planned_case.approve(proposal, record));
                log.take(planned.at, &planned_case.close(case));
            }
            What::Release(milestone) => {
                let clear = log.clear();
                releases.push((milestone.name().to_string(), clear.len(), blocking(&log)));
                log.take(planned.at, &milestone.sign(clear).unwrap());
            }
        }
    }
    (log, releases)
}

fn blocking(log: &Log) -> usize {
    let review = Review::of(log.0.state());
    let blocks = |d: &&Discrepancy| d.life == Life::Open && d.severity == Severity::Block;
    review.discrepancies().iter().filter(blocks).count()
}

#[test]
fn the_log_takes_everything_and_corrections_clear_most_of_it() {
    check(&Options::full(2028));
}

#[test]
fn a_log_with_desks_takes_everything_and_cases_clear_most_of_it() {
    check(&Options {
        version: 2,
        ..Options::full(2028)
    });
}

#[test]
fn a_log_with_acts_of_two_takes_everything_and_two_registrars_enrolled_its_staff() {
    let options = Options {
        version: 3,
        ..Options::small(2028, 5, 40)
    };
    let (log, _) = drive(&night(&options));
    let acts = log.0.state().desks().authority.all();
    let staff = log.0.state().authors().filter(|author| author.role.is_staff());
    // The two registrars stand in entry 0.
    assert_eq!(acts.len() + 2, staff.count());
    assert!(acts.iter().all(|act| act.decided.is_some()));
}

#[track_caller]
fn check(options: &Options) {
    let (log, releases) = drive(&night(options));
    assert_eq!(log.precincts(), 1_765);
    let of = |name: &str| releases.iter().find(|(other, ..)| other == name).unwrap();
    let (_, before, blocked_before) = of("100pct");
    let (_, after, blocked_after) = of("certified");
    assert!(after > before && *blocked_after * 5 < *blocked_before, "{releases:?}");
}
