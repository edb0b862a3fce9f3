//! V34: what was written is read back, and every figure is compared with the state.
//!
//! On the night of 2020 the copy for quality control was made wrongly and then compared with itself. So what is compared
//! here is the bytes that were written, read by a reader of their own, and the results tree: the figures that the log
//! commits to, which nothing that writes an export has touched.

use std::collections::BTreeMap;
use std::fmt;

use tallylog_event::{ContestKind, SiteKind};
use tallylog_projection::{Basis, Counted, GroupFigures, Leaf, ResultsTree, Scope, State, Sums, Totals};
use tallylog_rules::room;
use tallylog_tlog::Hash;
use thiserror::Error;

use super::table::{basis_name, fraction, kind_name, progress, word};
use crate::show::{WITHHELD, decimal};
use crate::time;

/// How many differences a message lists.
const LISTED: usize = 20;

/// Where a figure stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    /// Nothing for the state, a county, or a county and a precinct.
    pub(super) place: Vec<String>,
    /// Nothing for what is said of the place as a whole.
    pub(super) group: String,
    pub(super) column: &'static str,
}

/// What a file says, or what a state says: each figure as text, an absent one not at all.
pub(crate) type Cells = BTreeMap<Cell, String>;

/// A figure that is not the same in the file and in the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    cell: Cell,
    file: Option<String>,
    state: Option<String>,
}

/// An exported figure, read back, differs from the store (V34).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) struct Disparity(Vec<Difference>);

/// Compares what was read from a file with what the state says. Returns how many figures agree.
pub(crate) fn compare(file: &Cells, state: &Cells) -> Result<usize, Disparity> {
    let mut differences = Vec::new();
    for (cell, value) in state {
        if file.get(cell) != Some(value) {
            differences.push(Difference {
                cell: cell.clone(),
                file: file.get(cell).cloned(),
                state: Some(value.clone()),
            });
        }
    }
    for (cell, value) in file.iter().filter(|(cell, _)| !state.contains_key(*cell)) {
        differences.push(Difference {
            cell: cell.clone(),
            file: Some(value.clone()),
            state: None,
        });
    }
    if differences.is_empty() {
        Ok(state.len())
    } else {
        Err(Disparity(differences))
    }
}

/// Every figure that `basis` counts in `state`, with what says which log it is of.
pub(crate) fn cells_of(state: &State, root: Hash, basis: Basis) -> Option<Cells> {
    let contest = state.contest()?;
    let tree = ResultsTree::of(state, basis)?;
    let counted = Counted::new(state, basis);
    let groups: Vec<&str> = contest.candidates.iter().map(|group| group.name.as_str()).collect();
    let mut book = Book {
        groups: &groups,
        cells: Cells::new(),
    };
    for (column, value) in [
        ("contest_id", contest.id.to_string()),
        ("size", state.size().to_string()),
        ("root", hex::encode(root.0)),
        ("results_root", tree.root().to_string()),
        ("basis", basis_name(basis).to_owned()),
        ("kind", kind_name(contest.kind).to_owned()),
        ("rehearsal", (contest.kind == ContestKind::Rehearsal).to_string()),
        ("contest", contest.name.to_string()),
        ("log", contest.log.origin.to_string()),
        ("as_of", time::utc(state.last_received_at().unwrap_or_default().0)),
        ("progress", progress(state, &tree).as_str().to_owned()),
        ("precincts", tree.leaves().len().to_string()),
    ] {
        book.put(&[], "", column, value);
    }
    if let Some(release) = state.releases().last() {
        book.put(&[], "", "release", release.name.to_string());
    }
    let withholds = super::withholds(state, basis);
    if !withholds || tree.sums().precincts.counted > 0 {
        book.sums(&[], &tree.sums());
        book.exact(&[], &Totals::of(&counted, Scope::State));
    } else {
        book.put(&[], "", "withheld", WITHHELD.to_owned());
    }
    for county in state.roster().counties() {
        let place = [county.name.to_string()];
        let leaves = state.roster().positions(county.id);
        let leaves = tree.leaves().get(leaves).unwrap_or_default();
        if !withholds || leaves.iter().any(|leaf| leaf.tally.is_some()) {
            book.sums(&place, &sums(leaves, groups.len()));
            book.exact(&place, &Totals::of(&counted, Scope::County(county.id)));
        } else {
            book.put(&place, "", "withheld", WITHHELD.to_owned());
        }
        book.put(&place, "", "precincts", leaves.len().to_string());
        book.put(
            &place,
            "",
            "satellites",
            (county.kind == SiteKind::Satellites).to_string(),
        );
        if let Some(fips) = county.fips {
            book.put(&place, "", "fips", fips.to_string());
        }
        for (leaf, precinct) in leaves.iter().zip(&county.precincts) {
            let standing = leaf.tally.as_ref().map(|tally| tally.standing);
            let named = [county.name.to_string(), leaf.name.to_string()];
            book.put(&named, "", "code", precinct.code.to_string());
            book.put(&named, "", "status", word(standing, basis, withholds).to_owned());
            book.precinct(&counted, leaf);
        }
    }
    Some(book.cells)
}

