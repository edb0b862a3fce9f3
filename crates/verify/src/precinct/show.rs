//! What a precinct's proof proves, for people and for programs.

use serde::Serialize;
use tallylog_event::{Basis, Commitment, Entry, UnixMillis};
use tallylog_projection::{GroupFigures, Leaf, Sums};
use tallylog_tlog::TrustedCheckpoint;

use super::ProvenFigures;
use crate::time::utc;

impl ProvenFigures {
    /// What is counted for the precinct.
    #[must_use]
    pub const fn leaf(&self) -> &Leaf {
        &self.results.leaf
    }

    /// The figures of every group and the counts of precincts, over all of them.
    #[must_use]
    pub const fn totals(&self) -> &Sums {
        &self.totals
    }

    /// What the log committed to.
    #[must_use]
    pub const fn commitment(&self) -> &Commitment {
        &self.commitment
    }

    /// The entry that the precinct's figures are from; none where nothing is counted for it.
    #[must_use]
    pub const fn report(&self) -> Option<&Entry> {
        self.report.as_ref()
    }

    /// The checkpoint of a log that has all of it.
    #[must_use]
    pub const fn checkpoint(&self) -> &TrustedCheckpoint {
        &self.checkpoint
    }

    /// What is proved, for people.
    #[must_use]
    pub fn table(&self) -> String {
        let leaf = self.leaf();
        let log = self.checkpoint.checkpoint();
        let mut text = vec![
            format!("{}, {}, in the log {}", leaf.county, leaf.name, log.origin),
            match &self.report {
                Some(entry) => format!(
                    "the figures are those of {}, signed by the key {}, received at {}",
                    entry.index,
                    entry.envelope.author,
                    utc(entry.received_at)
                ),
                None => "nothing is counted for it".to_owned(),
            },
            format!(
                "the total ({}) is that of {} entries, and counts {} of {} precincts; every precinct is accounted for",
                basis(self.commitment.basis),
                self.commitment.size,
                self.totals.precincts.counted,
                self.results.precincts,
            ),
            format!(
                "{:<24}{:>8}{:>8}{:>10}{:>10}   {:>10}{:>10}{:>10}{:>12}",
                "group", "first", "final", "delegates", "SDE", "of first", "of final", "delegates", "SDE"
            ),
        ];
        for row in self.rows() {
            let (own, all) = (row.precinct, row.total);
            text.push(format!(
                "{:<24}{:>8}{:>8}{:>10}{:>10}   {:>10}{:>10}{:>10}{:>12}",
                row.name,
                own.first_alignment,
                own.final_alignment,
                own.delegates,
                own.equivalents.to_string(),
                all.first_alignment,
                all.final_alignment,
                all.delegates,
                all.equivalents.to_string(),
            ));
        }
        text.push(format!(
            "the log signed this at {} entries, root {}",
            log.size, log.root
        ));
        for (witness, at) in self.checkpoint.cosigners() {
            let at = utc(UnixMillis(at.seconds().saturating_mul(1_000)));
            text.push(format!("and {} cosigned at {at}", witness.name()));
        }
        text.extend(["verified".to_owned(), String::new()]);
        text.join("\n")
    }

    /// The same for programs.
    ///
    /// # Errors
    ///
    /// None that could be met: the answer holds texts and numbers alone.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        let leaf = self.leaf();
        let log = self.checkpoint.checkpoint();
        let answer = Answer {
            verified: true,
            log: log.origin.as_str(),
            size: log.size.0,
            root: log.root.to_string(),
            county: leaf.county.as_str(),
            precinct: leaf.name.as_str(),
            entry: self.report.as_ref().map(|entry| entry.index.0),
            basis: basis(self.commitment.basis),
            of_size: self.commitment.size,
            precincts: self.results.precincts,
            counted: self.totals.precincts.counted,
            candidates: self
                .rows()
                .map(|row| Candidate {
                    name: row.name,
                    precinct: row.precinct.into(),
                    total: row.total.into(),
                })
                .collect(),
        };
        let mut text = serde_json::to_string_pretty(&answer)?;
        text.push('\n');
        Ok(text)
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let tally = self.leaf().tally.as_ref();
        let named = self.results.groups.iter().zip(&self.totals.groups);
        named.enumerate().map(move |(place, (name, total))| Row {
            name: name.as_str(),
            precinct: tally
                .and_then(|tally| tally.groups.get(place))
                .copied()
                .unwrap_or_default(),
            total: *total,
        })
    }
}

struct Row<'a> {
    name: &'a str,
    precinct: GroupFigures,
    total: GroupFigures,
}

#[derive(Serialize)]
struct Answer<'a> {
    verified: bool,
    log: &'a str,
    size: u64,
    root: String,
    county: &'a str,
    precinct: &'a str,
    entry: Option<u64>,
    basis: &'static str,
    of_size: u64,
    precincts: u32,
    counted: u64,
    candidates: Vec<Candidate<'a>>,
}

#[derive(Serialize)]
struct Candidate<'a> {
    name: &'a str,
    precinct: Figures,
    total: Figures,
}

#[derive(Serialize)]
struct Figures {
    first_alignment: u64,
    final_alignment: u64,
    delegates: u64,
    sde: String,
}

impl From<GroupFigures> for Figures {
    fn from(figures: GroupFigures) -> Self {
        Self {
            first_alignment: figures.first_alignment,
            final_alignment: figures.final_alignment,
            delegates: figures.delegates,
            sde: figures.equivalents.to_string(),
        }
    }
}

const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Recorded => "recorded",
        Basis::Released => "released",
    }
}
