//! A small tabulation centre under version 2, for tests: seven places, a few people, a log in memory.
//!
//! Whatever is offered to it is signed, admitted and applied as a server does it, and after every step some laws are
//! held against the state: a refusal changes nothing, and the results tree that followed is the one built anew.

#![allow(dead_code, unused_imports, reason = "each test uses a part of it")]

mod events;
mod figures;
mod night;
mod world;

use std::collections::BTreeMap;
use std::convert::Infallible;

use tallylog_event::{
    Act, AuthorityEvent, Contest, ContestId, Enrolment, Entry, EntryHash, EntryIndex, Envelope, Event, EventBody,
    PrecinctId, PublicKey, Role, Seconding, SigningKey, SubmissionId, Text, TreeRoot, UnixMillis, chain,
};
use tallylog_projection::{Accepted, Basis, Fold, PrecinctStatus, Refusal, ResultsTree, Review, State};
use tallylog_tlog::{Hash, Tree};

pub(crate) use self::events::*;
pub(crate) use self::figures::{RIGHT, WRONG, Wrong, copied, right, unlike, wrong};
pub(crate) use self::night::{audited, bundle, bundle_in_part, public, verdict, withheld_folder, write_withheld};
pub(crate) use self::world::{Person, contest, further_key, key, log_key, service_key};

/// The centre with its log.
#[derive(Clone)]
pub(crate) struct Centre {
    /// Whether every step is held against the laws that cost most.
    pub(crate) watched: bool,
    /// Whether the results trees follow every step, and not only when they are asked for.
    pub(crate) follows: bool,
    fold: Fold,
    pub(crate) contest: Contest,
    /// The entries as they stand in the log.
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) bodies: Vec<EventBody>,
    /// What was refused: when the log had how many entries, by which code, and the entry that it would have been.
    pub(crate) refused: Vec<(u64, &'static str, Vec<u8>)>,
    /// The hash of the state of every size, from 0.
    pub(crate) hashes: Vec<[u8; 32]>,
    trees: Vec<ResultsTree>,
    last: EntryHash,
    now: UnixMillis,
    submissions: u64,
    keys: u64,
}

impl Centre {
    /// With everything open, and releases of whatever nothing holds.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// With other policies, or another version.
    pub(crate) fn with(change: impl FnOnce(&mut Contest)) -> Self {
        let mut contest = contest();
        change(&mut contest);
        let fold = Fold::default();
        let mut centre = Self {
            watched: true,
            follows: true,
            hashes: vec![fold.state().hash()],
            fold,
            contest,
            entries: Vec::new(),
            bodies: Vec::new(),
            refused: Vec::new(),
            trees: Vec::new(),
            last: EntryHash::NONE,
            now: world::OPENED,
            submissions: 0,
            keys: 0,
        };
        centre.open();
        centre
    }

    fn open(&mut self) {
        let registrar = Person::Rhea.key();
        let opened = Event::ContestOpened(Box::new(self.contest.clone()));
        self.take(&registrar, opened);
        for county in world::counties() {
            self.take(&registrar, Event::CountyListed(Box::new(county)));
        }
        for person in Person::ENROLLED {
            self.enrol_key(&person.key(), person.name(), person.role());
        }
        for (number, precinct) in (0_u64..).zip(world::precincts()) {
            let role = Role::Chair(vec![precinct]);
            self.enrol_key(&world::chair_key(number), &world::chair_name(precinct), role);
        }
    }

    /// What the log says to this contest as its first event.
    pub(crate) fn opens(contest: &Contest) -> Result<(), Refusal> {
        let body = EventBody {
            contest: contest.id,
            submission: SubmissionId([0xD5; 16]),
            recorded_at: world::OPENED,
            event: Event::ContestOpened(Box::new(contest.clone())),
        };
        Self::first(&Envelope::seal(&body, &Person::Rhea.key()))
    }

    /// What the log says to this as its first event.
    pub(crate) fn first(envelope: &Envelope) -> Result<(), Refusal> {
        let body = envelope.decode().unwrap();
        Fold::default().admit(&Accepted::new(EntryIndex(0), world::OPENED, envelope, &body))
    }

    /// What the log would say to an event that is received at a time.
    pub(crate) fn at(&self, received_at: UnixMillis, envelope: &Envelope) -> Result<(), Refusal> {
        let body = envelope.decode().unwrap();
        let accepted = Accepted::new(EntryIndex(self.size()), received_at, envelope, &body);
        self.fold.admit(&accepted)
    }

