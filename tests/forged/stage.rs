//! A night in the making, and what a forger who holds every key puts into it.

use ed25519_dalek::Signer;
use tallylog_event::{
    Basis, Commitment, Contest, EntryIndex, Envelope, Event, PrecinctId, PublicKey, Signature, SigningKey, Text,
    UnixMillis,
};

use crate::centre::{Centre, Person, key, place, reported, right, text};
use crate::trials::Random;

/// The night up to where a rule is broken.
pub(crate) struct Stage {
    pub(crate) centre: Centre,
    pub(crate) random: Random,
    /// Which night of its rule this is: what must be tried one by one takes turns.
    pub(crate) number: usize,
}

/// What is put into the log.
pub(crate) enum Forged {
    /// An event, signed by a key.
    Event(SigningKey, Event),
    /// Something that was signed already.
    Signed(Envelope),
    /// An event that is received before the one in front of it.
    Early(SigningKey, Event),
    /// Entry 0 itself, and nothing after it.
    Opening(SigningKey, Box<Contest>),
    /// Something else in the place of entry 0.
    First(SigningKey, Event),
    /// Signed bytes that are no event which this program knows.
    Bytes(SigningKey, Vec<u8>),
}

/// A rule of admission, with somebody who breaks it and no other.
pub(crate) struct Rule {
    /// What is done.
    pub(crate) name: &'static str,
    /// By which code the log refuses it.
    pub(crate) code: &'static str,
    /// The contest in which it can be done.
    pub(crate) setting: Option<fn(&mut Contest)>,
    /// Does it.
    pub(crate) forge: fn(&mut Stage) -> Forged,
}

pub(crate) fn rule(name: &'static str, code: &'static str, forge: fn(&mut Stage) -> Forged) -> Rule {
    Rule {
        name,
        code,
        setting: None,
        forge,
    }
}

impl Rule {
    /// Breaks it in a contest of this kind alone.
    pub(crate) fn under(self, setting: fn(&mut Contest)) -> Self {
        Self {
            setting: Some(setting),
            ..self
        }
    }
}

/// The first version has no desks.
pub(crate) fn first_version(contest: &mut Contest) {
    contest.fold = 1;
}

/// The second version has desks, and no ceilings.
pub(crate) fn second_version(contest: &mut Contest) {
    contest.fold = 2;
}

/// The third version has ceilings.
pub(crate) fn third_version(contest: &mut Contest) {
    contest.fold = 3;
}

/// Places that the honest part of a night leaves to the rules.
pub(crate) const FREE: PrecinctId = PrecinctId {
    county: tallylog_event::CountyId(1),
    number: 1,
};
pub(crate) const SITE: PrecinctId = PrecinctId {
    county: tallylog_event::CountyId(2),
    number: 1,
};
pub(crate) const NOWHERE: PrecinctId = PrecinctId {
    county: tallylog_event::CountyId(9),
    number: 0,
};

pub(crate) fn by(person: Person, event: Event) -> Forged {
    Forged::Event(person.key(), event)
}

/// A value with a change.
pub(crate) fn with<T>(mut value: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut value);
    value
}

/// A text that says nothing.
pub(crate) fn blank() -> Text {
    text(" ")
}

impl Stage {
    pub(crate) fn take(&mut self, person: Person, event: Event) -> EntryIndex {
        self.centre.take(&person.key(), event)
    }

    /// One of some persons.
    pub(crate) fn one_of(&mut self, persons: &[Person]) -> Person {
        *self.random.pick(persons)
    }

    pub(crate) fn reviewer(&mut self) -> Person {
        self.one_of(&[Person::Vera, Person::Viktor])
    }

    pub(crate) fn registrar(&mut self) -> Person {
        self.one_of(&[Person::Rhea, Person::Rolf])
    }

    /// Both officers, in either order.
    pub(crate) fn officers(&mut self) -> (Person, Person) {
        match self.random.below(2) {
            0 => (Person::Cleo, Person::Carl),
            _ => (Person::Carl, Person::Cleo),
        }
    }

    /// The operators, in some order.
    pub(crate) fn operators(&mut self) -> (Person, Person, Person) {
        let all = [Person::Olga, Person::Omar, Person::Otto];
        let at = self.random.place(3);
        (all[at], all[(at + 1) % 3], all[(at + 2) % 3])
    }

    /// A key that nobody has.
    pub(crate) fn fresh(&mut self) -> SigningKey {
        key(100_000 + self.random.below(1_000_000))
    }

    pub(crate) fn variant(&mut self) -> u32 {
        u32::try_from(self.random.below(3)).unwrap()
    }

    /// The chair of the free place reports it.
    pub(crate) fn record(&mut self) -> EntryIndex {
        let variant = self.variant();
        self.centre
            .take(&Centre::chair(FREE), reported(FREE, &right(FREE, variant)))
    }

    /// What the log's own key would commit to; nothing before there is a roster.
    pub(crate) fn commitment(&mut self, basis: Basis) -> Option<Commitment> {
        self.centre.follow();
        self.centre.results(basis).commitment(self.centre.state())
    }

    /// A place of the first county.
    pub(crate) fn here(&mut self) -> PrecinctId {
        place(0, u16::try_from(self.random.below(3)).unwrap())
    }

    /// A time that is still to come.
    pub(crate) fn later(&self) -> UnixMillis {
        UnixMillis(self.centre.now().0 + 10_000_000)
    }
}

/// An envelope around any bytes.
pub(crate) fn sealed(key: &SigningKey, body: Vec<u8>) -> Envelope {
    let message = [b"tallylog/event/v1\0".as_slice(), &body].concat();
    Envelope {
        author: PublicKey::of(key),
        signature: Signature(key.sign(&message).to_bytes()),
        body,
    }
}
