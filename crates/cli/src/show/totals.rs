//! The figures of every group.

use serde::Serialize;
use tallylog_wire::v1;
use tallylog_wire::v1::totals_request::Scope;

use super::{decimal, grouped, hash, heading, kind, new_table};
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
    as_of: String,
    precincts: Counts,
    candidates: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Counts {
    total: u32,
    reported: u32,
    released: u32,
    held: u32,
    confirmed: u32,
    corrected: u32,
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
        as_of: time::utc(answer.as_of_ms),
        precincts: Counts {
            total: counts.total,
            reported: counts.reported,
            released: counts.released,
            held: counts.held,
            confirmed: counts.confirmed,
            corrected: counts.corrected,
        },
        candidates: rows(answer),
    }
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

/// The answer for people: what it is, how complete it is, then the figures.
fn table(answer: &v1::TotalsResponse) -> String {
    let counts = answer.precincts.unwrap_or_default();
    let position = answer.position.clone().unwrap_or_default();
    let release = match answer.release.as_str() {
        "" => "no release yet".to_owned(),
        name => format!("latest release {name}"),
    };
    let heading = format!(
        "{}\n{} of {} precincts reported, {} confirmed, {} held, {} released, {} corrected\n\
         basis {}, {release}, log size {} at {}\n",
        heading(&position),
        grouped(counts.reported.into()),
        grouped(counts.total.into()),
        grouped(counts.confirmed.into()),
        grouped(counts.held.into()),
        grouped(counts.released.into()),
        grouped(counts.corrected.into()),
        basis(answer),
        grouped(position.size),
        time::utc(answer.as_of_ms),
    );
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
