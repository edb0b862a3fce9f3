//! Whose turn it is: the events that wait for the writer, by connection and by sender on it.
//!
//! Connections take turns, and so do the senders of one; a large event costs several turns. However much one sends, another's
//! next event waits for one turn of each. What a connection may have at the writer depends on what came over it: much where
//! signatures held, some where nothing was looked at yet, and little where the last one did not hold. Such a connection also
//! waits behind all others, and has a turn in eight while they wait.

use std::collections::{BTreeMap, VecDeque};

use tallylog_event::PublicKey;

/// How many events of one sender may be under way.
pub(super) const OF_ONE: u64 = 1_024;

/// How many bytes of one sender may be under way.
const BYTES_OF_ONE: u64 = 2 << 20;

/// How much the writer has at a time, with the signatures that are looked at. All else waits for its turn.
const AT_WORK: Size = Size {
    events: 1_024,
    bytes: 2 << 20,
};

/// How many bytes of an event cost a turn.
const A_TURN: u64 = 16 << 10;

/// How often a connection of ill repute has a turn while others wait.
const SELDOM: u8 = 8;

/// How many connections are remembered, those that came last.
const REMEMBERED: usize = 65_536;

/// What the signatures say that came over a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repute {
    /// The last one held.
    Good,
    /// None was looked at.
    New,
    /// The last one did not hold.
    Ill,
}

/// A sender on a connection: whoever sends single events under a key, or one stream, whose events keep their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flow {
    Key(PublicKey),
    Stream(u64),
}

/// A sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Whose {
    pub(crate) connection: u64,
    pub(crate) flow: Flow,
}

/// So many events and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) events: u64,
    pub(crate) bytes: u64,
}

/// Everything that came and was not answered.
#[derive(Debug)]
pub(crate) struct Lines<T> {
    room: Size,
    held: Size,
    at_work: Size,
    of: BTreeMap<u64, Line<T>>,
    /// The connections that wait for a turn, each once.
    round: VecDeque<u64>,
    /// Those of ill repute that wait.
    late: VecDeque<u64>,
    /// The connections over which signatures came.
    reputes: BTreeMap<u64, Repute>,
    /// Turns of others since one of ill repute had its own.
    passed: u8,
}

/// What came over a connection.
#[derive(Debug)]
struct Line<T> {
    held: Size,
    flows: BTreeMap<Flow, Waiting<T>>,
    /// The senders that wait for a turn, each once.
    round: VecDeque<Flow>,
    /// Turns that it had and has not used.
    credit: u64,
    /// How many of its events the writer has.
    at_work: u64,
    /// Whether it waits for these rather than for a turn.
    is_parked: bool,
}

/// What came of a sender.
#[derive(Debug)]
struct Waiting<T> {
    held: Size,
    events: VecDeque<(u64, T)>,
}

impl Size {
    const fn of(bytes: u64) -> Self {
        Self { events: 1, bytes }
    }

    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.bytes += other.bytes;
    }

    fn take(&mut self, other: Self) {
        self.events = self.events.saturating_sub(other.events);
        self.bytes = self.bytes.saturating_sub(other.bytes);
    }

    fn plus(mut self, other: Self) -> Self {
        self.add(other);
        self
    }

    fn less(mut self, other: Self) -> Self {
        self.take(other);
        self
    }

    const fn half(self) -> Self {
        Self {
            events: self.events / 2,
            bytes: self.bytes / 2,
        }
    }

    const fn is_within(self, limit: Self) -> bool {
        self.events <= limit.events && self.bytes <= limit.bytes
    }

    const fn is_nothing(self) -> bool {
        self.events == 0
    }
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self {
            held: Size::default(),
            flows: BTreeMap::new(),
            round: VecDeque::new(),
            credit: 0,
            at_work: 0,
            is_parked: false,
        }
    }
}

impl Repute {
    /// How many events of such a connection the writer has at a time.
    const fn at_work(self) -> u64 {
        match self {
            Self::Good => AT_WORK.events,
            Self::New => 128,
            Self::Ill => 32,
        }
    }
}

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Self {
            held: Size::default(),
            events: VecDeque::new(),
        }
    }
}

