//! A log in memory whose server has every key, and uses them as a test says.

use std::collections::BTreeMap;

use tallylog_event::{
    Basis, Commitment, Contest, ContestId, Entry, EntryHash, EntryIndex, Envelope, Event, EventBody, SigningKey,
    SubmissionId, Text, UnixMillis, chain,
};
use tallylog_projection::{Accepted, Fold, Refusal, ResultsTree, Review, State};
use tallylog_simulate::{Night, Options, What, night};
use tallylog_tlog::{
    AddCheckpoint, Hash, KeyName, Latest, LogSigner, Node, SignedCheckpoint, Size, Tree, UnixSeconds, WitnessSigner,
};
use tallylog_verify::{Check, Keys, Report, audit, begin, frame};

/// What the log takes, in its order: when, and what somebody signed.
pub(crate) type Taken = Vec<(UnixMillis, Envelope)>;

/// A night with everybody's keys.
pub(crate) struct Forge {
    pub(crate) night: Night,
    pub(crate) contest: Contest,
    pub(crate) log: LogSigner,
    pub(crate) witnesses: Vec<WitnessSigner>,
}

/// A checkpoint to be: of how many entries, by whom cosigned, how many milliseconds after its last entry.
#[derive(Clone, Copy)]
pub(crate) struct Sealed {
    pub(crate) size: usize,
    pub(crate) cosigners: &'static [usize],
    pub(crate) after_ms: u64,
}

impl Sealed {
    /// As an honest night has it: the two witnesses of the contest cosigned within a second.
    pub(crate) fn of(size: usize) -> Self {
        Self {
            size,
            cosigners: &[0, 1],
            after_ms: 1_000,
        }
    }

    /// The same with other cosigners.
    pub(crate) fn by(self, cosigners: &'static [usize]) -> Self {
        Self { cosigners, ..self }
    }
}

pub(crate) fn text(words: &str) -> Text {
    Text::new(words).unwrap()
}

impl Forge {
    /// A small night under a contest that asks for one of two witnesses.
    pub(crate) fn new(seed: u64) -> Self {
        Self::of(&Options::small(seed, 3, 20), |_| {})
    }

    pub(crate) fn of(options: &Options, change: impl FnOnce(&mut Contest)) -> Self {
        let mut night = night(options);
        let witnesses: Vec<_> = (1..=3)
            .map(|number| {
                let name = KeyName::new(format!("witness.example/w{number}")).unwrap();
                WitnessSigner::new(name, SigningKey::from_bytes(&[0xA0 + number; 32]))
            })
            .collect();
        let mut contest = night.contest.clone();
        contest.witnesses.quorum = 1;
        contest.witnesses.witnesses = witnesses[..2]
            .iter()
            .map(|witness| text(&witness.key().to_string()))
            .collect();
        change(&mut contest);
        let opening = night.setup[0].decode().unwrap();
        let opening = EventBody {
            event: Event::ContestOpened(Box::new(contest.clone())),
            ..opening
        };
        night.setup[0] = Envelope::seal(&opening, &night.keys.registrars[0].key);
        let origin = KeyName::new(contest.log.origin.as_str()).unwrap();
        let log = LogSigner::new(origin, night.keys.log.clone());
        Self {
            night,
            contest,
            log,
            witnesses,
        }
    }

    /// Everything that happens, as an honest log takes it, which commits to its results with every release and in the
    /// end.
    pub(crate) fn taken(&self) -> Taken {
        self.happened(true)
    }

    /// The same by a log that never commits to anything.
    pub(crate) fn uncommitted(&self) -> Taken {
        self.happened(false)
    }

