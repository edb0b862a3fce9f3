//! Who has a place, and who gives way.
//!
//! Nobody new is refused. What is closed is the connection that has been silent longest, first of those that never asked
//! anything where these are many, then of those over which nothing came that an enrolled key signed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::peer::Peer;
use super::terms::Terms;

/// The places of a server.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    most_of_address: usize,
    most_unspoken: usize,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    of: BTreeMap<u64, Place>,
    order: BTreeSet<Turn>,
    unspoken: BTreeSet<Turn>,
    of_address: BTreeMap<IpAddr, BTreeSet<Turn>>,
}

#[derive(Debug)]
struct Place {
    peer: Peer,
    has_spoken: bool,
    under_way: usize,
    turn: Turn,
}

/// Who gives way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    enrolled: bool,
    /// Whether something is asked, or an answer or a subscription read.
    busy: bool,
    silent_since: Instant,
    id: u64,
}

impl Places {
    pub(super) fn new(terms: &Terms) -> Self {
        Self {
            most: terms.connections.max(1),
            most_of_address: terms.connections_per_address.max(1),
            most_unspoken: terms.unspoken(),
            book: Mutex::default(),
        }
    }

    /// Gives a place to a new connection; says which ones give way for it.
    pub(super) fn admit(&self, peer: &Peer, now: Instant) -> Vec<Peer> {
        let book = &mut *self.book();
        let mut gone = Vec::new();
        while book.unspoken.len() >= self.most_unspoken {
            let first = book.unspoken.first().copied();
            gone.extend(first.and_then(|turn| book.remove(turn.id)));
        }
        let address = address(peer);
        while let Some(first) = book.first_of(address, self.most_of_address) {
            gone.extend(book.remove(first.id));
        }
        while book.of.len() >= self.most {
            let first = book.order.first().copied();
            gone.extend(first.and_then(|turn| book.remove(turn.id)));
        }
        book.insert(Place {
            peer: peer.clone(),
            has_spoken: false,
            under_way: 0,
            turn: Turn {
                enrolled: false,
                busy: false,
                silent_since: now,
                id: peer.id(),
            },
        });
        gone
    }

    /// The one that gives way where a file is needed.
    pub(super) fn make_room(&self) -> Option<Peer> {
        let book = &mut *self.book();
        let first = book.order.first().copied()?;
        book.remove(first.id)
    }

    /// A request has begun to come.
    pub(super) fn speaks(&self, id: u64, now: Instant) {
        self.book().change(id, |place| {
            place.has_spoken = true;
            place.turn.silent_since = now;
        });
    }

    /// A request has come as a whole: it is answered from now on.
    pub(super) fn begins(&self, id: u64, now: Instant) {
        self.book().change(id, |place| {
            place.under_way += 1;
            place.turn.silent_since = now;
        });
    }

    /// Its answer has gone.
    pub(super) fn ends(&self, id: u64, now: Instant) {
        self.book().change(id, |place| {
            place.under_way = place.under_way.saturating_sub(1);
            place.turn.silent_since = now;
        });
    }

    pub(super) fn leave(&self, id: u64) {
        self.book().remove(id);
    }