impl<T> Lines<T> {
    /// No more than this is ever under way.
    pub(crate) fn new(room: Size) -> Self {
        Self {
            room,
            held: Size::default(),
            at_work: Size::default(),
            of: BTreeMap::new(),
            round: VecDeque::new(),
            late: VecDeque::new(),
            reputes: BTreeMap::new(),
            passed: 0,
        }
    }

    /// Takes a place for an event of so many bytes, and says whether there was one.
    ///
    /// A quarter of the room is for the first event of a connection alone. Of what is left of the rest, a connection may have
    /// half, and its senders who have nothing under way as much as is left. No event takes more than a sixteenth of what is
    /// left. So there is some left for those who have nothing under way, however many take what they can.
    pub(crate) fn hold(&mut self, whose: Whose, bytes: u64) -> bool {
        let more = Size::of(bytes);
        let left = self.room.less(self.held);
        let fits = more.is_within(left) && bytes <= left.bytes / 16 && self.may_have(whose, more);
        if fits {
            self.held.add(more);
            let line = self.of.entry(whose.connection).or_default();
            line.held.add(more);
            line.flows.entry(whose.flow).or_default().held.add(more);
        }
        fits
    }

    /// Whether a sender may have more.
    fn may_have(&self, whose: Whose, more: Size) -> bool {
        let one = Size {
            events: OF_ONE,
            bytes: BYTES_OF_ONE,
        };
        let Some(line) = self.of.get(&whose.connection) else {
            return true;
        };
        let together = line.held.plus(more);
        let left = self.room.less(self.room.half().half()).less(self.held);
        match line.flows.get(&whose.flow) {
            None => together.is_within(left),
            Some(flow) => flow.held.plus(more).is_within(one) && together.is_within(left.half()),
        }
    }

    /// Gives a place back.
    pub(crate) fn release(&mut self, whose: Whose, bytes: u64, was_at_work: bool) {
        let size = Size::of(bytes);
        self.held.take(size);
        if was_at_work {
            self.at_work.take(size);
        }
        let Some(line) = self.of.get_mut(&whose.connection) else {
            return;
        };
        line.held.take(size);
        line.at_work -= u64::from(was_at_work);
        let goes_on = std::mem::take(&mut line.is_parked);
        if let Some(flow) = line.flows.get_mut(&whose.flow) {
            flow.held.take(size);
            if flow.held.is_nothing() {
                line.flows.remove(&whose.flow);
            }
        }
        if line.held.is_nothing() {
            self.of.remove(&whose.connection);
        }
        if goes_on {
            self.wait(whose.connection);
        }
    }

    /// Puts an event into line. Its place was taken before.
    pub(crate) fn push(&mut self, whose: Whose, bytes: u64, event: T) {
        let line = self.of.entry(whose.connection).or_default();
        let flow = line.flows.entry(whose.flow).or_default();
        flow.events.push_back((bytes, event));
        if flow.events.len() > 1 {
            return;
        }
        line.round.push_back(whose.flow);
        if line.round.len() == 1 {
            self.wait(whose.connection);
        }
    }

    /// The event whose turn it is, if the writer may have more.
    pub(crate) fn next(&mut self) -> Option<T> {
        while !self.is_busy()
            && let Some(connection) = self.turn()
        {
            let most = self.repute(connection).at_work();
            let Some(line) = self.of.get_mut(&connection) else {
                continue;
            };
            if line.at_work >= most {
                line.is_parked = true;
                continue;
            }
            line.credit += 1;
            let next = line.next();
            line.at_work += u64::from(next.is_some());
            if line.round.is_empty() {
                line.credit = 0;
            } else {
                self.wait(connection);
            }
            if let Some((bytes, event)) = next {
                self.at_work.add(Size::of(bytes));
                return Some(event);
            }
        }
        None
    }

    /// A signature came over a connection, and holds or does not.
    pub(crate) fn note(&mut self, connection: u64, holds: bool) {
        let repute = if holds { Repute::Good } else { Repute::Ill };
        self.reputes.insert(connection, repute);
        if self.reputes.len() > REMEMBERED {
            self.reputes.pop_first();
        }
    }

    fn repute(&self, connection: u64) -> Repute {
        self.reputes.get(&connection).copied().unwrap_or(Repute::New)
    }

    fn is_busy(&self) -> bool {
        self.at_work.events >= AT_WORK.events || self.at_work.bytes >= AT_WORK.bytes
    }

