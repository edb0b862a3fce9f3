//! A simulated night, taken into a log without storage, with a staff that does more than the simulation has it do.

use std::convert::Infallible;

use serde_json::Value;
use tallylog_event::{
    Entry, EntryHash, EntryIndex, Envelope, Event, EventBody, PrecinctId, SigningKey, SubmissionId, TreeRoot,
    UnixMillis, chain,
};
use tallylog_projection::{Accepted, Basis, Fold, ResultsTree, Review, State};
use tallylog_simulate::{Night, What};
use tallylog_tlog::{Hash, Tree};

use crate::figures::moment;
use crate::staff;
use crate::trials::Random;

/// Each step of the simulation is followed by up to so many things that somebody of the staff tries.
const TRIES: u64 = 4;
/// One in so many is followed by a look at everything.
const LOOKS: u64 = 60;

pub(crate) struct Log {
    fold: Fold,
    last: EntryHash,
    now: UnixMillis,
    submissions: u64,
    pub(crate) random: Random,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) moments: Vec<Value>,
}

impl Log {
    pub(crate) fn of(night: &Night, random: Random) -> Self {
        let mut log = Self {
            fold: Fold::default(),
            last: EntryHash::NONE,
            now: UnixMillis(0),
            submissions: 0,
            random,
            entries: Vec::new(),
            moments: Vec::new(),
        };
        for envelope in &night.setup {
            log.now = envelope.decode().unwrap().recorded_at;
            log.offer(envelope).unwrap();
        }
        staff::enrol(night, &mut log);
        log.drive(night);
        log.look();
        log
    }

    pub(crate) fn state(&self) -> &State {
        self.fold.state()
    }

    pub(crate) fn record(&self, precinct: PrecinctId) -> Option<EntryIndex> {
        let counted = self.state().counted(precinct, Basis::Recorded);
        counted.map(|version| version.entry)
    }

    fn drive(&mut self, night: &Night) {
        for planned in &night.plan {
            self.now = planned.at;
            match &planned.what {
                What::Arrival(arrival) => {
                    let _retried_or_refused = self.offer(&arrival.envelope);
                }
                What::Correction(correction) => {
                    if let Some(record) = self.record(correction.precinct()) {
                        let _refused = self.offer(&correction.sign(record));
                    }
                }
                What::Case(case) => {
                    let _refused = self.record(case.precinct()).and_then(|record| {
                        let opened = self.offer(&case.open())?;
                        let proposal = self.offer(&case.propose(opened, record))?;
                        let _refused = self.offer(&case.approve(proposal, record));
                        self.offer(&case.close(opened))
                    });
                }
                What::Release(milestone) => {
                    let clear = self.clear();
                    let _refused = self.offer(&milestone.sign(clear).unwrap());
                    self.commit(night);
                    self.look();
                }
            }
            self.go_on(night);
        }
    }

    /// What else happens now and then.
    fn go_on(&mut self, night: &Night) {
        for _ in 0..self.random.below(TRIES) {
            staff::try_something(night, self);
        }
        if self.random.below(LOOKS) == 0 {
            self.commit(night);
            self.look();
        }
    }

    fn look(&mut self) {
        self.moments.push(moment(self.fold.state()));
    }

    /// The log's own key commits what both bases count.
    fn commit(&mut self, night: &Night) {
        for basis in [Basis::Recorded, Basis::Released] {
            let tree = ResultsTree::of(self.state(), basis).unwrap();
            let commitment = tree.commitment(self.state()).unwrap();
            let taken = self.say(&night.keys.service, Event::ResultsCommitted(Box::new(commitment)));
            assert!(taken.is_some());
        }
    }

    /// The records that nothing holds.
    pub(crate) fn clear(&self) -> Vec<EntryIndex> {
        let review = Review::of(self.state());
        let statuses = (0..self.state().roster().precincts()).map(|position| review.status(position));
        let mut clear: Vec<EntryIndex> = statuses.filter(|s| !s.held).filter_map(|s| s.record).collect();
        clear.sort_unstable();
        clear
    }

    /// Signs and offers an event.
    pub(crate) fn say(&mut self, key: &SigningKey, event: Event) -> Option<EntryIndex> {
        self.submissions += 1;
        let mut submission = [0xE7; 16];
        submission[..8].copy_from_slice(&self.submissions.to_be_bytes());
        let body = EventBody {
            contest: self.state().contest().unwrap().id,
            submission: SubmissionId(submission),
            recorded_at: self.now,
            event,
        };
        self.offer(&Envelope::seal(&body, key))
    }

    /// The root of the log's tree over its first entries.
    pub(crate) fn root(&self, size: u64) -> TreeRoot {
        let mut tree = Tree::new();
        for entry in self.entries.iter().take(usize::try_from(size).unwrap()) {
            tree.append(Hash::leaf(entry));
        }
        TreeRoot(tree.root().0)
    }

    /// Takes an event, unless the log refuses it.
    pub(crate) fn offer(&mut self, envelope: &Envelope) -> Option<EntryIndex> {
        let body = envelope.decode().unwrap();
        let index = EntryIndex(self.state().size());
        let accepted = Accepted::new(index, self.now, envelope, &body);
        let Ok(accepted) = accepted.under(|size| Ok::<_, Infallible>(Some(self.root(size))));
        self.fold.admit(&accepted).ok()?;
        self.fold.apply(&accepted);
        let entry = Entry {
            index,
            received_at: self.now,
            previous: self.last,
            envelope: envelope.clone(),
        };
        let bytes = entry.encode();
        self.last = chain(&bytes);
        self.entries.push(bytes);
        Some(index)
    }
}