    fn happened(&self, commits: bool) -> Taken {
        let mut book = Book::default();
        for envelope in &self.night.setup {
            let at = envelope.decode().unwrap().recorded_at;
            book.offer(at, envelope.clone()).unwrap();
        }
        for planned in &self.night.plan {
            let envelope = match &planned.what {
                What::Arrival(arrival) if arrival.retry => continue,
                What::Arrival(arrival) => arrival.envelope.clone(),
                What::Correction(correction) => correction.sign(book.record(correction.precinct())),
                What::Case(case) => {
                    let record = book.record(case.precinct());
                    let opened = book.offer(planned.at, case.open()).unwrap();
                    let proposed = book.offer(planned.at, case.propose(opened, record)).unwrap();
                    book.offer(planned.at, case.approve(proposed, record)).unwrap();
                    case.close(opened)
                }
                What::Release(milestone) => milestone.sign(book.clear()).unwrap(),
            };
            book.offer(planned.at, envelope).unwrap();
            if commits && matches!(planned.what, What::Release(_)) {
                let committed = self.commit(book.fold.state(), Basis::Released);
                book.offer(planned.at, committed).unwrap();
            }
        }
        if commits {
            let committed = self.commit(book.fold.state(), Basis::Recorded);
            book.offer(UnixMillis(0), committed).unwrap();
        }
        book.taken
    }

    /// What the log's own key commits to, honestly.
    pub(crate) fn commit(&self, state: &State, basis: Basis) -> Envelope {
        let commitment = ResultsTree::of(state, basis).unwrap().commitment(state).unwrap();
        self.sign_commitment(state.size(), commitment)
    }

    /// Commits under a submission of its own for each place.
    pub(crate) fn sign_commitment(&self, place: u64, commitment: Commitment) -> Envelope {
        let body = EventBody {
            contest: self.contest.id,
            submission: SubmissionId(u128::from(place).to_be_bytes()),
            recorded_at: UnixMillis(1_833_584_400_000),
            event: Event::ResultsCommitted(Box::new(commitment)),
        };
        Envelope::seal(&body, &self.night.keys.service)
    }

    /// The state that entries lead to.
    pub(crate) fn state(taken: &Taken) -> State {
        let mut book = Book::default();
        for (at, envelope) in taken {
            book.offer(*at, envelope.clone()).unwrap();
        }
        book.fold.into_state()
    }

    pub(crate) fn sign(&self, number: u8, key: &SigningKey, event: Event) -> Envelope {
        sign_for(self.contest.id, number, key, event)
    }

    /// A checkpoint of the first entries, signed and cosigned.
    pub(crate) fn seal(&self, entries: &[Vec<u8>], sealed: Sealed) -> SignedCheckpoint {
        let mut tree = Tree::new();
        for entry in &entries[..sealed.size] {
            tree.append(Hash::leaf(entry));
        }
        let last = sealed.size.checked_sub(1).map_or(1, |last| {
            Entry::decode(&entries[last]).unwrap().received_at.0 + sealed.after_ms
        });
        let signed = self.log.sign_checkpoint(tree.size(), tree.root());
        self.cosign(&signed, sealed.cosigners, last / 1_000)
    }

    pub(crate) fn cosign(&self, signed: &SignedCheckpoint, cosigners: &[usize], seconds: u64) -> SignedCheckpoint {
        let keys: Vec<_> = self.witnesses.iter().map(|witness| witness.key().clone()).collect();
        let request = AddCheckpoint::new(Size(0), Vec::new(), signed.clone()).unwrap();
        let consistent = request.judge(&[self.log.key().clone()], Latest::NOTHING).unwrap();
        let at = UnixSeconds::new(seconds.max(1)).unwrap();
        let lines: Vec<_> = cosigners
            .iter()
            .map(|place| self.witnesses[*place].cosign(&consistent, at))
            .collect();
        signed.with_cosignatures(&lines, &keys).unwrap()
    }

    /// The bundle of an honest server: two checkpoints, half-way and at the end.
    pub(crate) fn bundle(&self, entries: &[Vec<u8>]) -> Vec<u8> {
        let sizes = [entries.len() / 2, entries.len()];
        let checkpoints = sizes.map(|size| self.seal(entries, Sealed::of(size)));
        self.file(entries, &checkpoints)
    }

    pub(crate) fn file(&self, entries: &[Vec<u8>], checkpoints: &[SignedCheckpoint]) -> Vec<u8> {
        write(Keys::new(&self.contest, &[]).unwrap().text(), entries, checkpoints)
    }
}

