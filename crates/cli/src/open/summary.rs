//! What a contest will be, for whoever opens it to read once more.

use tallylog_event::{County, SiteKind, Text};

use super::plan::{Kind, Plan, Public, Release};
use crate::show::grouped;
use crate::time::{Shown, shown};

/// Everything that `open` is about to write, a line for each thing.
pub(super) fn of(plan: &Plan, counties: &[County], first: &Text) -> String {
    let Shown { text: now, .. } = shown(tallylog_server::now().0);
    let further = plan.registrars.iter().map(|registrar| registrar.person.to_string());
    let registrars: Vec<String> = std::iter::once(first.to_string()).chain(further).collect();
    let lines = [
        ("contest", plan.name.to_string()),
        ("kind", kind(&plan.kind).to_owned()),
        ("ruleset", plan.ruleset.clone()),
        ("origin", plan.origin.clone()),
        ("candidates", list(&plan.candidates)),
        ("roster", roster(counties)),
        ("registrars", registrars.join(", ")),
        ("release", release(&plan.release).to_owned()),
        ("embargo", embargo(&plan.embargo).to_owned()),
        ("witnesses", witnesses(plan)),
        (
            "time",
            format!("{now}, by this machine's clock: the log's first entries get it"),
        ),
    ];
    let lines = lines.map(|(label, text)| format!("{label:<12}{text}"));
    lines.join("\n")
}

const fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Election => "election: a real night",
        Kind::Rehearsal => "rehearsal: not a real night",
    }
}

const fn release(release: &Release) -> &'static str {
    match release {
        Release::Clear => "clear: what no discrepancy and nobody holds may be released",
        Release::Confirmed => "confirmed: only what a second source confirms may be released",
    }
}

const fn embargo(embargo: &Public) -> &'static str {
    match embargo {
        Public::Open => "open: reports are public at once",
        Public::OnRelease => "on-release: reports are public with the release that lists them",
    }
}

fn witnesses(plan: &Plan) -> String {
    if plan.witnesses.keys.is_empty() {
        return "none: nobody outside can tell whether everybody is shown the same log".to_owned();
    }
    let (quorum, all) = (plan.witnesses.quorum, plan.witnesses.keys.len());
    format!("{quorum} of {all} must cosign: {}", list(&plan.witnesses.keys))
}

fn roster(counties: &[County]) -> String {
    let count = |number: usize| grouped(u64::try_from(number).unwrap_or(u64::MAX));
    let pools = counties
        .iter()
        .filter(|county| county.kind == SiteKind::Satellites)
        .count();
    let precincts = counties.iter().map(|county| county.precincts.len()).sum();
    let delegates = counties.iter().flat_map(|county| &county.precincts);
    let delegates: u64 = delegates.map(|precinct| u64::from(precinct.delegates.0)).sum();
    format!(
        "counties {}, pools {}, precincts and sites {}, delegates of precincts {}",
        count(counties.len() - pools),
        count(pools),
        count(precincts),
        grouped(delegates),
    )
}

fn list(names: &[Text]) -> String {
    let names: Vec<_> = names.iter().map(Text::as_str).collect();
    names.join(", ")
}
