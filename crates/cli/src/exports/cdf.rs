//! Results in the common data format of NIST SP 1500-100, version 2, as JSON.
//!
//! The standard counts ballots, and a caucus counts people twice and then delegates. `docs/OPERATIONS.md` says what
//! stands for what: rounds for the alignments, seats for delegates, and a type of our own for equivalents.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::csv::put;
use super::parity::Cells;
use super::table::{CountyRows, PrecinctRows, Progress, Row, Table};
use super::{File, ReadBack};
use crate::failure::Failure;
use crate::time;

mod read;

pub(super) use self::read::read;

/// The type of the counts that the standard has no word for.
const EQUIVALENTS: &str = "state-delegate-equivalents";
const WITHHELD: &str = "What no release lists is withheld until released. ";
const STATE: &str = "gp-state";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Report {
    #[serde(rename = "@type")]
    kind: String,
    format: String,
    generated_date: String,
    issuer: String,
    issuer_abbreviation: String,
    is_test: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_type: Option<String>,
    notes: String,
    sequence_start: u32,
    sequence_end: u32,
    status: String,
    vendor_application_id: String,
    external_identifier: Vec<Identifier>,
    gp_unit: Vec<Unit>,
    election: Vec<Election>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Identifier {
    #[serde(rename = "@type")]
    kind: String,
    #[serde(rename = "Type")]
    of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_type: Option<String>,
    value: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Unit {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kind: String,
    name: Value,
    #[serde(rename = "Type")]
    of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    composing_gp_unit_ids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    external_identifier: Vec<Identifier>,
    count_status: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_units_reported: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_sub_units: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voters_participated: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Election {
    #[serde(rename = "@type")]
    kind: String,
    name: Value,
    #[serde(rename = "Type")]
    of: String,
    other_type: String,
    #[serde(rename = "ElectionScopeId")]
    scope_id: String,
    start_date: String,
    end_date: String,
    candidate: Vec<Candidate>,
    contest: Vec<Contest>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Candidate {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kind: String,
    ballot_name: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Contest {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kind: String,
    name: String,
    election_district_id: String,
    votes_allowed: u32,
    vote_variation: String,
    other_vote_variation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_units_reported: Option<u64>,
    total_sub_units: u64,
    #[serde(rename = "ContestSelection")]
    selections: Vec<Selection>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Selection {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kind: String,
    candidate_ids: Vec<String>,
    sequence_order: usize,
    vote_counts: Vec<Counts>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Counts {
    #[serde(rename = "@type")]
    kind: String,
    gp_unit_id: String,
    #[serde(rename = "Type")]
    of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    round: Option<u32>,
    /// As it is written, so that no decimal becomes a binary fraction on the way.
    count: Box<RawValue>,
}

pub(super) fn write(table: &Table, name: String) -> Result<Vec<File>, Failure> {
    let bytes = serde_json::to_vec_pretty(&report(table)?).map_err(|error| Failure::Output(error.into()))?;
    Ok(vec![File { name, bytes }])
}

fn report(table: &Table) -> Result<Report, Failure> {
    let head = &table.head;
    let rehearsal = table.is_rehearsal();
    let mark = if rehearsal { "REHEARSAL, not a real night. " } else { "" };
    let withheld = if head.withholds { WITHHELD } else { "" };
    Ok(Report {
        kind: "ElectionResults.ElectionReport".to_owned(),
        format: "precinct-level".to_owned(),
        generated_date: time::utc_seconds(head.as_of.0),
        issuer: head.origin.clone(),
        issuer_abbreviation: head.origin.clone(),
        is_test: rehearsal,
        test_type: rehearsal.then(|| "rehearsal".to_owned()),
        notes: format!(
            "{mark}{withheld}Computed from the first {} entries of the log {}, whose root is {}; basis {}.",
            head.size,
            head.origin,
            head.root,
            head.basis()
        ),
        sequence_start: 1,
        sequence_end: 1,
        status: head.standing.as_str().to_owned(),
        vendor_application_id: concat!("tallylog ", env!("CARGO_PKG_VERSION")).to_owned(),
        external_identifier: identifiers(table),
        gp_unit: units(table),
        election: vec![election(table)?],
    })
}

fn identifiers(table: &Table) -> Vec<Identifier> {
    let head = &table.head;
    let values = [
        &head.contest_id,
        &head.size.to_string(),
        &head.root,
        &head.results_root,
        head.basis(),
    ];
    let mut identifiers: Vec<_> = super::HEAD
        .into_iter()
        .zip(values)
        .map(|(name, value)| identifier(name, value))
        .collect();
    identifiers.push(identifier("kind", head.kind()));
    identifiers.extend(head.release.as_deref().map(|release| identifier("release", release)));
    identifiers
}

fn identifier(name: &str, value: &str) -> Identifier {
    Identifier {
        kind: "ElectionResults.ExternalIdentifier".to_owned(),
        of: "other".to_owned(),
        other_type: Some(format!("tallylog-{name}")),
        value: value.to_owned(),
    }
}

fn units(table: &Table) -> Vec<Unit> {
    let head = &table.head;
    let counties = (0..table.counties.len()).map(county_id).collect();
    let status = match head.standing {
        Progress::Nothing => "not-processed",
        Progress::Partial => "in-process",
        Progress::Complete | Progress::Certified => "completed",
    };
    // The standard's word for what nobody outside is told.
    let status = if head.counted.is_none() { "unknown" } else { status };
    let mut units = vec![Unit {
        composing_gp_unit_ids: counties,
        sub_units_reported: head.counted,
        total_sub_units: Some(head.precincts),
        ..unit(STATE, "The whole state", "state", None, status)
    }];
    for (number, county) in table.counties.iter().enumerate() {
        units.push(county_unit(number, county, head.withholds));
        let precincts = county.precincts.iter().enumerate();
        units.extend(
            precincts
                .map(|(place, precinct)| precinct_unit(county, &precinct_id(number, place), precinct, head.withholds)),
        );
    }
    units
}

fn county_unit(number: usize, county: &CountyRows, withholds: bool) -> Unit {
    let counted = county
        .precincts
        .iter()
        .filter(|precinct| precinct.counted.is_some())
        .count();
    let status = match counted {
        0 if withholds => "unknown",
        0 => "not-processed",
        all if all == county.precincts.len() => "completed",
        _ => "in-process",
    };
    let (kind, other) = if county.satellites {
        ("other", Some("satellite-pool"))
    } else {
        ("county", None)
    };
    let fips = county.fips.map(|fips| Identifier {
        kind: "ElectionResults.ExternalIdentifier".to_owned(),
        of: "fips".to_owned(),
        other_type: None,
        value: format!("{fips:05}"),
    });
    Unit {
        composing_gp_unit_ids: (0..county.precincts.len())
            .map(|place| precinct_id(number, place))
            .collect(),
        external_identifier: fips.into_iter().collect(),
        sub_units_reported: u64::try_from(counted).ok().filter(|_| !county.withheld),
        total_sub_units: u64::try_from(county.precincts.len()).ok(),
        ..unit(&county_id(number), &county.name, kind, other, status)
    }
}

fn precinct_unit(county: &CountyRows, id: &str, precinct: &PrecinctRows, withholds: bool) -> Unit {
    let status = if precinct.counted.is_some() {
        "completed"
    } else if withholds {
        "unknown"
    } else {
        "not-processed"
    };
    let (kind, other) = if county.satellites {
        ("other", Some("satellite-site"))
    } else {
        ("precinct", None)
    };
    let code = Some(precinct.code.clone()).filter(|code| !code.trim().is_empty());
    let mut identifiers: Vec<_> = code
        .map(|value| Identifier {
            kind: "ElectionResults.ExternalIdentifier".to_owned(),
            of: "local-level".to_owned(),
            other_type: None,
            value,
        })
        .into_iter()
        .collect();
    let entry = precinct.counted.map(|version| version.entry.0.to_string());
    identifiers.extend(entry.map(|entry| identifier("entry", &entry)));
    Unit {
        external_identifier: identifiers,
        voters_participated: precinct.counted.and_then(|version| version.attendance),
        ..unit(id, &precinct.name, kind, other, status)
    }
}

fn unit(id: &str, name: &str, kind: &str, other: Option<&str>, status: &str) -> Unit {
    Unit {
        id: id.to_owned(),
        kind: "ElectionResults.ReportingUnit".to_owned(),
        name: words(name),
        of: kind.to_owned(),
        other_type: other.map(str::to_owned),
        composing_gp_unit_ids: Vec::new(),
        external_identifier: Vec::new(),
        count_status: vec![json!({ "@type": "ElectionResults.CountStatus", "Type": "total", "Status": status })],
        sub_units_reported: None,
        total_sub_units: None,
        voters_participated: None,
    }
}

fn election(table: &Table) -> Result<Election, Failure> {
    let head = &table.head;
    let groups = table.totals.iter().enumerate();
    let candidates = groups.clone().map(|(number, row)| Candidate {
        id: candidate_id(number),
        kind: "ElectionResults.Candidate".to_owned(),
        ballot_name: words(&row.group),
    });
    let date = time::date(table.night().0);
    Ok(Election {
        kind: "ElectionResults.Election".to_owned(),
        name: words(&head.contest),
        of: "other".to_owned(),
        other_type: "precinct-caucus".to_owned(),
        scope_id: STATE.to_owned(),
        start_date: date.clone(),
        end_date: date,
        candidate: candidates.collect(),
        contest: vec![Contest {
            id: "contest-1".to_owned(),
            kind: "ElectionResults.CandidateContest".to_owned(),
            name: head.contest.clone(),
            election_district_id: STATE.to_owned(),
            votes_allowed: 1,
            vote_variation: "other".to_owned(),
            other_vote_variation: "two alignments with a threshold, then delegates".to_owned(),
            sub_units_reported: head.counted,
            total_sub_units: head.precincts,
            selections: groups
                .map(|(number, row)| selection(table, number, row))
                .collect::<Result<_, _>>()?,
        }],
    })
}

fn selection(table: &Table, number: usize, total: &Row) -> Result<Selection, Failure> {
    let mut counts = Vec::new();
    add(&mut counts, STATE, total)?;
    for (place, county) in table.counties.iter().enumerate() {
        if let Some(row) = county.totals.get(number) {
            add(&mut counts, &county_id(place), row)?;
        }
        for (within, precinct) in county.precincts.iter().enumerate() {
            if let Some(row) = precinct.groups.get(number) {
                add(&mut counts, &precinct_id(place, within), row)?;
            }
        }
    }
    Ok(Selection {
        id: format!("selection-{}", number + 1),
        kind: "ElectionResults.CandidateSelection".to_owned(),
        candidate_ids: vec![candidate_id(number)],
        sequence_order: number + 1,
        vote_counts: counts,
    })
}

fn add(counts: &mut Vec<Counts>, unit: &str, row: &Row) -> Result<(), Failure> {
    let alignments = [(row.first, 1), (row.last, 2)];
    for (people, round) in alignments {
        if let Some(people) = people {
            counts.push(count(unit, "total", None, Some(round), people.to_string())?);
        }
    }
    if let Some(delegates) = row.delegates {
        counts.push(count(unit, "seats", None, None, delegates.to_string())?);
    }
    if let Some(sde) = row.sde() {
        counts.push(count(unit, "other", Some(EQUIVALENTS), None, sde)?);
    }
    Ok(())
}

fn count(unit: &str, of: &str, other: Option<&str>, round: Option<u32>, number: String) -> Result<Counts, Failure> {
    Ok(Counts {
        kind: "ElectionResults.VoteCounts".to_owned(),
        gp_unit_id: unit.to_owned(),
        of: of.to_owned(),
        other_type: other.map(str::to_owned),
        round,
        count: RawValue::from_string(number).map_err(|error| Failure::Output(error.into()))?,
    })
}

fn words(text: &str) -> Value {
    json!({
        "@type": "ElectionResults.InternationalizedText",
        "Text": [{ "@type": "ElectionResults.LanguageString", "Language": "en", "Content": text }],
    })
}

fn county_id(number: usize) -> String {
    format!("gp-{number}")
}

fn precinct_id(county: usize, number: usize) -> String {
    format!("gp-{county}-{number}")
}

fn candidate_id(number: usize) -> String {
    format!("candidate-{}", number + 1)
}
