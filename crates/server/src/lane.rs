//! Long questions take turns: a few at a time, askers one after the other, and nothing for whoever is gone.
//!
//! Questions about the past have a lane of their own, so that they never hold up those about the present. Whoever asks
//! many things waits behind whoever asks one: addresses take turns, and of each address its connections.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tonic::Request;

use crate::codes::From;
use crate::limits::{Limit, grouped};
use crate::problem::Problem;

/// How many questions about the present are worked at at a time. Each may read every record: more of them would take memory
/// and end no sooner.
const PRESENT: usize = 2;

/// How many about the past.
const PAST: usize = 1;

/// How many questions of each lane may wait. Beyond that the last of whoever has the most waiting is told to come back, and
/// nobody who asks little is.
const WAITING: usize = 4_096;

/// The limits of long questions.
pub(crate) fn limits() -> Vec<Limit> {
    let waiting = u64::try_from(WAITING).unwrap_or(u64::MAX);
    vec![
        Limit::new(
            "questions that wait to be answered, of the past and of the present each",
            grouped(waiting),
        )
        .code("busy"),
    ]
}

/// Who waits: an address, and a connection from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asker {
    address: From,
    connection: Option<SocketAddr>,
}

impl Asker {
    pub(crate) fn of<T>(request: &Request<T>) -> Self {
        let connection = request.remote_addr();
        Self {
            address: From::peer(connection),
            connection,
        }
    }
}

/// Both lanes of a server.
#[derive(Clone)]
pub(crate) struct Lanes {
    pub(crate) present: Lane,
    pub(crate) past: Lane,
}

impl Lanes {
    pub(crate) fn new() -> Self {
        Self {
            present: Lane::new(PRESENT),
            past: Lane::new(PAST),
        }
    }
}

/// Where questions wait for their turn.
#[derive(Clone)]
pub(crate) struct Lane(Arc<Mutex<Queue>>);

/// A turn: whoever has it works. The next comes when it is dropped.
pub(crate) struct Turn(Lane);

struct Queue {
    /// How many more may work.
    free: usize,
    waiting: Waiting,
}

/// Who waits, by addresses in the order of their turns, and of each by connections.
#[derive(Default)]
struct Waiting {
    addresses: VecDeque<(From, VecDeque<Connection>)>,
    count: usize,
    next: u64,
}

struct Connection {
    peer: Option<SocketAddr>,
    places: VecDeque<Place>,
}

struct Place {
    number: u64,
    called: oneshot::Sender<Turn>,
}

/// Gives up a place when whoever waits in it is gone.
struct Held {
    lane: Lane,
    asker: Asker,
    number: u64,
}

impl Lane {
    fn new(at_a_time: usize) -> Self {
        Self(Arc::new(Mutex::new(Queue {
            free: at_a_time,
            waiting: Waiting::default(),
        })))
    }

    /// Waits for a turn. Whoever stops waiting gives the place up.
    ///
    /// # Errors
    ///
    /// [`Problem::TooManyQuestions`] where too many wait, and nobody has more waiting than this asker.
    pub(crate) async fn turn(&self, asker: Asker) -> Result<Turn, Problem> {
        let (number, turn) = {
            let mut queue = self.queue();
            let (called, turn) = oneshot::channel();
            let number = queue.waiting.add(asker, called);
            if queue.waiting.count > WAITING {
                queue.waiting.turn_away();
            }
            (number, turn)
        };
        let _held = Held {
            lane: self.clone(),
            asker,
            number,
        };
        self.call();
        turn.await.map_err(|_| Problem::TooManyQuestions)
    }

    /// Gives turns to those who are next, as long as any are free.
    fn call(&self) {
        loop {
            let place = {
                let mut queue = self.queue();
                if queue.free == 0 {
                    return;
                }
                let Some(place) = queue.waiting.pop() else {
                    return;
                };
                queue.free -= 1;
                place
            };
            // Whoever is gone drops the turn, which calls the next; the loop finds nothing free or nobody then.
            let _gone = place.called.send(Turn(self.clone()));
        }
    }

    /// What is kept here is whole between any two steps.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.queue().free += 1;
        self.0.call();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.lane.queue().waiting.give_up(self.asker, self.number);
    }
}

impl Waiting {
    fn add(&mut self, asker: Asker, called: oneshot::Sender<Turn>) -> u64 {
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let place = Place { number, called };
        self.connection(asker).places.push_back(place);
        self.count += 1;
        number
    }

    /// The places of a connection, which come last where it has none yet.
    fn connection(&mut self, asker: Asker) -> &mut Connection {
        let known = self.addresses.iter().position(|(address, _)| *address == asker.address);
        let at = known.unwrap_or_else(|| {
            self.addresses.push_back((asker.address, VecDeque::new()));
            self.addresses.len() - 1
        });
        let connections = &mut self.addresses[at].1;
        let known = connections.iter().position(|known| known.peer == asker.connection);
        let at = known.unwrap_or_else(|| {
            connections.push_back(Connection {
                peer: asker.connection,
                places: VecDeque::new(),
            });
            connections.len() - 1
        });
        &mut connections[at]
    }

    /// Whose turn it is: the next of the next connection of the next address.
    fn pop(&mut self) -> Option<Place> {
        let (address, mut connections) = self.addresses.pop_front()?;
        let place = connections.pop_front().and_then(|mut connection| {
            let place = connection.places.pop_front();
            if !connection.places.is_empty() {
                connections.push_back(connection);
            }
            place
        });
        if !connections.is_empty() {
            self.addresses.push_back((address, connections));
        }
        self.count -= usize::from(place.is_some());
        place
    }

