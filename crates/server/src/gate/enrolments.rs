//! Enrolments that are on their way into the log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tallylog_event::{Event, EventBody, PublicKey};
use tokio::sync::watch;

use super::Whose;

/// The keys that events on their way would enrol, and where these events are.
#[derive(Clone, Debug)]
pub(crate) struct Enrolments(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    of: Mutex<BTreeMap<PublicKey, Vec<Place>>>,
    /// Changes whenever one of them comes to the writer or is answered.
    news: watch::Sender<()>,
}

/// Where an enrolment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It waits, in the order of one sender.
    Waiting(Whose),
    /// The writer has it. Whatever is handed to the writer from now on comes after it.
    AtWriter,
}

/// What is known of a key that is not enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnderWay {
    /// Nothing on its way enrols it.
    No,
    /// Its enrolment will be looked at before whatever the sender sends now.
    Before,
    /// Its enrolment waits among what another sender sent.
    Elsewhere,
}

/// An enrolment of keys on its way, until it is dropped.
#[derive(Debug)]
pub(crate) struct Enrolling {
    keys: Vec<PublicKey>,
    place: Place,
    all: Enrolments,
}

impl Default for Enrolments {
    fn default() -> Self {
        Self(Arc::new(Shared {
            of: Mutex::default(),
            news: watch::Sender::new(()),
        }))
    }
}

impl Enrolments {
    /// Notes the keys that an event would enrol.
    pub(crate) fn note(&self, body: &EventBody, whose: Whose) -> Enrolling {
        self.add(keys(&body.event), Place::Waiting(whose))
    }

    /// Notes an enrolment that goes to the writer at once.
    pub(crate) fn at_writer(&self, key: PublicKey) -> Enrolling {
        self.add(vec![key], Place::AtWriter)
    }

    fn add(&self, keys: Vec<PublicKey>, place: Place) -> Enrolling {
        if !keys.is_empty() {
            let mut of = self.0.of.lock().unwrap_or_else(PoisonError::into_inner);
            for key in &keys {
                of.entry(*key).or_default().push(place);
            }
        }
        Enrolling {
            keys,
            place,
            all: self.clone(),
        }
    }

    /// Where a key's enrolment is, for a sender.
    pub(crate) fn of(&self, key: &PublicKey, whose: Whose) -> UnderWay {
        let of = self.0.of.lock().unwrap_or_else(PoisonError::into_inner);
        match of.get(key) {
            None => UnderWay::No,
            Some(places) if places.contains(&Place::AtWriter) || places.contains(&Place::Waiting(whose)) => {
                UnderWay::Before
            }
            Some(_) => UnderWay::Elsewhere,
        }
    }

    /// News of enrolments, from now on.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.0.news.subscribe()
    }
}

impl Enrolling {
    /// The writer has it now.
    pub(crate) fn hand_over(&mut self) {
        let before = std::mem::replace(&mut self.place, Place::AtWriter);
        self.change(|places| {
            if let Some(place) = places.iter_mut().find(|place| **place == before) {
                *place = Place::AtWriter;
            }
        });
    }

    fn change(&self, change: impl Fn(&mut Vec<Place>)) {
        if self.keys.is_empty() {
            return;
        }
        let mut of = self.all.0.of.lock().unwrap_or_else(PoisonError::into_inner);
        for key in &self.keys {
            let places = of.entry(*key).or_default();
            change(places);
            if places.is_empty() {
                of.remove(key);
            }
        }
        drop(of);
        self.all.0.news.send_replace(());
    }
}

impl Drop for Enrolling {
    fn drop(&mut self) {
        self.change(|places| {
            if let Some(at) = places.iter().position(|place| *place == self.place) {
                places.swap_remove(at);
            }
        });
    }
}

/// The keys that an event enrols, if the log takes it.
fn keys(event: &Event) -> Vec<PublicKey> {
    if let Event::ContestOpened(contest) = event {
        let registrars = contest.registrars.iter().map(|registrar| registrar.key);
        return registrars.chain([contest.service]).collect();
    }
    event.enrolment().map(|enrolment| enrolment.key).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::Flow;
    use super::*;

    fn stream(connection: u64) -> Whose {
        Whose {
            connection,
            flow: Flow::Stream(connection),
        }
    }

    #[test]
    fn an_enrolment_is_before_what_its_own_sender_sends_and_before_all_once_the_writer_has_it() {
        let enrolments = Enrolments::default();
        let key = PublicKey([7; 32]);
        let seen = || [stream(1), stream(2)].map(|whose| enrolments.of(&key, whose));
        assert_eq!(seen(), [UnderWay::No, UnderWay::No]);
        let mut enrolling = enrolments.add(vec![key], Place::Waiting(stream(1)));
        assert_eq!(seen(), [UnderWay::Before, UnderWay::Elsewhere]);
        let mut news = enrolments.news();
        enrolling.hand_over();
        assert!(news.has_changed().unwrap());
        assert_eq!(seen(), [UnderWay::Before, UnderWay::Before]);
        news.mark_unchanged();
        drop(enrolling);
        assert!(news.has_changed().unwrap());
        assert_eq!(seen(), [UnderWay::No, UnderWay::No]);
    }

    #[test]
    fn several_enrolments_of_one_key_are_told_apart() {
        let enrolments = Enrolments::default();
        let key = PublicKey([7; 32]);
        let [mut first, second] = [1, 2].map(|whose| enrolments.add(vec![key], Place::Waiting(stream(whose))));
        first.hand_over();
        drop(first);
        assert_eq!(enrolments.of(&key, stream(1)), UnderWay::Elsewhere);
        assert_eq!(enrolments.of(&key, stream(2)), UnderWay::Before);
        drop(second);
        assert!(enrolments.0.of.lock().unwrap().is_empty());
    }
}
