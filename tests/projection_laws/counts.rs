use std::collections::BTreeMap;

use num_rational::BigRational;
use tallylog_event::{CountyId, District, Event, EventBody, PrecinctId, SiteKind};
use tallylog_projection::{Basis, Counted, Line, Scope, State, Totals};
use tallylog_rules::{ByGroup, Equivalents, GroupId, Place, Sheet, electing, room};
use tallylog_simulate::{Night, Options, night};

use crate::log::{Book, check, is_release};

fn totals(state: &State, basis: Basis, scope: Scope) -> Totals {
    Totals::of(&Counted::new(state, basis), scope)
}

/// Adds up the totals of several scopes, line by line.
fn sum(parts: &[Totals]) -> Totals {
    let mut whole = Totals {
        lines: vec![Line::default(); parts[0].lines.len()],
        counted: parts.iter().map(|part| part.counted).sum(),
    };
    for (at, line) in whole.lines.iter_mut().enumerate() {
        let of = parts.iter().map(|part| &part.lines[at]);
        line.first_alignment = of.clone().map(|line| line.first_alignment).sum();
        line.final_alignment = of.clone().map(|line| line.final_alignment).sum();
        line.delegates = of.clone().map(|line| line.delegates).sum();
        line.equivalents = Equivalents(of.clone().map(|line| line.equivalents.0).sum());
        line.exact = of.clone().map(|line| line.exact.clone()).sum::<BigRational>();
        line.claimed = of
            .map(|line| line.claimed)
            .fold(None, |sum, claimed| match (sum, claimed) {
                (Some(Equivalents(sum)), Some(Equivalents(claimed))) => Some(Equivalents(sum + claimed)),
                (sum, claimed) => sum.or(claimed),
            });
    }
    whole
}

#[test]
fn counties_and_districts_sum_to_the_state() {
    check(|_, book| {
        let state = book.state();
        for basis in [Basis::Recorded, Basis::Released] {
            let whole = totals(state, basis, Scope::State);
            let of = |county: CountyId| totals(state, basis, Scope::County(county));
            let counties: Vec<_> = state.roster().counties().map(|county| of(county.id)).collect();
            assert_eq!(sum(&counties), whole);
            let districts = (1..=4).map(|number| totals(state, basis, Scope::District(number)));
            let outside = state
                .roster()
                .counties()
                .filter(|county| county.district == District::StateOnly);
            let parts: Vec<_> = districts.chain(outside.map(|county| of(county.id))).collect();
            assert_eq!(sum(&parts), whole);
        }
    });
}

/// The last sheet of every precinct, read from the events and from nothing else.
fn last_sheets(bodies: &[EventBody]) -> BTreeMap<PrecinctId, &Sheet> {
    let filed = bodies.iter().filter_map(|body| body.event.report());
    filed.map(|report| (report.precinct, &report.sheet)).collect()
}

/// Equivalents of one delegate as a fraction, by the plan's words.
fn worth(night: &Night, sheets: &BTreeMap<PrecinctId, &Sheet>, id: PrecinctId) -> (u128, u128) {
    let county = &night.counties[usize::from(id.county.0)];
    let state_delegates = u128::from(county.state_delegates.0);
    match county.kind {
        SiteKind::Precincts { county_delegates } => (state_delegates, county_delegates.0.into()),
        SiteKind::Satellites => {
            let people = |sheet: &Sheet| u128::from(room(sheet).0);
            let sites = sheets.iter().filter(|(other, _)| other.county == id.county);
            let pool: u128 = sites.map(|(_, sheet)| people(sheet)).sum();
            let delegates = electing(&night.contest.ruleset, Place::Satellite, sheets[&id]);
            (state_delegates * people(sheets[&id]), pool * u128::from(delegates.0))
        }
    }
}

