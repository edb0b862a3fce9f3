//! What must hold after every step, whoever did it.

use tallylog_event::{Basis, EntryIndex};
use tallylog_projection::{Counts, GroupFigures};
use tallylog_rules::{ByGroup, Equivalents};

use super::book::{Book, Filed, Job, places};
use crate::centre::Centre;
use crate::timeline_law::{BASES, follow};

type Law = Result<(), String>;

fn same<T: PartialEq + std::fmt::Debug>(what: &str, log: &T, book: &T) -> Law {
    if log == book {
        Ok(())
    } else {
        Err(format!("{what}: the log has {log:?}, and the book {book:?}"))
    }
}

/// After a step that was taken; one that was refused changed nothing, which the centre looks at itself.
pub(super) fn hold(centre: &Centre, book: &Book, taken: bool) -> Law {
    if !taken && !centre.watched {
        return Ok(());
    }
    nobody_alone(book)?;
    for at in 0..places().len() {
        stands(centre, book, at)?;
    }
    let recorded: Vec<_> = (0..4).map(|at| book.record(at)).collect();
    recounted(centre, book, Basis::Recorded, &recorded)?;
    let released: Vec<_> = (0..4).map(|at| listed(book, at)).collect();
    recounted(centre, book, Basis::Released, &released)?;
    if centre.watched {
        nothing_is_lost(centre, book)?;
    }
    Ok(())
}

/// The version of a place that the latest release lists.
fn listed(book: &Book, at: usize) -> Option<&Filed> {
    let last = book.releases.last()?;
    book.filed[at].iter().find(|filed| last.listed.contains(&filed.entry))
}

/// Every version ever taken is there, in its order and with its figures.
pub(super) fn nothing_is_lost(centre: &Centre, book: &Book) -> Law {
    for (at, place) in places().into_iter().enumerate() {
        let kept = centre.state().versions(place).iter();
        let kept: Vec<_> = kept
            .map(|version| (version.entry, version.filing().report().sheet.clone()))
            .collect();
        let filed: Vec<_> = book.filed[at]
            .iter()
            .map(|filed| (filed.entry, filed.sheet.clone()))
            .collect();
        same("versions", &kept, &filed)?;
        let aside = |entry: EntryIndex| centre.state().set_aside_by(place, entry);
        for filed in &book.filed[at] {
            same("set aside", &aside(filed.entry), &filed.aside)?;
        }
    }
    Ok(())
}

/// What the past says of itself is what was so then, also where the roster was amended and versions were set aside since.
pub(super) fn was_so_at_every_step(centre: &Centre) {
    for basis in BASES {
        follow(centre.state(), basis, 0..centre.state().size(), 10_000);
    }
}

/// Where a place stands.
fn stands(centre: &Centre, book: &Book, at: usize) -> Law {
    let place = places()[at];
    let position = centre.state().roster().position(place).unwrap();
    let leaf = &centre.results(Basis::Recorded).leaves()[position];
    let record = book.record(at);
    same(
        "record",
        &leaf.tally.as_ref().map(|tally| tally.entry),
        &record.map(|record| record.entry),
    )?;
    let (Some(tally), Some(record)) = (&leaf.tally, record) else {
        return Ok(());
    };
    let listed = listed(book, at).map(|filed| filed.entry);
    same("held", &tally.standing.held, &book.kept_back(at))?;
    same("confirmed", &tally.standing.confirmed, &book.confirmed(at))?;
    same("released", &tally.standing.released, &listed.is_some())?;
    same("current", &tally.standing.current, &(listed == Some(record.entry)))?;
    same("corrected", &tally.standing.corrected, &record.corrects)
}

/// Figures added up by hand, out of the book.
fn recounted(centre: &Centre, book: &Book, basis: Basis, counted: &[Option<&Filed>]) -> Law {
    let sums = centre.results(basis).sums();
    let mut groups = vec![GroupFigures::default(); sums.groups.len()];
    for (at, filed) in counted.iter().enumerate() {
        let Some(filed) = filed else { continue };
        // Every county has three delegates to the state convention.
        let worth = |delegates: u64| {
            let county = u64::from(book.county_delegates(at / 2));
            (2 * delegates * 3 * 10_000 + county) / (2 * county)
        };
        for (number, line) in (1..).zip(&mut groups) {
            let group = tallylog_rules::GroupId::new(number).unwrap();
            let first = filed.sheet.first_alignment.as_ref();
            let last = filed.sheet.final_alignment.as_ref();
            line.first_alignment += first.map_or(0, |column| u64::from(column.of(group).0));
            line.final_alignment += last.map_or(0, |column| u64::from(column.of(group).0));
            let awarded: u64 = filed
                .sheet
                .awards
                .as_ref()
                .map_or(0, |column: &ByGroup<_>| column.of(group).into());
            line.delegates += awarded;
            line.equivalents = Equivalents(line.equivalents.0 + worth(awarded));
        }
    }
    same("figures", &sums.groups, &groups)?;
    let count = |is: &dyn Fn(usize) -> bool| u64::try_from((0..4).filter(|at| is(*at)).count()).unwrap();
    let is_listed = |at: usize| listed(book, at).is_some();
    let recorded = basis == Basis::Recorded;
    let counts = Counts {
        counted: count(&|at| counted[at].is_some()),
        held: count(&|at| recorded && counted[at].is_some() && book.kept_back(at)),
        confirmed: count(&|at| recorded && book.confirmed(at)),
        released: count(&|at| counted[at].is_some() && is_listed(at)),
        current: count(&|at| {
            let entry = listed(book, at).map(|filed| filed.entry);
            recorded && entry.is_some() && entry == book.record(at).map(|record| record.entry)
        }),
        corrected: count(&|at| counted[at].is_some_and(|filed| filed.corrects)),
    };
    same("counts", &sums.precincts, &counts)
}

/// Nothing that takes two persons was done by one, however many keys that person has.
fn nobody_alone(book: &Book) -> Law {
    let law = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    for release in &book.releases {
        let own = release.listed.iter().filter_map(|entry| book.find(*entry));
        let own = own.clone().any(|(_, filed)| filed.hands.contains(&release.by));
        law(!own, "somebody released an entry of their own")?;
    }
    for at in 0..4 {
        let standing: Vec<&Filed> = book.filed[at].iter().filter(|filed| filed.aside.is_none()).collect();
        for filed in &standing {
            let two = !filed.by_case || filed.hands[0] != filed.hands[1];
            law(two, "one officer corrected alone")?;
        }
        // A chair's amendment that was set aside gives back what was entered before it.
        if book.filed[at]
            .iter()
            .all(|filed| !filed.corrects || filed.aside.is_none())
        {
            law(
                entered_by_two(&standing),
                "one person typed both entries, or there are three",
            )?;
        }
        if book.confirmed(at) {
            let mut persons: Vec<&String> = standing.iter().flat_map(|filed| &filed.hands).collect();
            persons.sort_unstable();
            persons.dedup();
            law(persons.len() > 1, "one person confirmed a record")?;
        }
    }
    Ok(())
}

/// Of what operators entered since the last correction: two at most, and no hand in both.
fn entered_by_two(standing: &[&Filed]) -> bool {
    let since = standing.iter().rposition(|filed| filed.corrects).map_or(0, |at| at + 1);
    let typed: Vec<_> = standing[since..]
        .iter()
        .filter(|filed| filed.job == Job::Operator)
        .collect();
    match typed.as_slice() {
        [] | [_] => true,
        [first, second] => first.hands.iter().all(|hand| !second.hands.contains(hand)),
        _ => false,
    }
}
