//! Laws of the figures as the log grew.

use tallylog_projection::Timeline;

use crate::log::check;
use crate::timeline_law::{BASES, expected, follow, take};

#[test]
fn every_step_of_the_timeline_shows_the_figures_of_the_state_at_its_size() {
    check(|_, book| {
        let state = book.state();
        for basis in BASES {
            let (half, end) = (book.size() / 2, book.size());
            for (entries, most) in [
                (0..end, 1),
                (0..end, 7),
                (0..end, 10_000),
                (0..half, 4),
                (half..end, 5),
                (half..end - 2, 10_000),
                (end..end, 3),
            ] {
                follow(state, basis, entries, most);
            }
        }
    });
}

#[test]
fn whoever_follows_step_by_step_sees_what_the_whole_log_says() {
    check(|_, book| {
        for basis in BASES {
            let mut timeline = Timeline::new(basis);
            let mut known = Vec::new();
            let mut size = 0;
            for next in (0..=book.size())
                .step_by(3)
                .chain([book.size()])
                .filter(|next| *next > 0)
            {
                let state = book.state().at(next).unwrap();
                for step in timeline.steps(&state, size, &[next]) {
                    take(&mut known, step);
                }
                size = next;
            }
            assert_eq!(known, expected(book.state(), basis));
        }
    });
}
