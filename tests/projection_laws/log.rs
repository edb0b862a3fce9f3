//! Random logs: simulated nights whose reports come in another order, with more reports, corrections, releases and
//! revocations between them.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use tallylog_event::{
    CallerCheck, Channel, Entry, EntryHash, EntryIndex, Envelope, Event, EventBody, ManualEntry, PrecinctId,
    SigningKey, UnixMillis, chain,
};
use tallylog_projection::{Accepted, FOLD_VERSION, Fold, Refusal, Review, State};
use tallylog_rules::Sheet;
use tallylog_simulate::{Night, Options, What, night};

use crate::support::{Pen, by_channel, corrected, correction, report, with_more_people};

/// A log in the making, with its state after every entry.
pub(crate) struct Book {
    pub(crate) fold: Fold,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) bodies: Vec<EventBody>,
    /// The hash of the state of every size, from 0.
    pub(crate) hashes: Vec<[u8; 32]>,
    pub(crate) refused: usize,
    last: EntryHash,
}

impl Book {
    pub(crate) fn new() -> Self {
        let fold = Fold::default();
        Self {
            hashes: vec![fold.state().hash()],
            fold,
            entries: Vec::new(),
            bodies: Vec::new(),
            refused: 0,
            last: EntryHash::NONE,
        }
    }

    pub(crate) fn state(&self) -> &State {
        self.fold.state()
    }

    pub(crate) fn size(&self) -> u64 {
        self.state().size()
    }

    /// Admits and applies what may stand next; what may not changes nothing.
    pub(crate) fn offer(&mut self, at: UnixMillis, envelope: Envelope) -> Result<EntryIndex, Refusal> {
        let body = envelope.decode().unwrap();
        let index = EntryIndex(self.size());
        let received_at = at.max(self.state().last_received_at().unwrap_or_default());
        let accepted = Accepted::new(index, received_at, &envelope, &body);
        if let Err(refusal) = self.fold.admit(&accepted) {
            assert_eq!(Some(&self.state().hash()), self.hashes.last(), "{refusal}");
            self.refused += 1;
            return Err(refusal);
        }
        self.fold.apply(&accepted);
        let entry = Entry {
            index,
            received_at,
            previous: self.last,
            envelope,
        };
        let bytes = entry.encode();
        self.last = chain(&bytes);
        self.entries.push(bytes);
        self.bodies.push(body);
        self.hashes.push(self.state().hash());
        Ok(index)
    }

    pub(crate) fn set_up(night: &Night) -> Self {
        let mut book = Self::new();
        for envelope in &night.setup {
            let at = envelope.decode().unwrap().recorded_at;
            book.offer(at, envelope.clone()).unwrap();
        }
        book
    }

    fn record(&self, precinct: PrecinctId) -> Option<EntryIndex> {
        self.state().versions(precinct).last().map(|version| version.entry)
    }

    /// The records that nothing holds.
    pub(crate) fn clear(&self) -> Vec<EntryIndex> {
        let review = Review::of(self.state());
        let statuses = (0..self.state().roster().precincts()).map(|position| review.status(position));
        let mut clear: Vec<_> = statuses
            .filter(|status| !status.held)
            .filter_map(|status| status.record)
            .collect();
        clear.sort_unstable();
        clear
    }

    /// The fold of its first entries alone, read from their bytes.
    pub(crate) fn first(&self, size: usize) -> State {
        let signatures = tallylog_server::Signatures::Trust;
        let fold = tallylog_server::Replay::of_bytes(&self.entries[..size], signatures);
        fold.unwrap().into_state()
    }
}

/// Something that happens beside the plan of the night. Numbers are taken modulo what there is.
#[derive(Clone, Copy, Debug)]
enum Further {
    ByChair(usize, u32),
    ByOperator(usize, u32),
    Correction(usize, u32),
    Stale(usize, u64),
    Release(usize),
    Revocation(usize),
    OutOfScope(usize),
}

