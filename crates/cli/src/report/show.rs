//! A report on the terminal, and for programs.

use serde::Serialize;
use tallylog_rules::{Code, Sheet};

use super::ReportFault;
use crate::args::Format;
use crate::failure::{Failure, Outcome};
use crate::outbox::{Item, Line, Outbox, Sending, tell};
use crate::show;
use crate::worksheet::{Caucus, Confirmed, Found, beside, describe_all, read_back, wrap};

/// What a dry run found.
#[derive(Serialize)]
struct Checked<'a> {
    contest: String,
    county: &'a str,
    precinct: &'a str,
    state: &'static str,
    discrepancies: &'a [Found],
}

/// What came of a report.
#[derive(Serialize)]
struct Ended<'a> {
    contest: String,
    #[serde(flatten)]
    item: Line,
    photos: usize,
    discrepancies: &'a [Found],
}

/// A discrepancy in a row.
#[derive(Serialize)]
struct Row<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    check: &'a str,
}

/// The worksheet read back, and what the checks found.
pub(super) fn checks(caucus: &Caucus, sheet: &Sheet, found: &[Found]) {
    show::talk(&caucus.heading());
    for line in read_back(caucus, sheet).iter().chain(&describe_all(found)) {
        show::talk(line);
    }
}

/// Says what stands in the way of signing.
pub(super) fn may_sign(confirmed: &Confirmed) -> bool {
    let list = |codes: &[Code]| codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(" ");
    let fault = match confirmed {
        Confirmed::Yes => return true,
        Confirmed::Missing(codes) => ReportFault::NotConfirmed { blocking: list(codes) },
        Confirmed::Stale(codes) => ReportFault::NothingToConfirm { codes: list(codes) },
    };
    for line in wrap(&format!("tallylog: {fault} [{}]", fault.code()), 0) {
        show::talk(&line);
    }
    false
}

pub(super) fn dry_run(format: Format, caucus: &Caucus, found: &[Found]) -> Result<(), Failure> {
    match format {
        Format::Json => show::json(&Checked {
            contest: caucus.heading(),
            county: &caucus.county,
            precinct: &caucus.precinct,
            state: "not signed",
            discrepancies: found,
        }),
        Format::Csv => show::csv(&rows(found)),
        Format::Table => {
            show::talk("A dry run: nothing was signed.");
            Ok(())
        }
    }
}

fn rows(found: &[Found]) -> Vec<Row<'_>> {
    let rows = found.iter().map(|found| Row {
        code: found.code,
        severity: found.severity,
        message: &found.message,
        check: found.check,
    });
    rows.collect()
}

/// Old and new figures beside each other; what differs is marked.
pub(super) fn side_by_side(caucus: &Caucus, old: &Sheet, new: &Sheet) {
    show::talk("");
    show::talk(&format!(
        "  {:<44} {:>14}   {:>14}",
        caucus.title().chars().take(44).collect::<String>(),
        "was",
        "will be"
    ));
    for pair in beside(caucus, old, new) {
        let is_nothing = |figure: &str| figure == "-" || figure == "0";
        let is_same = pair.old == pair.new || (is_nothing(&pair.old) && is_nothing(&pair.new));
        let mark = if is_same { ' ' } else { '*' };
        let field: String = pair.field.chars().take(44).collect();
        if pair.old.chars().count().max(pair.new.chars().count()) > 14 {
            show::talk(&format!("{mark} {field}"));
            for (when, what) in [("was", &pair.old), ("will be", &pair.new)] {
                for line in wrap(&format!("{when}: {what}"), 6) {
                    show::talk(&line);
                }
            }
        } else {
            show::talk(&format!("{mark} {field:<44} {:>14}   {:>14}", pair.old, pair.new));
        }
    }
    show::talk("");
}

pub(super) fn ended(format: Format, outbox: &Outbox, item: &Item, found: &[Found]) -> Result<(), Failure> {
    let about = outbox.about();
    match format {
        Format::Json => show::json(&Ended {
            contest: about.heading(),
            item: Line::of(about, item),
            photos: item.files().len(),
            discrepancies: found,
        }),
        Format::Csv => show::csv(&[Line::of(about, item)]),
        Format::Table => {
            let lines = tell(about, item);
            show::data(&format!("{}\n{}\n", about.heading(), lines.join("\n")))
        }
    }
}

/// How the command ends. What this report waits for counts, and what else lies in the outbox does not.
pub(super) fn outcome(sent: Sending, item: &Item) -> Result<Outcome, Failure> {
    if item.received().is_some() {
        // A script that runs again learns that what it reported counts no longer.
        return Ok(if item.is_gone() { Outcome::No } else { Outcome::Yes });
    }
    match sent {
        Sending::Waits(fault) => Err(fault.into()),
        Sending::Done | Sending::Trouble => Ok(Outcome::No),
    }
}
