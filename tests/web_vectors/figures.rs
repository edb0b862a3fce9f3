//! What the fold says at one size of a log, as JSON: the other fold must come to the same.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tallylog_event::PrecinctId;
use tallylog_projection::{Basis, Counted, Line, ResultsTree, Scope, State, Totals, audit, national};
use tallylog_rules::{Apportionment, ByGroup, Delegates, GroupId, Tie, UnitAwards, apportion, electing, room};

/// Where the vectors stand: beside everything else that is built.
pub(crate) fn folder() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("web-vectors");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Takes away the vectors of such a name: those of an earlier run would be taken for these.
pub(crate) fn clear(prefix: &str) {
    for file in fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with(prefix) {
            fs::remove_file(path).unwrap();
        }
    }
}

/// Writes a night: its entries, each after its length in two bytes, and what is expected of it.
pub(crate) fn write(name: &str, entries: &[Vec<u8>], moments: &[Value], state: &State) {
    let mut log = Vec::new();
    for entry in entries {
        log.extend(u16::try_from(entry.len()).unwrap().to_be_bytes());
        log.extend(entry);
    }
    let expected = json!({ "moments": moments, "lawful": lawful(state) });
    fs::write(folder().join(format!("{name}.entries")), log).unwrap();
    fs::write(folder().join(format!("{name}.json")), expected.to_string()).unwrap();
}

/// Writes what the log of a night refused: when it had how many entries, by which code, and what entry it would have been.
#[allow(dead_code, reason = "simulated nights do not keep it")]
pub(crate) fn write_refused(name: &str, refused: &[(u64, &'static str, Vec<u8>)]) {
    let refused: Vec<_> = refused
        .iter()
        .map(|(size, code, entry)| json!({ "size": size, "code": code, "entry": hex(entry) }))
        .collect();
    fs::write(folder().join(format!("{name}.refused")), json!(refused).to_string()).unwrap();
}

/// Everything that is compared at one size.
pub(crate) fn moment(state: &State) -> Value {
    let audit = audit(state);
    let open: Vec<_> = audit.discrepancies.iter().map(|open| (open.code, open.open)).collect();
    json!({
        "size": state.size(),
        "state": hex(&audit.state.0),
        "open": open,
        "recorded": of_basis(state, Basis::Recorded),
        "released": of_basis(state, Basis::Released),
    })
}

fn of_basis(state: &State, basis: Basis) -> Value {
    let counted = Counted::new(state, basis);
    let tree = ResultsTree::of(state, basis).unwrap();
    let counts = tree.sums().precincts;
    let national = national(&counted).unwrap();
    json!({
        "root": hex(&tree.root().0),
        "counts": [counts.counted, counts.held, counts.confirmed, counts.released, counts.current, counts.corrected],
        "totals": scopes(state).map(|(name, scope)| totals(&name, &Totals::of(&counted, scope))).collect::<Vec<_>>(),
        "national": national.units().map(unit).collect::<Vec<_>>(),
        "settled": national.is_settled(),
    })
}

fn scopes(state: &State) -> impl Iterator<Item = (String, Scope)> {
    let plan = &state.contest().unwrap().ruleset.national;
    let districts = (1_u8..).zip(&plan.districts).map(|(number, _)| number);
    let districts = districts.map(|number| (format!("district {number}"), Scope::District(number)));
    let counties = state.roster().counties();
    let counties = counties.map(|county| (format!("county {}", county.id.0), Scope::County(county.id)));
    std::iter::once(("state".to_owned(), Scope::State))
        .chain(districts)
        .chain(counties)
}

fn totals(scope: &str, totals: &Totals) -> Value {
    let lines: Vec<_> = totals.lines.iter().map(line).collect();
    json!({ "scope": scope, "counted": totals.counted, "lines": lines })
}

/// Figures that no floating point may touch are written as text.
fn line(line: &Line) -> Value {
    let exact = format!("{}/{}", line.exact.numer(), line.exact.denom());
    json!([
        line.first_alignment,
        line.final_alignment,
        line.delegates,
        line.equivalents.0.to_string(),
        exact,
        line.claimed.map(|claimed| claimed.0.to_string()),
    ])
}

fn unit(unit: &UnitAwards) -> Value {
    json!({ "awards": awards(&unit.awards), "tie": unit.tie.as_ref().map(tie) })
}

fn tie(tie: &Tie) -> Value {
    let among: Vec<_> = tie.among.iter().map(|group| group.number()).collect();
    json!({ "awards": awards(&tie.awards), "delegates": tie.delegates.0, "among": among })
}

fn awards(awards: &ByGroup<Delegates>) -> Vec<(u16, u16)> {
    let numbers = awards
        .iter()
        .map(|(group, delegates): &(GroupId, Delegates)| (group.number(), delegates.0));
    numbers.collect()
}

/// What the rules make of every record.
pub(crate) fn lawful(state: &State) -> Vec<Value> {
    let counted = Counted::new(state, Basis::Recorded);
    let of = |id: PrecinctId| {
        let rules = &state.contest()?.ruleset;
        let (sheet, place) = (counted.sheet(id)?, state.place(id)?);
        let last = sheet.final_alignment.as_ref().filter(|last| !last.is_zero())?;
        let outcome = apportion(rules, room(sheet), electing(rules, place, sheet), last, &sheet.games);
        Some(json!([id.county.0, id.number, outcome_of(&outcome)]))
    };
    state.roster().ids().filter_map(of).collect()
}

fn outcome_of(outcome: &Apportionment) -> Value {
    match outcome {
        Apportionment::Settled(settled) => json!({ "settled": awards(settled) }),
        Apportionment::Chance(open) => json!({ "chance": tie(open) }),
        Apportionment::NobodyViable => json!("NobodyViable"),
        Apportionment::RoomElects => json!("RoomElects"),
        Apportionment::NobodyAttended => json!("NobodyAttended"),
    }
}

fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}