/// Sums that are added here, and not read from the tree.
fn sums(leaves: &[Leaf], groups: usize) -> Sums {
    let none = Sums {
        groups: vec![GroupFigures::default(); groups],
        ..Sums::default()
    };
    leaves.iter().fold(none, |sum, leaf| {
        sum.checked_add(&leaf.sums(groups)).unwrap_or_default()
    })
}

struct Book<'a> {
    groups: &'a [&'a str],
    cells: Cells,
}

impl Book<'_> {
    fn put(&mut self, place: &[String], group: &str, column: &'static str, value: String) {
        let cell = Cell {
            place: place.to_vec(),
            group: group.to_owned(),
            column,
        };
        self.cells.insert(cell, value);
    }

    fn sums(&mut self, place: &[String], sums: &Sums) {
        for (group, figures) in self.groups.iter().zip(&sums.groups) {
            self.put(place, group, "first_alignment", figures.first_alignment.to_string());
            self.put(place, group, "final_alignment", figures.final_alignment.to_string());
            self.put(place, group, "delegates", figures.delegates.to_string());
            self.put(place, group, "sde", decimal(figures.equivalents.0));
        }
        self.put(place, "", "counted", sums.precincts.counted.to_string());
    }

    fn exact(&mut self, place: &[String], totals: &Totals) {
        for (group, line) in self.groups.iter().zip(&totals.lines) {
            self.put(place, group, "sde_exact", fraction(&line.exact));
        }
    }

    fn precinct(&mut self, counted: &Counted<'_>, leaf: &Leaf) {
        let (Some(tally), Some(sheet)) = (&leaf.tally, counted.sheet(leaf.precinct)) else {
            return;
        };
        let place = [leaf.county.to_string(), leaf.name.to_string()];
        self.put(&place, "", "entry", tally.entry.0.to_string());
        if let Some(attendance) = sheet.attendance {
            self.put(&place, "", "attendance", attendance.people.0.to_string());
        }
        self.put(&place, "", "room", room(sheet).0.to_string());
        if let Some(version) = counted.version(leaf.precinct) {
            self.put(&place, "", "received_at", time::utc(version.received_at.0));
        }
        let ratio = counted.ratio(leaf.precinct);
        for (number, (group, figures)) in (1_u16..).zip(self.groups.iter().zip(&tally.groups)) {
            if sheet.first_alignment.is_some() {
                self.put(&place, group, "first_alignment", figures.first_alignment.to_string());
            }
            if sheet.final_alignment.is_some() {
                self.put(&place, group, "final_alignment", figures.final_alignment.to_string());
            }
            let Some(awards) = &sheet.awards else { continue };
            self.put(&place, group, "delegates", figures.delegates.to_string());
            self.put(&place, group, "sde", decimal(figures.equivalents.0));
            if let Ok(id) = tallylog_rules::GroupId::new(number) {
                let exact = ratio.map(|ratio| tallylog_rules::exact(awards.of(id), ratio));
                self.put(&place, group, "sde_exact", fraction(&exact.unwrap_or_default()));
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        let place = match self.cell.place.as_slice() {
            [] => "the whole".to_owned(),
            place => place.join(", "),
        };
        write!(f, "{place}")?;
        if !self.cell.group.is_empty() {
            write!(f, ", {}", self.cell.group)?;
        }
        write!(
            f,
            ", {}: the file says {}, the log says {}",
            self.cell.column,
            said(&self.file),
            said(&self.state)
        )
    }
}

impl fmt::Display for Disparity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "V34 EXPORT_PARITY: {} figures, read back, differ from the log",
            self.0.len()
        )?;
        for difference in self.0.iter().take(LISTED) {
            write!(f, "\n  {difference}")?;
        }
        match self.0.len().saturating_sub(LISTED) {
            0 => Ok(()),
            others => write!(f, "\n  and {others} others"),
        }
    }
}
