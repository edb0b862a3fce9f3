//! The figures of every group.

use serde::Serialize;
use tallylog_wire::v1;
use tallylog_wire::v1::totals_request::Scope;

use super::{WITHHELD, Withheld, decimal, grouped, hash, heading, kind, new_table};
use crate::args::{Basis, Format, TotalsArgs};
use crate::failure::{Failure, Outcome};
use crate::source::Source;
use crate::time;

/// The answer as JSON.
#[derive(Serialize)]
struct Json<'a> {
    contest: &'a str,
    kind: &'static str,
    size: u64,
    root: Option<String>,
    state_hash: Option<String>,
    basis: &'static str,
    release: Option<&'a str>,
    as_of: Option<String>,
    /// Present where anything is withheld: what is said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    precincts: Counts,
    candidates: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Counts {
    total: u32,
    reported: Option<u32>,
    released: u32,
    held: Option<u32>,
    confirmed: Option<u32>,
    corrected: u32,
    withheld: Option<u32>,
}

/// A line of the answer, in JSON and in CSV.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    first_alignment: u64,
    final_alignment: u64,
    delegates: u64,
    sde: String,
    sde_exact: &'a str,
    sde_claimed: Option<String>,
    national_delegates: Option<u32>,
}

pub(crate) async fn totals(args: &TotalsArgs) -> Result<Outcome, Failure> {
    let basis = match args.basis {
        None => v1::Basis::Unspecified,
        Some(Basis::Recorded) => v1::Basis::Recorded,
        Some(Basis::Released) => v1::Basis::Released,
    };
    let county = args.county.clone().map(Scope::County);
    let request = v1::TotalsRequest {
        moment: time::moment(&args.moment)?,
        basis: basis.into(),
        scope: county.or_else(|| args.district.map(Scope::District)),
    };
    let answer = Source::open(&args.source).await?.totals(request).await?;
    match args.format {
        Format::Json => super::json(&json(&answer))?,
        Format::Csv if answer.candidates.is_empty() && is_withheld(&answer) => super::csv(&[Withheld::WHOLE])?,
        Format::Csv => super::csv(&rows(&answer))?,
        Format::Table => super::data(&table(&answer))?,
    }
    Ok(Outcome::Yes)
}

fn json(answer: &v1::TotalsResponse) -> Json<'_> {
    let position = answer.position.as_ref();
    let counts = answer.precincts.unwrap_or_default();
    Json {
        contest: position.map_or("", |position| &position.contest),
        kind: position.map_or("unknown", kind),
        size: position.map_or(0, |position| position.size),
        root: position.and_then(|position| hash(&position.root)),
        state_hash: position.and_then(|position| hash(&position.state_hash)),
        basis: basis(answer),
        release: Some(answer.release.as_str()).filter(|name| !name.is_empty()),
        as_of: as_of(answer),
        status: is_withheld(answer).then_some(WITHHELD),
        precincts: Counts {
            total: counts.total,
            reported: counts.reported,
            released: counts.released,
            held: counts.held,
            confirmed: counts.confirmed,
            corrected: counts.corrected,
            withheld: counts.withheld,
        },
        candidates: rows(answer),
    }
}

/// Whether anything of the scope is withheld from whoever asked.
fn is_withheld(answer: &v1::TotalsResponse) -> bool {
    answer.precincts.is_some_and(|counts| counts.withheld() > 0)
}

/// The moment of the figures; none before the first release, where the rest is withheld.
fn as_of(answer: &v1::TotalsResponse) -> Option<String> {
    (answer.as_of_ms > 0).then(|| time::utc(answer.as_of_ms))
}

fn basis(answer: &v1::TotalsResponse) -> &'static str {
    match answer.basis() {
        v1::Basis::Recorded | v1::Basis::Unspecified => "recorded",
        v1::Basis::Released => "released",
    }
}

fn rows(answer: &v1::TotalsResponse) -> Vec<Row<'_>> {
    let row = |candidate: &'_ v1::CandidateTotals| Row {
        name: "",
        first_alignment: candidate.first_alignment,
        final_alignment: candidate.final_alignment,
        delegates: candidate.delegates,
        sde: decimal(candidate.sde_ten_thousandths),
        sde_exact: "",
        sde_claimed: candidate.sde_claimed_ten_thousandths.map(decimal),
        national_delegates: candidate.national_delegates,
    };
    let named = answer.candidates.iter().map(|candidate| Row {
        name: &candidate.name,
        sde_exact: &candidate.sde_exact,
        ..row(candidate)
    });
    named.collect()
}

/// How far the scope is: what is withheld is not counted as nothing.
fn progress(counts: &v1::PrecinctCounts) -> String {
    let number = |count: u32| grouped(count.into());
    match counts.withheld {
        Some(withheld) => format!(
            "{} of {} precincts released, {} corrected, {} {WITHHELD}",
            number(counts.released),
            number(counts.total),
            number(counts.corrected),
            number(withheld),
        ),
        None => format!(
            "{} of {} precincts reported, {} confirmed, {} held, {} released, {} corrected",
            number(counts.reported()),
            number(counts.total),
            number(counts.confirmed()),
            number(counts.held()),
            number(counts.released),
            number(counts.corrected),
        ),
    }
}

/// The answer for people: what it is, how complete it is, then the figures.
fn table(answer: &v1::TotalsResponse) -> String {
    let counts = answer.precincts.unwrap_or_default();
    let position = answer.position.clone().unwrap_or_default();
    let release = match answer.release.as_str() {
        "" => "no release yet".to_owned(),
        name => format!("latest release {name}"),
    };
    let at = as_of(answer).map_or_else(String::new, |at| format!(" at {at}"));
    let heading = format!(
        "{}\n{}\nbasis {}, {release}, log size {}{at}\n",
        heading(&position),
        progress(&counts),
        basis(answer),
        grouped(position.size),
    );
    if answer.candidates.is_empty() && is_withheld(answer) {
        return format!("{heading}The figures are {WITHHELD}.\n");
    }
    let header = [
        "group",
        "first alignment",
        "final alignment",
        "delegates",
        "SDE",
        "national",
    ];
    let mut table = new_table(&header, 1);
    for candidate in &answer.candidates {
        table.add_row([
            candidate.name.clone(),
            grouped(candidate.first_alignment),
            grouped(candidate.final_alignment),
            grouped(candidate.delegates),
            decimal(candidate.sde_ten_thousandths),
            candidate
                .national_delegates
                .map(|delegates| delegates.to_string())
                .unwrap_or_default(),
        ]);
    }
    let open = if answer.national_settled {
        ""
    } else {
        "Equal remainders leave a national delegate open: a lot decides, and none is shown for it.\n"
    };
    format!("{heading}{table}\n{open}")
}