/// A log by its choices.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    seed: u64,
    version: u16,
    precincts: u16,
    /// Where each report stands in the order of arrival: sorted by these.
    order: Vec<u16>,
    further: Vec<(u8, Further)>,
}

impl Recipe {
    pub(crate) fn night(&self) -> Night {
        // From 21 counties on there would be a second pool: three with one pool are as good.
        night(&Options {
            version: self.version,
            ..Options::small(self.seed, 3, self.precincts)
        })
    }

    /// The log. Times go on by a second or stand still.
    pub(crate) fn book(&self, night: &Night) -> Book {
        let mut book = Book::set_up(night);
        let pen = Pen::new(night.contest.id);
        let mut plan: Vec<_> = night.plan.iter().zip(self.order.iter().cycle()).collect();
        // Reports in any order; corrections and releases after them, as they come.
        plan.sort_by_key(|(planned, order)| match planned.what {
            What::Arrival(_) => (0, **order),
            What::Correction(_) | What::Case(_) | What::Release(_) => (1, 0),
        });
        let mut now = night.plan[0].at;
        for (at, (planned, _)) in plan.iter().enumerate() {
            for (_, further) in self.further.iter().filter(|(when, _)| usize::from(*when) == at % 64) {
                let envelope = further.sign(&book, night, &pen);
                let _refused = book.offer(now, envelope);
            }
            now = UnixMillis(now.0 + if at % 3 == 0 { 0 } else { 1_000 });
            let envelope = match &planned.what {
                What::Arrival(arrival) => Some(arrival.envelope.clone()),
                What::Correction(correction) => book
                    .record(correction.precinct())
                    .map(|replaces| correction.sign(replaces)),
                // Cases are in tests/desks.
                What::Case(_) => None,
                What::Release(milestone) => milestone.sign(book.clear()).ok(),
            };
            let _refused = envelope.map(|envelope| book.offer(now, envelope));
        }
        book
    }
}

impl Further {
    fn sign(self, book: &Book, night: &Night, pen: &Pen) -> Envelope {
        let rooms: Vec<(&PrecinctId, &Sheet)> = night.sheets.iter().collect();
        let room = |number: usize| rooms[number % rooms.len()];
        let chair = |id: &PrecinctId| -> &SigningKey {
            let devices = night.keys.devices(*id);
            &devices[devices.len() - 1].key
        };
        let operator = |number: usize| &night.keys.operators[number % night.keys.operators.len()].key;
        // From version 2 on an officer corrects in a case alone.
        let corrects = |id: &PrecinctId| match night.contest.fold {
            1 => &night.keys.officers[0].key,
            _ => chair(id),
        };
        let record = |id: &PrecinctId| book.record(*id).unwrap_or(EntryIndex(0)).0;
        match self {
            Self::ByChair(number, more) => {
                let (id, sheet) = room(number);
                pen.sign(chair(id), report(*id, &changed(sheet, more)))
            }
            Self::ByOperator(number, more) => {
                let (id, sheet) = room(number);
                let event = by_channel(*id, &changed(sheet, more), Channel::Phone);
                pen.sign(operator(number), at_a_desk(night, event))
            }
            Self::Correction(number, more) => {
                let (id, sheet) = room(number);
                let correction = correction(record(id), *id, &changed(sheet, more));
                pen.sign(corrects(id), corrected(correction))
            }
            Self::Stale(number, replaces) => {
                let (id, sheet) = room(number);
                pen.sign(corrects(id), corrected(correction(replaces, *id, sheet)))
            }
            Self::Release(skipped) => {
                let mut clear = book.clear();
                clear.truncate(clear.len() - skipped.min(clear.len()));
                let entries: Vec<u64> = clear.iter().map(|entry| entry.0).collect();
                let name = format!("further {}", book.size());
                pen.release(&night.keys.reviewers[0].key, &name, &entries)
            }
            Self::Revocation(number) => {
                let registrar = &night.keys.registrars[0].key;
                pen.revoke(registrar, operator(number))
            }
            Self::OutOfScope(number) => {
                let ((id, sheet), (other, _)) = (room(number), room(number + 1));
                pen.sign(chair(other), report(*id, sheet))
            }
        }
    }
}

