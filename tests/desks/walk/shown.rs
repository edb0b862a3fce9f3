//! What is public of a walk holds by itself, had it been under an embargo.

use std::convert::Infallible;

use tallylog_event::{Embargo, Entry, EntryHash, EntryIndex, Envelope, Event, chain};
use tallylog_projection::{Accepted, Fold, Replayed, Shown, Signatures, State, Visitor, replay_shown};
use tallylog_tlog::Hash;

use crate::centre::{Centre, Person, public};

/// The same log of a contest under an embargo, and what it leads to.
fn embargoed(centre: &Centre) -> (Vec<Vec<u8>>, State) {
    let mut contest = centre.contest.clone();
    contest.embargo = Embargo::OnRelease;
    let (mut entries, mut fold, mut previous) = (Vec::new(), Fold::default(), EntryHash::NONE);
    for (bytes, body) in centre.entries.iter().zip(&centre.bodies) {
        let mut entry = Entry {
            previous,
            ..Entry::decode(bytes).unwrap()
        };
        if let Event::ContestOpened(_) = body.event {
            let event = Event::ContestOpened(Box::new(contest.clone()));
            let opening = tallylog_event::EventBody { event, ..body.clone() };
            entry.envelope = Envelope::seal(&opening, &Person::Rhea.key());
        }
        let body = entry.envelope.decode().unwrap();
        let accepted = Accepted::new(entry.index, entry.received_at, &entry.envelope, &body);
        fold.admit(&accepted).unwrap();
        fold.apply(&accepted);
        let bytes = entry.encode();
        previous = chain(&bytes);
        entries.push(bytes);
    }
    (entries, fold.into_state())
}

/// What was taken on trust.
#[derive(Default)]
struct Trusting {
    released: Vec<EntryIndex>,
    on_trust: Vec<EntryIndex>,
}

impl Visitor for Trusting {
    fn rests_on_the_withheld(&mut self, entry: EntryIndex) {
        self.on_trust.push(entry);
    }

    fn after(&mut self, _: &State, replayed: &Replayed) {
        if let Event::Released(_) = replayed.body.event {
            self.released.push(replayed.entry.index);
        }
    }
}

/// At every size at which something was released, and in the end. Returns how many events were taken on trust.
pub(super) fn what_is_public_holds_by_itself(centre: &Centre) -> Result<usize, String> {
    let (entries, state) = embargoed(centre);
    let releases = state.releases().iter().map(|release| release.entry.0 + 1);
    let mut on_trust = 0;
    for size in releases.chain([state.size()]) {
        let then = state.at(size).ok_or("no such size")?;
        let shown = entries.iter().zip(public(&then));
        let shown: Vec<Shown<&[u8]>> = shown
            .map(|(entry, is_shown)| match is_shown {
                true => Shown::Entry(entry.as_slice()),
                false => Shown::Withheld(Hash::leaf(entry)),
            })
            .collect();
        let place = |index: u64| usize::try_from(index).unwrap();
        let read =
            |range: std::ops::Range<u64>| Ok::<_, Infallible>(shown[place(range.start)..place(range.end)].to_vec());
        let mut trusting = Trusting::default();
        replay_shown(size, &read, Signatures::Trust, &mut trusting).map_err(|error| format!("at {size}: {error}"))?;
        let listed = then.releases().iter().map(|release| release.entry);
        if !listed.eq(trusting.released.iter().copied()) {
            return Err(format!("at {size}: a release is not shown"));
        }
        on_trust += trusting.on_trust.len();
    }
    Ok(on_trust)
}