    /// Everybody who has a place.
    pub(super) fn all(&self) -> Vec<Peer> {
        self.book().of.values().map(|place| place.peer.clone()).collect()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn insert(&mut self, place: Place) {
        let turn = place.turn;
        self.order.insert(turn);
        self.of_address.entry(address(&place.peer)).or_default().insert(turn);
        if !place.has_spoken {
            self.unspoken.insert(turn);
        }
        self.of.insert(turn.id, place);
    }

    fn take(&mut self, id: u64) -> Option<Place> {
        let place = self.of.remove(&id)?;
        self.order.remove(&place.turn);
        self.unspoken.remove(&place.turn);
        let address = address(&place.peer);
        if let Some(of_address) = self.of_address.get_mut(&address) {
            of_address.remove(&place.turn);
            if of_address.is_empty() {
                self.of_address.remove(&address);
            }
        }
        Some(place)
    }

    fn remove(&mut self, id: u64) -> Option<Peer> {
        self.take(id).map(|place| place.peer)
    }

    fn change(&mut self, id: u64, change: impl FnOnce(&mut Place)) {
        // One that gave way has no place any more.
        if let Some(mut place) = self.take(id) {
            change(&mut place);
            place.turn.enrolled = place.peer.is_enrolled();
            place.turn.busy = place.under_way > 0;
            self.insert(place);
        }
    }

    /// The one that gives way, where an address has no place left.
    fn first_of(&self, address: IpAddr, most: usize) -> Option<Turn> {
        let of_address = self.of_address.get(&address)?;
        let is_full = of_address.len() >= most;
        of_address.first().copied().filter(|_| is_full)
    }
}

fn address(peer: &Peer) -> IpAddr {
    peer.address().ip().to_canonical()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use super::super::peer::Stopping;
    use super::*;

    struct Hall {
        places: Places,
        now: Instant,
        next: u64,
    }

    impl Hall {
        fn new(connections: usize, connections_per_address: usize) -> Self {
            let terms = Terms {
                connections,
                connections_per_address,
                ..Terms::default()
            };
            Self {
                places: Places::new(&terms),
                now: Instant::now(),
                next: 0,
            }
        }

        fn later(&mut self) -> Instant {
            self.now += Duration::from_secs(1);
            self.now
        }

        /// A new connection, and which ones give way.
        fn comes(&mut self, from: &str) -> (Peer, Vec<u64>) {
            let peer = Peer::new(
                self.next,
                SocketAddr::new(from.parse().unwrap(), 1),
                &Stopping::default(),
            );
            self.next += 1;
            let now = self.later();
            let gone = self.places.admit(&peer, now);
            (peer, gone.iter().map(Peer::id).collect())
        }

        fn asks(&mut self, id: u64) {
            let now = self.later();
            self.places.speaks(id, now);
            self.places.begins(id, now);
            self.places.ends(id, now);
        }
    }

    #[test]
    fn at_the_limit_the_one_that_has_been_silent_longest_gives_way() {
        let mut hall = Hall::new(4, 100);
        for id in 0..4 {
            assert_eq!(hall.comes("192.0.2.1").1, Vec::<u64>::new());
            hall.asks(id);
        }
        hall.asks(0);
        assert_eq!(hall.comes("192.0.2.1").1, [1]);
        hall.asks(4);
        assert_eq!(hall.comes("192.0.2.1").1, [2]);
    }

    #[test]
    fn those_who_are_answered_and_those_with_a_key_stay() {
        let mut hall = Hall::new(4, 100);
        let peers: Vec<_> = (0..4)
            .map(|id| {
                let (peer, _) = hall.comes("192.0.2.1");
                hall.asks(id);
                peer
            })
            .collect();
        peers[0].mark_enrolled();
        hall.asks(0);
        let now = hall.later();
        hall.places.begins(1, now);
        hall.asks(2);
        hall.asks(3);
        assert_eq!(hall.comes("192.0.2.1").1, [2]);
        hall.asks(4);
        assert_eq!(hall.comes("192.0.2.1").1, [3]);
        let now = hall.later();
        for id in [4, 5] {
            hall.places.begins(id, now);
        }
        hall.asks(5);
        assert_eq!(hall.comes("192.0.2.1").1, [1], "nobody without a key is quiet");
        let now = hall.later();
        hall.places.begins(6, now);
        hall.places.begins(5, now);
        assert_eq!(hall.comes("192.0.2.1").1, [4], "nobody new is refused");
    }

    #[test]
    fn however_many_say_nothing_those_who_spoke_keep_their_places() {
        let mut hall = Hall::new(8, 100);
        for id in 0..4 {
            hall.comes("192.0.2.1");
            hall.asks(id);
        }
        for id in 4..100 {
            let gone = hall.comes("192.0.2.1").1;
            assert_eq!(gone, if id < 8 { vec![] } else { vec![id - 4] });
        }
        let of: Vec<_> = hall.places.all().iter().map(Peer::id).collect();
        assert_eq!(of, [0, 1, 2, 3, 96, 97, 98, 99]);
    }

    #[test]
    fn an_address_at_its_limit_takes_no_place_of_another() {
        let mut hall = Hall::new(100, 2);
        hall.comes("192.0.2.2");
        for id in 1..10 {
            let gone = hall.comes("192.0.2.1").1;
            hall.asks(id);
            assert_eq!(gone, if id < 3 { vec![] } else { vec![id - 2] });
        }
        assert_eq!(hall.comes("::ffff:192.0.2.1").1, [8], "an old address, written newly");
        hall.places.leave(9);
        hall.places.leave(10);
        assert_eq!(hall.comes("192.0.2.1").1, Vec::<u64>::new());
    }
}
