//! Reports that no honest room makes: whatever the log takes, every question still has an answer, and soon.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use tallylog_event::UnixMillis;
use tallylog_rules::{Attendance, Attendees, ByGroup, Delegates, Equivalents, Game, GameMeans, GroupId, Sheet};
use tallylog_simulate::{Options, night};
use tallylog_wire::v1;

use crate::log::{Book, seed, trials};
use crate::support::{Pen, report};

/// Some of the 14 groups, each with a figure.
fn column<T: Clone + std::fmt::Debug + 'static>(figures: Vec<T>) -> impl Strategy<Value = Option<ByGroup<T>>> {
    let figure = prop::option::of(prop::sample::select(figures));
    prop::option::weighted(0.8, prop::collection::vec(figure, 14)).prop_map(|column| {
        let given = (1..)
            .zip(column?)
            .filter_map(|(number, figure)| Some((GroupId::new(number).unwrap(), figure?)));
        Some(ByGroup::new(given.collect()).unwrap())
    })
}

fn people() -> Vec<Attendees> {
    [0, 1, 2, 5, 14, 15, 4_999, 5_000].map(Attendees).to_vec()
}

fn sheets() -> impl Strategy<Value = Sheet> {
    let attendance = prop::option::of((prop::sample::select(people()), any::<bool>()));
    let delegates = || [0, 1, 2, 7, u16::MAX].map(Delegates).to_vec();
    let claims = [0, 1, 10_000, 1_000_000_000].map(Equivalents).to_vec();
    let games = prop::collection::vec((1_u16..8, 8_u16..15, any::<bool>()), 0..4);
    let worksheet = (
        prop::option::of(prop::sample::select(delegates())),
        prop::option::of(prop::sample::select(people())),
    );
    (
        attendance,
        column(people()),
        column(people()),
        column(delegates()),
        worksheet,
        games,
        column(claims),
    )
        .prop_map(
            |(attendance, first, last, awards, (electing, threshold), games, claimed)| Sheet {
                attendance: attendance.map(|(people, counted)| Attendance { people, counted }),
                first_alignment: first,
                final_alignment: last,
                awards,
                worksheet_delegates: electing,
                worksheet_threshold: threshold,
                games: games.into_iter().map(game).collect(),
                claimed,
            },
        )
}

fn game((one, other, first): (u16, u16, bool)) -> Game {
    let among = [one, other].map(|number| GroupId::new(number).unwrap());
    Game {
        among: among.to_vec(),
        delegates: Delegates(1),
        winners: vec![among[usize::from(!first)]],
        means: GameMeans::Coin,
        witnesses: Vec::new(),
    }
}

#[test]
fn no_report_that_is_taken_leaves_a_question_without_an_answer() {
    let night = night(&Options::small(11, 2, 8));
    let pen = Pen::new(night.contest.id);
    let mut runner = TestRunner::new(Config {
        rng_seed: RngSeed::Fixed(seed()),
        cases: trials(60, 3_000),
        failure_persistence: None,
        ..Config::default()
    });
    let places = night.sheets.len();
    let outcome = runner.run(&prop::collection::vec(sheets(), places), |sheets| {
        let mut book = Book::set_up(&night);
        for (precinct, sheet) in night.sheets.keys().zip(&sheets) {
            let chair = &night.keys.chair(*precinct).unwrap().key;
            book.offer(UnixMillis(0), pen.sign(chair, report(*precinct, sheet)))
                .unwrap();
        }
        let started = Instant::now();
        tallylog_server::query::totals(book.state(), &v1::TotalsRequest::default()).unwrap();
        tallylog_server::query::discrepancies(book.state(), &v1::DiscrepanciesRequest::default()).unwrap();
        for county in &night.counties {
            for precinct in &county.precincts {
                let request = v1::PrecinctRequest {
                    county: county.name.to_string(),
                    precinct: precinct.name.to_string(),
                    moment: None,
                    before: 0,
                };
                tallylog_server::query::precinct(book.state(), &request).unwrap();
            }
        }
        prop_assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        Ok(())
    });
    if let Err(error) = outcome {
        unreachable!("{error}");
    }
}