/// Signs an event of any contest, under the submission of a number.
pub(crate) fn sign_for(contest: ContestId, number: u8, key: &SigningKey, event: Event) -> Envelope {
    let body = EventBody {
        contest,
        submission: SubmissionId([number; 16]),
        recorded_at: UnixMillis(1_833_584_400_000),
        event,
    };
    Envelope::seal(&body, key)
}

/// Writes a bundle, whatever is in it.
pub(crate) fn write(policy: &str, entries: &[Vec<u8>], checkpoints: &[SignedCheckpoint]) -> Vec<u8> {
    let mut bytes = begin(policy, checkpoints).unwrap();
    for entry in entries {
        bytes.extend(frame(entry).unwrap());
        bytes.extend(entry);
    }
    bytes
}

/// Puts what was taken into a chain, without a look at what it is.
pub(crate) fn chained(taken: &[(UnixMillis, Envelope)]) -> Vec<Vec<u8>> {
    let mut previous = EntryHash::NONE;
    (0..)
        .zip(taken)
        .map(|(index, (received_at, envelope))| {
            let entry = Entry {
                index: EntryIndex(index),
                received_at: *received_at,
                previous,
                envelope: envelope.clone(),
            };
            let bytes = entry.encode();
            previous = chain(&bytes);
            bytes
        })
        .collect()
}

/// The nodes of the tree over entries.
pub(crate) fn nodes(entries: &[Vec<u8>]) -> BTreeMap<Node, Hash> {
    let (mut tree, mut nodes) = (Tree::new(), BTreeMap::new());
    for entry in entries {
        nodes.extend(tree.append(Hash::leaf(entry)));
    }
    nodes
}

/// A log in the making.
#[derive(Default)]
struct Book {
    fold: Fold,
    taken: Taken,
}

impl Book {
    fn offer(&mut self, at: UnixMillis, envelope: Envelope) -> Result<EntryIndex, Refusal> {
        let body = envelope.decode().unwrap();
        let at = at.max(self.fold.state().last_received_at().unwrap_or_default());
        let index = EntryIndex(self.fold.state().size());
        let accepted = Accepted::new(index, at, &envelope, &body);
        self.fold.admit(&accepted)?;
        self.fold.apply(&accepted);
        self.taken.push((at, envelope));
        Ok(index)
    }

    fn record(&self, precinct: tallylog_event::PrecinctId) -> EntryIndex {
        self.fold.state().counted(precinct, Basis::Recorded).unwrap().entry
    }

    fn clear(&self) -> Vec<EntryIndex> {
        let review = Review::of(self.fold.state());
        let statuses = (0..self.fold.state().roster().precincts()).map(|position| review.status(position));
        let mut clear: Vec<_> = statuses
            .filter(|status| !status.held)
            .filter_map(|status| status.record)
            .collect();
        clear.sort_unstable();
        clear
    }
}

pub(crate) fn report(bytes: &[u8]) -> Report {
    audit(bytes, &tallylog_verify::Options::default()).unwrap()
}

/// The one check that fails, and the codes of its reasons.
pub(crate) fn failed(report: &Report) -> (Option<u8>, Vec<&'static str>) {
    let mut checks: Vec<Check> = report.failures().map(|(check, _)| check).collect();
    checks.dedup();
    assert!(checks.len() <= 1, "{}", report.table());
    let codes = report.failures().map(|(_, failure)| failure.flaw.code()).collect();
    (checks.first().map(|check| check.number()), codes)
}

/// Exactly one check fails, by number, for one reason; several witnesses may have the same.
#[track_caller]
pub(crate) fn fails(bytes: &[u8], number: u8, code: &'static str) {
    let report = report(bytes);
    let (check, mut codes) = failed(&report);
    codes.dedup();
    assert_eq!((check, codes), (Some(number), vec![code]), "{}", report.table());
}

/// The same, and the reason names the entry.
#[track_caller]
pub(crate) fn fails_at(bytes: &[u8], number: u8, code: &'static str, entry: usize) {
    fails(bytes, number, code);
    let report = report(bytes);
    let at = report.failures().next().and_then(|(_, failure)| failure.entry);
    assert_eq!(at, Some(EntryIndex(entry.try_into().unwrap())), "{}", report.table());
}
