//! The law of the figures as the log grew: at every step they are those of the state at its size.

use std::ops::Range;

use tallylog_projection::{
    Basis, Counted, CountyFigures, Line, Review, Scope, State, Step, Timeline, Totals, step_ends,
};

pub(crate) const BASES: [Basis; 2] = [Basis::Recorded, Basis::Released];

/// What the past state itself says of the counties and pools.
pub(crate) fn expected(past: &State, basis: Basis) -> Vec<CountyFigures> {
    let counted = Counted::new(past, basis);
    let review = Review::of(past);
    let counties = past.roster().counties().map(|county| {
        let lines = Totals::of(&counted, Scope::County(county.id)).lines.into_iter();
        let lines = lines.map(|line| Line {
            exact: Line::default().exact,
            claimed: None,
            ..line
        });
        let mut figures = CountyFigures {
            county: county.id,
            counted: 0,
            released: 0,
            corrected: 0,
            lines: lines.collect(),
        };
        for (position, id) in past.roster().ids().enumerate().filter(|(_, id)| id.county == county.id) {
            let version = counted.version(id);
            figures.counted += u32::from(version.is_some());
            figures.corrected += u32::from(version.is_some_and(|version| version.corrects));
            figures.released += u32::from(review.status(position).released);
        }
        figures
    });
    counties.collect()
}

/// Takes the figures of a step over those of the steps before.
pub(crate) fn take(known: &mut Vec<CountyFigures>, step: Step) {
    for mut figures in step.counties {
        for line in &mut figures.lines {
            line.claimed = None;
        }
        match known.iter_mut().find(|old| old.county == figures.county) {
            Some(old) => *old = figures,
            None => known.push(figures),
        }
    }
}

/// Follows these entries in steps, and holds each against the state at its size.
pub(crate) fn follow(state: &State, basis: Basis, entries: Range<u64>, most: u64) {
    let mut timeline = Timeline::new(basis);
    let mut known = Vec::new();
    let (from, until) = (entries.start, entries.end);
    take(&mut known, timeline.whole(state, from));
    assert_eq!(
        known,
        expected(&state.at(from).unwrap(), basis),
        "the first step at {from}"
    );
    let ends = step_ends(state, entries.clone(), most);
    assert!(ends.len() <= usize::try_from(most).unwrap() + state.releases().len());
    assert!(ends.is_sorted_by(|a, b| a < b), "steps only go on");
    let mut size = from;
    // As a server does it, which lets others in between.
    for ends in ends.chunks(7) {
        for step in timeline.steps(state, size, ends) {
            size = step.size;
            take(&mut known, step);
            assert_eq!(
                known,
                expected(&state.at(size).unwrap(), basis),
                "at {size} of {entries:?} in {most}"
            );
        }
    }
    assert_eq!(size, until, "the last step is the last that was asked for");
    let released = state.releases().iter().map(|release| release.entry.0);
    let mut released = released.filter(|entry| entries.contains(entry));
    assert!(
        released.all(|entry| ends.contains(&(entry + 1))),
        "a release ends a step"
    );
    let apart = (until - from).div_ceil(most.max(1));
    let all = std::iter::once(from).chain(ends.iter().copied());
    assert!(
        all.zip(&ends).all(|(before, end)| end - before <= apart),
        "steps are even"
    );
}
