//! Laws of the figures as the log grew: at every step they are those of the state at its size.

use tallylog_projection::{Basis, Counted, CountyFigures, Line, Review, Scope, State, Step, Timeline, Totals};

use crate::log::check;

const BASES: [Basis; 2] = [Basis::Recorded, Basis::Released];

/// What the past state itself says of the counties and pools.
fn expected(past: &State, basis: Basis) -> Vec<CountyFigures> {
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
fn take(known: &mut Vec<CountyFigures>, step: Step) {
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

fn follow(state: &State, basis: Basis, from: u64, most: usize) {
    let mut timeline = Timeline::new(state, basis);
    let mut known = Vec::new();
    take(&mut known, timeline.whole(from));
    assert_eq!(
        known,
        expected(&state.at(from).unwrap(), basis),
        "the first step at {from}"
    );
    let steps = timeline.since(from, most);
    assert!(steps.len() <= most + state.releases().len());
    let mut size = from;
    for step in steps {
        assert!(step.size > size, "steps only go on");
        size = step.size;
        take(&mut known, step);
        assert_eq!(
            known,
            expected(&state.at(size).unwrap(), basis),
            "at {size} from {from} in {most}"
        );
    }
    assert_eq!(size, state.size(), "the last step is the whole log");
    let ends = |release: &tallylog_projection::Released| release.entry.0 + 1;
    assert!(state.releases().iter().map(ends).all(|end| end <= size));
}

#[test]
fn every_step_of_the_timeline_shows_the_figures_of_the_state_at_its_size() {
    check(|_, book| {
        let state = book.state();
        for basis in BASES {
            for (from, most) in [(0, 1), (0, 7), (0, 10_000), (book.size() / 2, 5), (book.size(), 3)] {
                follow(state, basis, from, most);
            }
        }
    });
}

#[test]
fn whoever_follows_step_by_step_sees_what_the_whole_log_says() {
    check(|_, book| {
        for basis in BASES {
            let mut known = Vec::new();
            let mut size = 0;
            for next in (0..=book.size())
                .step_by(3)
                .chain([book.size()])
                .filter(|next| *next > 0)
            {
                let state = book.state().at(next).unwrap();
                for step in Timeline::new(&state, basis).since(size, 1) {
                    take(&mut known, step);
                }
                size = next;
            }
            assert_eq!(known, expected(book.state(), basis));
        }
    });
}