    pub(crate) fn state(&self) -> &State {
        self.fold.state()
    }

    pub(crate) fn size(&self) -> u64 {
        self.state().size()
    }

    pub(crate) fn review(&self) -> Review {
        Review::of(self.state())
    }

    pub(crate) fn status(&self, precinct: PrecinctId) -> PrecinctStatus {
        let position = self.state().roster().position(precinct).unwrap();
        self.review().status(position)
    }

    /// The entry of a precinct's record.
    pub(crate) fn record(&self, precinct: PrecinctId) -> Option<EntryIndex> {
        let counted = self.state().counted(precinct, Basis::Recorded);
        counted.map(|version| version.entry)
    }

    /// The records that nothing holds, in the order of the log.
    pub(crate) fn clear(&self) -> Vec<EntryIndex> {
        let review = self.review();
        let statuses = (0..self.state().roster().precincts()).map(|position| review.status(position));
        let free = statuses.filter(|status| !status.held);
        let mut clear: Vec<_> = free.filter_map(|status| status.record).collect();
        clear.sort_unstable();
        clear
    }

    /// The chair's key of a place.
    pub(crate) fn chair(precinct: PrecinctId) -> SigningKey {
        let place = world::precincts().position(|id| id == precinct).unwrap();
        world::chair_key(u64::try_from(place).unwrap())
    }

    /// Enrols another key, and gives it: two keys of one name are one person.
    pub(crate) fn enrol(&mut self, person: &str, role: Role) -> SigningKey {
        self.keys += 1;
        let key = world::further_key(self.keys);
        self.enrol_key(&key, person, role);
        key
    }

    fn enrol_key(&mut self, key: &SigningKey, person: &str, role: Role) {
        if self.state().has_acts() && role.is_staff() && self.state().registrars().len() > 1 {
            let act = Act::Enrol(Enrolment::new(self.contest.id, text(person), role, key));
            let proposed = AuthorityEvent::Proposed(Box::new(act.clone()));
            let proposal = self.take(&Person::Rhea.key(), Event::Authority(proposed));
            let seconded = AuthorityEvent::Seconded(Box::new(Seconding { proposal, act }));
            self.take(&Person::Rolf.key(), Event::Authority(seconded));
            return;
        }
        let enrolment = self.enrolment(person, role, key);
        self.take(&Person::Rhea.key(), enrolment);
    }

    /// What a registrar signs to enrol a key.
    pub(crate) fn enrolment(&self, person: &str, role: Role, key: &SigningKey) -> Event {
        Event::KeyEnrolled(Box::new(Enrolment::new(self.contest.id, text(person), role, key)))
    }

    /// What the log's clock says next.
    pub(crate) fn now(&self) -> UnixMillis {
        self.now
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, ms: u64) {
        self.now = UnixMillis(self.now.0 + ms);
    }

    /// Signs an event under a submission id of its own.
    pub(crate) fn sign(&mut self, key: &SigningKey, event: Event) -> Envelope {
        self.submissions += 1;
        let mut submission = [0xD5; 16];
        submission[..8].copy_from_slice(&self.submissions.to_be_bytes());
        let body = EventBody {
            contest: self.contest.id,
            submission: SubmissionId(submission),
            recorded_at: self.now,
            event,
        };
        Envelope::seal(&body, key)
    }

    /// Signs and offers an event, a second after the one before. What is refused changes nothing.
    #[track_caller]
    pub(crate) fn offer(&mut self, key: &SigningKey, event: Event) -> Result<EntryIndex, Refusal> {
        self.pass(1_000);
        let envelope = self.sign(key, event);
        self.offer_signed(&envelope)
    }

    /// Offers what must be taken.
    #[track_caller]
    pub(crate) fn take(&mut self, key: &SigningKey, event: Event) -> EntryIndex {
        self.offer(key, event).unwrap()
    }

    /// Offers what must be refused, for this reason.
    #[track_caller]
    pub(crate) fn refuse(&mut self, key: &SigningKey, event: Event, code: &str) -> Refusal {
        let refusal = self.offer(key, event).unwrap_err();
        assert_eq!(refusal.code(), code, "{refusal}");
        refusal
    }