/// What an operator signs: from version 2 on there is a form of its own for it.
fn at_a_desk(night: &Night, event: Event) -> Event {
    let Event::Reported(report) = &event else {
        return event;
    };
    if night.contest.fold == 1 {
        return event;
    }
    Event::Entered(Box::new(ManualEntry {
        report: report.as_ref().clone(),
        caller: CallerCheck::CalledBack,
        read_back: true,
        typed_by: Vec::new(),
    }))
}

/// Half of the further reports say the same as the room.
fn changed(sheet: &Sheet, more: u32) -> Sheet {
    match &sheet.first_alignment {
        Some(first) if first.iter().next().is_some() && more % 2 == 1 => with_more_people(sheet, more),
        Some(_) | None => sheet.clone(),
    }
}

/// Every event of the kind is in some log: a law that is tried on logs without releases says nothing of them.
pub(crate) fn recipes() -> impl Strategy<Value = Recipe> {
    let further = prop_oneof![
        3 => (0_usize..64, 0_u32..6).prop_map(|(room, more)| Further::ByChair(room, more)),
        3 => (0_usize..64, 0_u32..6).prop_map(|(room, more)| Further::ByOperator(room, more)),
        2 => (0_usize..64, 0_u32..6).prop_map(|(room, more)| Further::Correction(room, more)),
        1 => (0_usize..64, 0_u64..200).prop_map(|(room, replaces)| Further::Stale(room, replaces)),
        2 => (0_usize..4).prop_map(Further::Release),
        1 => (0_usize..2).prop_map(Further::Revocation),
        1 => (0_usize..64).prop_map(Further::OutOfScope),
    ];
    let further = prop::collection::vec((0_u8..64, further), 0..24);
    let order = prop::collection::vec(any::<u16>(), 40);
    (0_u64..1_000, 1..=FOLD_VERSION, 5_u16..24, order, further).prop_map(
        |(seed, version, precincts, order, further)| Recipe {
            seed,
            version,
            precincts,
            order,
            further,
        },
    )
}

/// The seed of this run: printed, so that a failure can be run again with `TALLYLOG_SEED`.
pub(crate) fn seed() -> u64 {
    let given = env::var("TALLYLOG_SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = given.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs());
    println!("TALLYLOG_SEED={seed}");
    seed
}

/// How many trials to run: `full` ones if `TALLYLOG_TRIALS=full`.
pub(crate) fn trials(quick: u32, full: u32) -> u32 {
    let all = env::var("TALLYLOG_TRIALS").is_ok_and(|trials| trials == "full");
    if all { full } else { quick }
}

/// Holds `law` against random logs.
#[track_caller]
pub(crate) fn check(law: impl Fn(&Night, &Book)) {
    let config = Config {
        rng_seed: RngSeed::Fixed(seed()),
        cases: trials(10, 400),
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&recipes(), |recipe| {
        let night = recipe.night();
        law(&night, &recipe.book(&night));
        Ok(())
    });
    if let Err(error) = outcome {
        unreachable!("{error}");
    }
}

/// One log for the tests that need no chance.
pub(crate) fn one(seed: u64) -> (Night, Book) {
    let recipe = Recipe {
        seed,
        version: 1,
        precincts: 12,
        order: (0..40).map(|number| number * 7 % 40).collect(),
        further: vec![(3, Further::ByOperator(1, 1)), (30, Further::Release(0))],
    };
    let night = recipe.night();
    let book = recipe.book(&night);
    (night, book)
}

/// The event of an entry, for laws about kinds of events.
pub(crate) fn is_release(body: &EventBody) -> bool {
    matches!(body.event, Event::Released(_))
}