    fn wait(&mut self, connection: u64) {
        match self.repute(connection) {
            Repute::Ill => self.late.push_back(connection),
            Repute::New | Repute::Good => self.round.push_back(connection),
        }
    }

    /// The connection whose turn it is.
    fn turn(&mut self) -> Option<u64> {
        let is_late = self.round.is_empty() || self.passed + 1 >= SELDOM;
        if is_late && let Some(connection) = self.late.pop_front() {
            self.passed = 0;
            return Some(connection);
        }
        self.passed = if self.late.is_empty() { 0 } else { self.passed + 1 };
        self.round.pop_front()
    }
}

impl<T> Line<T> {
    /// The event of the sender whose turn it is, if there is credit enough for it.
    fn next(&mut self) -> Option<(u64, T)> {
        let flow = *self.round.front()?;
        let waiting = self.flows.get_mut(&flow)?;
        let cost = 1 + waiting.events.front()?.0 / A_TURN;
        if cost > self.credit {
            return None;
        }
        self.credit -= cost;
        self.round.pop_front();
        let next = waiting.events.pop_front();
        if !waiting.events.is_empty() {
            self.round.push_back(flow);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Size = Size {
        events: 16_384,
        bytes: 64 << 20,
    };

    /// The lines of connections that are known.
    fn lines() -> Lines<Event> {
        let mut lines = Lines::new(ROOM);
        (0..1_000).for_each(|connection| lines.note(connection, true));
        lines
    }

    fn stream(connection: u64, number: u64) -> Whose {
        Whose {
            connection,
            flow: Flow::Stream(number),
        }
    }

    /// Each event says whose it is, how many bytes it has, and its number among those of its sender.
    type Event = (Whose, u64, usize);

    /// As many events as find a place.
    fn fill(lines: &mut Lines<Event>, whose: Whose, bytes: u64, most: usize) -> usize {
        (0..most)
            .take_while(|number| {
                let fits = lines.hold(whose, bytes);
                if fits {
                    lines.push(whose, bytes, (whose, bytes, *number));
                }
                fits
            })
            .count()
    }

    /// The next so many events, each answered at once.
    fn answered(lines: &mut Lines<Event>, most: usize) -> Vec<Event> {
        let mut events = Vec::new();
        while events.len() < most
            && let Some(event) = lines.next()
        {
            lines.release(event.0, event.1, true);
            events.push(event);
        }
        events
    }

    fn place(events: &[Event], whose: Whose) -> usize {
        events.iter().position(|event| event.0 == whose).unwrap()
    }

    #[test]
    fn an_event_waits_for_one_turn_of_each_connection_however_much_these_sent() {
        let mut lines = lines();
        for flooding in 0..20 {
            assert_eq!(fill(&mut lines, stream(flooding, 0), 1_000, 200), 200);
        }
        fill(&mut lines, stream(99, 0), 1_000, 1);
        assert_eq!(place(&answered(&mut lines, 4_001), stream(99, 0)), 20);
    }

    #[test]
    fn senders_of_one_connection_take_turns_as_well() {
        let mut lines = lines();
        for flooding in 0..20 {
            fill(&mut lines, stream(1, flooding), 1_000, 100);
        }
        fill(&mut lines, stream(1, 99), 1_000, 1);
        assert_eq!(place(&answered(&mut lines, 4_000), stream(1, 99)), 20);
    }

    #[test]
    fn what_a_sender_sent_keeps_its_order() {
        let mut lines = lines();
        let senders = [(1, 0), (1, 1), (2, 0)].map(|(connection, flow)| stream(connection, flow));
        for (sender, bytes) in senders.into_iter().zip([100, 20_000, 60_000]) {
            fill(&mut lines, sender, bytes, 15);
        }
        let events = answered(&mut lines, 1_000);
        assert_eq!(events.len(), 45);
        for sender in senders {
            let numbers = events.iter().filter(|event| event.0 == sender).map(|event| event.2);
            assert!(numbers.eq(0..15));
        }
    }

    #[test]
    fn a_large_event_costs_several_turns() {
        let mut lines = lines();
        fill(&mut lines, stream(1, 0), 64 << 10, 10);
        fill(&mut lines, stream(2, 0), 1_000, 50);
        let events = answered(&mut lines, 12);
        let large = events.iter().filter(|event| event.0.connection == 1).count();
        assert_eq!(large, 2, "{events:?}");
    }

    #[test]
    fn the_writer_has_only_so_much_at_a_time_and_more_when_it_has_answered() {
        let mut small = lines();
        fill(&mut small, stream(1, 0), 1_000, 1_024);
        fill(&mut small, stream(2, 0), 1_000, 1_024);
        let first: Vec<_> = std::iter::from_fn(|| small.next()).collect();
        assert_eq!(first.len(), 1_024);
        small.release(first[0].0, first[0].1, true);
        assert!(small.next().is_some() && small.next().is_none());
        let mut large = lines();
        fill(&mut large, stream(1, 0), 60_000, 30);
        fill(&mut large, stream(2, 0), 60_000, 30);
        assert_eq!(std::iter::from_fn(|| large.next()).count(), 35);
    }

    #[test]
    fn one_sender_has_so_many_places_and_no_more_and_one_connection_half_of_what_is_left() {
        let mut one = lines();
        assert_eq!(fill(&mut one, stream(1, 0), 1_000, 10_000), 1_024);
        assert_eq!(fill(&mut one, stream(1, 1), 60_000, 10_000), 34);
        let mut many = lines();
        let taken: usize = (0..1_000)
            .map(|flow| fill(&mut many, stream(1, flow), 100, 10_000))
            .sum();
        // A third of three quarters, and what each of the senders may have in any case.
        assert!((4_096..=4_096 + 1_000).contains(&taken), "{taken}");
    }

    #[test]
    fn there_is_a_place_for_whoever_has_none_however_many_take_what_they_can() {
        let mut large = lines();
        for flooding in 0..5_000 {
            fill(&mut large, stream(flooding, 0), 64_000, 10_000);
        }
        assert!(large.held.is_within(ROOM), "{:?}", large.held);
        let mut small = lines();
        for flooding in 0..500 {
            for flow in 0..10 {
                fill(&mut small, stream(flooding, flow), 2_000, 10_000);
            }
        }
        assert!(small.held.is_within(ROOM), "{:?}", small.held);
        assert!(small.hold(stream(9_999, 0), 64_000));
        assert!(large.hold(stream(9_999, 0), 2_000));
    }

    #[test]
    fn a_connection_with_a_signature_that_does_not_hold_waits_behind_others_and_not_for_ever() {
        let mut lines = lines();
        for ill in 0..50 {
            lines.note(ill, false);
            fill(&mut lines, stream(ill, 0), 1_000, 10);
        }
        fill(&mut lines, stream(99, 0), 1_000, 100);
        let events = answered(&mut lines, 80);
        assert_eq!(place(&events, stream(99, 0)), 0);
        assert_eq!(events.iter().filter(|event| event.0.connection < 50).count(), 10);
        lines.note(1, true);
        assert_eq!(lines.repute(1), Repute::Good);
        assert_eq!(answered(&mut lines, 1_000).len(), 520, "nobody is left waiting");
    }

    #[test]
    fn the_writer_has_much_of_a_connection_that_is_known_less_of_a_new_one_and_little_of_one_of_ill_repute() {
        let mut lines = lines();
        lines.note(2, false);
        for (connection, most) in [(1, 1_024), (2, 32), (5_000, 128)] {
            for flow in 0..2 {
                fill(&mut lines, stream(connection, flow), 100, 1_024);
            }
            let mut first: Vec<_> = std::iter::from_fn(|| lines.next()).collect();
            assert_eq!(first.len(), most);
            let answered = first.remove(0);
            lines.release(answered.0, answered.1, true);
            first.extend(lines.next());
            assert_eq!(first.len(), most, "one for each that is answered");
            assert_eq!(lines.next(), None);
            while let Some(event) = first.pop().or_else(|| lines.next()) {
                lines.release(event.0, event.1, true);
            }
            assert!(lines.of.is_empty(), "{connection}");
        }
    }

    #[test]
    fn what_was_answered_leaves_nothing_behind() {
        let mut lines = lines();
        for sender in 0..10 {
            fill(&mut lines, stream(sender, 0), 1_000, 20);
        }
        assert!(lines.hold(stream(1, 5), 70));
        lines.release(stream(1, 5), 70, false);
        answered(&mut lines, 1_000);
        assert!(lines.of.is_empty() && lines.round.is_empty() && lines.late.is_empty());
        assert_eq!((lines.held, lines.at_work), (Size::default(), Size::default()));
    }
}
