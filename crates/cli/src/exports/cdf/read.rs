//! Reads a report again as a stranger would: by its references and names, and by nothing of how it was made.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Cells, Counts, EQUIVALENTS, Identifier, ReadBack, Report, Unit, put};

/// Reads the file again.
pub(in crate::exports) fn read(bytes: &[u8]) -> Result<Cells, ReadBack> {
    let report: Report = serde_json::from_slice(bytes).map_err(|error| ReadBack::Json(error.to_string()))?;
    let places = places(&report.gp_unit)?;
    let mut cells = Cells::new();
    for name in crate::exports::HEAD {
        put(&mut cells, &[], "", name, identified(&report.external_identifier, name))?;
    }
    put(&mut cells, &[], "", "progress", Some(&report.status))?;
    put(&mut cells, &[], "", "rehearsal", Some(report.is_test))?;
    for unit in &report.gp_unit {
        let place = places.get(unit.id.as_str()).ok_or_else(|| dangling(&unit.id))?;
        put(&mut cells, place, "", "counted", unit.sub_units_reported)?;
        put(&mut cells, place, "", "precincts", unit.total_sub_units)?;
        put(&mut cells, place, "", "attendance", unit.voters_participated)?;
        put(
            &mut cells,
            place,
            "",
            "entry",
            identified(&unit.external_identifier, "entry"),
        )?;
    }
    for election in &report.election {
        let mut names = BTreeMap::new();
        for candidate in &election.candidate {
            names.insert(candidate.id.as_str(), text(&candidate.ballot_name)?);
        }
        let selections = election.contest.iter().flat_map(|contest| &contest.selections);
        for selection in selections {
            let [id] = selection.candidate_ids.as_slice() else {
                return Err(dangling(&selection.id));
            };
            let group = names.get(id.as_str()).ok_or_else(|| dangling(id))?;
            for counts in &selection.vote_counts {
                let place = places
                    .get(counts.gp_unit_id.as_str())
                    .ok_or_else(|| dangling(&counts.gp_unit_id))?;
                put(&mut cells, place, group, column(counts)?, Some(counts.count.get()))?;
            }
        }
    }
    Ok(cells)
}

/// The state has no name here, a county its own, and a precinct its county's before its own.
fn places(units: &[Unit]) -> Result<BTreeMap<&str, Vec<String>>, ReadBack> {
    let by_id: BTreeMap<_, _> = units.iter().map(|unit| (unit.id.as_str(), unit)).collect();
    let state = units
        .iter()
        .find(|unit| unit.of == "state")
        .ok_or_else(|| dangling("state"))?;
    let mut places = BTreeMap::from([(state.id.as_str(), Vec::new())]);
    for id in &state.composing_gp_unit_ids {
        let county = by_id.get(id.as_str()).ok_or_else(|| dangling(id))?;
        let name = text(&county.name)?;
        places.insert(county.id.as_str(), vec![name.clone()]);
        for id in &county.composing_gp_unit_ids {
            let precinct = by_id.get(id.as_str()).ok_or_else(|| dangling(id))?;
            places.insert(precinct.id.as_str(), vec![name.clone(), text(&precinct.name)?]);
        }
    }
    Ok(places)
}

fn column(counts: &Counts) -> Result<&'static str, ReadBack> {
    match (counts.of.as_str(), counts.other_type.as_deref(), counts.round) {
        ("total", None, Some(1)) => Ok("first_alignment"),
        ("total", None, Some(2)) => Ok("final_alignment"),
        ("seats", None, None) => Ok("delegates"),
        ("other", Some(EQUIVALENTS), None) => Ok("sde"),
        (of, ..) => Err(dangling(of)),
    }
}

fn identified<'a>(identifiers: &'a [Identifier], name: &str) -> Option<&'a str> {
    let wanted = format!("tallylog-{name}");
    let found = identifiers.iter().find(|one| one.other_type.as_ref() == Some(&wanted));
    found.map(|one| one.value.as_str())
}

fn text(words: &Value) -> Result<String, ReadBack> {
    let content = words.pointer("/Text/0/Content").and_then(Value::as_str);
    content.map(str::to_owned).ok_or_else(|| dangling("Content"))
}

fn dangling(what: &str) -> ReadBack {
    ReadBack::Reference(what.to_owned())
}