    #[track_caller]
    pub(crate) fn offer_signed(&mut self, envelope: &Envelope) -> Result<EntryIndex, Refusal> {
        let body = envelope.decode().unwrap();
        let index = EntryIndex(self.size());
        let accepted = Accepted::new(index, self.now, envelope, &body);
        let Ok(accepted) = accepted.under(|size| Ok::<_, Infallible>(Some(self.root(size))));
        let entry = |envelope: &Envelope| Entry {
            index,
            received_at: self.now,
            previous: self.last,
            envelope: envelope.clone(),
        };
        if let Err(refusal) = self.fold.admit(&accepted) {
            assert!(
                !self.watched || Some(&self.state().hash()) == self.hashes.last(),
                "{refusal}"
            );
            let refused = (index.0, refusal.code(), entry(envelope).encode());
            self.refused.push(refused);
            return Err(refusal);
        }
        let bytes = entry(envelope).encode();
        self.fold.apply(&accepted);
        self.last = chain(&bytes);
        self.entries.push(bytes);
        self.bodies.push(body);
        if self.watched {
            self.hashes.push(self.fold.state().hash());
        }
        if self.follows {
            self.follow();
        }
        Ok(index)
    }

    /// The root of the log's tree over its first entries.
    pub(crate) fn root(&self, size: u64) -> TreeRoot {
        let mut tree = Tree::new();
        for entry in &self.entries[..usize::try_from(size).unwrap()] {
            tree.append(Hash::leaf(entry));
        }
        TreeRoot(tree.root().0)
    }

    /// Puts into the log what a forger with every key puts there, whatever admission says of it, and tells what it says.
    pub(crate) fn force(&mut self, at: UnixMillis, envelope: &Envelope) -> Result<(), Refusal> {
        let body = envelope.decode().unwrap();
        let accepted = Accepted::new(EntryIndex(self.size()), at, envelope, &body);
        let Ok(accepted) = accepted.under(|size| Ok::<_, Infallible>(Some(self.root(size))));
        let said = self.fold.admit(&accepted);
        self.chain_on(at, envelope);
        said
    }

    /// Puts an entry behind the last one without a look at it.
    pub(crate) fn chain_on(&mut self, at: UnixMillis, envelope: &Envelope) {
        let entry = Entry {
            index: EntryIndex(self.size()),
            received_at: at,
            previous: self.last,
            envelope: envelope.clone(),
        };
        let bytes = entry.encode();
        self.last = chain(&bytes);
        self.entries.push(bytes);
    }

    /// Goes on as if the log had taken what was forced into it.
    pub(crate) fn believe(&mut self, at: UnixMillis, envelope: &Envelope) {
        let body = envelope.decode().unwrap();
        let accepted = Accepted::new(EntryIndex(self.size()), at, envelope, &body);
        self.fold.apply(&accepted);
    }

    /// Forces an event into the log, and goes on as if the log had taken it.
    pub(crate) fn slip_in(&mut self, key: &SigningKey, event: Event) -> EntryIndex {
        self.pass(1_000);
        let envelope = self.sign(key, event);
        let index = EntryIndex(self.size());
        self.chain_on(self.now, &envelope);
        self.believe(self.now, &envelope);
        self.bodies.push(envelope.decode().unwrap());
        index
    }

    /// The results tree of a basis.
    pub(crate) fn results(&self, basis: Basis) -> &ResultsTree {
        self.trees.iter().find(|tree| tree.basis() == basis).unwrap()
    }

    /// The results trees follow, and are those built anew.
    #[track_caller]
    pub(crate) fn follow(&mut self) {
        let state = self.fold.state();
        for basis in [Basis::Recorded, Basis::Released] {
            match self.trees.iter_mut().find(|tree| tree.basis() == basis) {
                Some(tree) => {
                    tree.follow(state);
                    if !self.watched {
                        continue;
                    }
                    let anew = ResultsTree::of(state, basis).unwrap();
                    assert_eq!(tree.leaves(), anew.leaves());
                    assert_eq!((tree.root(), tree.sums()), (anew.root(), anew.sums()));
                }
                None => self.trees.push(ResultsTree::of(state, basis).unwrap()),
            }
        }
    }

    /// The state of every smaller size is the one that it had, and the verifier takes the log.
    #[track_caller]
    pub(crate) fn check(&self) {
        for (size, hash) in (0..).zip(&self.hashes) {
            assert_eq!(&self.state().at(size).unwrap().hash(), hash, "at {size}");
        }
        let report = audited(&self.contest, &self.entries);
        assert!(report.failures().next().is_none(), "{}", report.table());
    }
}