    /// Takes the last place from the connection that has the most.
    fn turn_away(&mut self) {
        let connections = self.addresses.iter_mut().flat_map(|(_, connections)| connections);
        let most = connections.max_by_key(|connection| connection.places.len());
        if most.and_then(|connection| connection.places.pop_back()).is_some() {
            self.count -= 1;
        }
        self.tidy();
    }

    fn give_up(&mut self, asker: Asker, number: u64) {
        let mut connections = self.addresses.iter_mut();
        let connections = connections.find(|(address, _)| *address == asker.address);
        let connection = connections.and_then(|(_, connections)| {
            let mut connections = connections.iter_mut();
            connections.find(|known| known.peer == asker.connection)
        });
        let Some(connection) = connection else {
            return;
        };
        let place = connection.places.iter().position(|place| place.number == number);
        if place.and_then(|place| connection.places.remove(place)).is_some() {
            self.count -= 1;
            self.tidy();
        }
    }

    /// Forgets who waits for nothing.
    fn tidy(&mut self) {
        for (_, connections) in &mut self.addresses {
            connections.retain(|connection| !connection.places.is_empty());
        }
        self.addresses.retain(|(_, connections)| !connections.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(connection: &str) -> Asker {
        let connection = Some(connection.parse().unwrap());
        Asker {
            address: From::peer(connection),
            connection,
        }
    }

    /// Who is called, in order, of those who wait.
    fn order(mut waiting: Waiting, names: &[&'static str]) -> Vec<&'static str> {
        let mut order = Vec::new();
        while let Some(place) = waiting.pop() {
            order.push(names[usize::try_from(place.number).unwrap()]);
        }
        assert_eq!(waiting.count, 0);
        order
    }

    fn wait(waiting: &mut Waiting, connection: &str) -> oneshot::Receiver<Turn> {
        let (called, turn) = oneshot::channel();
        waiting.add(asker(connection), called);
        turn
    }

    #[test]
    fn whoever_asks_many_things_waits_behind_whoever_asks_one() {
        let mut waiting = Waiting::default();
        let _turns: Vec<_> = (0..150).map(|_| wait(&mut waiting, "192.0.2.1:1")).collect();
        let _turn = wait(&mut waiting, "192.0.2.2:1");
        let names = [["many"; 150].as_slice(), &["one"]].concat();
        let order = order(waiting, &names);
        assert_eq!(order[..3], ["many", "one", "many"]);
    }

    #[test]
    fn many_connections_of_one_address_have_no_more_turns_than_one_of_another() {
        let mut waiting = Waiting::default();
        let _turns: Vec<_> = (1..=150)
            .map(|port| wait(&mut waiting, &format!("192.0.2.1:{port}")))
            .collect();
        let _turns: Vec<_> = (0..2).map(|_| wait(&mut waiting, "192.0.2.2:1")).collect();
        let names = [["many"; 150].as_slice(), &["one"; 2]].concat();
        assert_eq!(order(waiting, &names)[..5], ["many", "one", "many", "one", "many"]);
    }

    #[test]
    fn connections_of_one_address_take_turns() {
        let mut waiting = Waiting::default();
        let _turns: Vec<_> = (0..150).map(|_| wait(&mut waiting, "192.0.2.1:1")).collect();
        let _turn = wait(&mut waiting, "192.0.2.1:2");
        let names = [["many"; 150].as_slice(), &["one"]].concat();
        assert_eq!(order(waiting, &names)[1], "one");
    }

    #[test]
    fn where_too_many_wait_the_last_of_whoever_has_most_is_turned_away_and_nobody_new() {
        let mut waiting = Waiting::default();
        let mut many: Vec<_> = (0..WAITING).map(|_| wait(&mut waiting, "192.0.2.1:1")).collect();
        let mut new = wait(&mut waiting, "192.0.2.2:1");
        waiting.turn_away();
        assert_eq!(waiting.count, WAITING);
        let closed =
            |turn: &mut oneshot::Receiver<Turn>| matches!(turn.try_recv(), Err(oneshot::error::TryRecvError::Closed));
        assert!(closed(many.last_mut().unwrap()));
        assert!(!closed(&mut many[0]) && !closed(&mut new));
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_is_not_begun() {
        let lane = Lane::new(1);
        let first = lane.turn(asker("192.0.2.1:1")).await.unwrap();
        let gone = tokio::spawn({
            let lane = lane.clone();
            async move { lane.turn(asker("192.0.2.2:1")).await.map(|_| ()) }
        });
        while lane.queue().waiting.count == 0 {
            tokio::task::yield_now().await;
        }
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        assert_eq!(lane.queue().waiting.count, 0, "the place is given up");
        drop(first);
        assert_eq!(lane.queue().free, 1);
        drop(lane.turn(asker("192.0.2.1:1")).await.unwrap());
    }

    #[tokio::test]
    async fn no_more_work_at_a_time_than_the_lane_has_turns() {
        let lane = Lane::new(2);
        let turns = [
            lane.turn(asker("192.0.2.1:1")).await,
            lane.turn(asker("192.0.2.1:1")).await,
        ];
        let third = lane.turn(asker("192.0.2.1:1"));
        tokio::pin!(third);
        let waits = futures_of(&mut third).await;
        assert!(waits, "the third waits");
        drop(turns);
        assert!(third.await.is_ok());
    }

    /// Whether a future is not ready when it is looked at once.
    async fn futures_of<F: Future + Unpin>(future: &mut F) -> bool {
        std::future::poll_fn(|context| {
            let waits = std::pin::Pin::new(&mut *future).poll(context).is_pending();
            std::task::Poll::Ready(waits)
        })
        .await
    }
}