#[test]
fn recorded_totals_are_a_recount_of_the_last_sheets() {
    check(|night, book| {
        let sheets = last_sheets(&book.bodies);
        let counted = totals(book.state(), Basis::Recorded, Scope::State);
        assert_eq!(counted.counted, sheets.len());
        for (number, line) in (1..).zip(&counted.lines) {
            let group = GroupId::new(number).unwrap();
            let people = |of: fn(&Sheet) -> &Option<ByGroup<tallylog_rules::Attendees>>| -> u64 {
                let columns = sheets.values().filter_map(|sheet| of(sheet).as_ref());
                columns.map(|column| u64::from(column.of(group).0)).sum()
            };
            assert_eq!(line.first_alignment, people(|sheet| &sheet.first_alignment));
            assert_eq!(line.final_alignment, people(|sheet| &sheet.final_alignment));
            let (mut delegates, mut published, mut exact) = (0, 0, BigRational::default());
            for (id, sheet) in &sheets {
                let awarded = sheet.awards.as_ref().map_or(0, |awards| awards.of(group).0);
                delegates += u64::from(awarded);
                let (numerator, denominator) = worth(night, &sheets, *id);
                if denominator > 0 {
                    let product = numerator * u128::from(awarded);
                    published += (product * 20_000 + denominator) / (denominator * 2);
                    exact += BigRational::new(product.into(), denominator.into());
                }
            }
            assert_eq!((line.delegates, u128::from(line.equivalents.0)), (delegates, published));
            assert_eq!(line.exact, exact);
        }
    });
}

#[test]
fn released_figures_change_with_a_release_only() {
    check(|_, book| {
        let released = |size| totals(&book.state().at(size).unwrap(), Basis::Released, Scope::State);
        let first = u64::try_from(book.bodies.iter().position(is_report).unwrap()).unwrap();
        let mut before = released(first);
        let mut changes = 0;
        for (size, body) in (first + 1..).zip(&book.bodies[usize::try_from(first).unwrap()..]) {
            let after = released(size);
            changes += usize::from(is_release(body));
            assert!(is_release(body) || before == after, "{size}");
            before = after;
        }
        assert!(changes > 0);
    });
}

fn is_report(body: &EventBody) -> bool {
    matches!(body.event, Event::Reported(_))
}

/// A release that lists everything clear counts exactly what it lists.
#[test]
fn released_figures_are_those_of_the_entries_listed() {
    check(|_, book| {
        let state = book.state();
        let Some(release) = state.releases().last() else {
            return;
        };
        let counted = Counted::new(state, Basis::Released);
        let Some(Event::Released(listed)) = book
            .bodies
            .get(usize::try_from(release.entry.0).unwrap())
            .map(|body| &body.event)
        else {
            unreachable!("a release");
        };
        assert_eq!(counted.entries(), listed.entries());
        assert_eq!(
            totals(state, Basis::Released, Scope::State).counted,
            listed.entries().len()
        );
    });
}

/// The first reports of different precincts, forwards and backwards.
#[test]
fn the_order_of_independent_reports_does_not_matter() {
    for seed in 0..4 {
        let night = night(&Options::small(seed, 3, 16));
        let mut seen = std::collections::BTreeSet::new();
        let arrivals = night.arrivals().map(|(_, arrival)| arrival);
        let mut reports: Vec<_> = arrivals
            .filter(|arrival| seen.insert(arrival.precinct))
            .map(|arrival| arrival.envelope.clone())
            .collect();
        let at = night.plan[0].at;
        let of = |reports: &[tallylog_event::Envelope]| {
            let mut book = Book::set_up(&night);
            for envelope in reports {
                book.offer(at, envelope.clone()).unwrap();
            }
            totals(book.state(), Basis::Recorded, Scope::State)
        };
        let forwards = of(&reports);
        reports.reverse();
        assert_eq!(of(&reports), forwards);
        let half = reports.len() / 2;
        reports.rotate_left(half);
        assert_eq!(of(&reports), forwards);
        assert!(forwards.lines.iter().any(|line| line.delegates > 0));
    }
}
