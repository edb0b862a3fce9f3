//! The report as one page to print: what was announced, drawn and read, and in whose hands the paper was.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use tallylog_tlog::Hash;
use tallylog_wire::v1;

use super::report::{Audited, differences, entry, fate, of_root, person};
use crate::device::About;
use crate::show::{grouped, heading};
use crate::time::central;

const STYLE: &str = include_str!("page.css");

/// The whole page. It loads nothing.
pub(super) fn of(audited: &Audited, about: &About) -> String {
    let title = heading(&audited.position);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="viewport" content="width=device-width";
                title { "Paper audit: " (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Paper audit" }
                p.contest { (title) }
                (facts(&[
                    ("Log", html! { (about.log_key) }),
                    ("Read at", html! { (grouped(audited.position.size)) " entries" }),
                    ("Root", code(&root(&audited.position.root))),
                    ("Result", result(audited)),
                ]))
                (announced(audited))
                @for (number, (sample, holds)) in (1..).zip(&audited.samples) {
                    (drawn(number, sample, *holds))
                    (read(sample))
                    (held(sample))
                }
                (by_hand(audited))
            }
        }
    };
    page.into_string()
}

fn result(audited: &Audited) -> Markup {
    let precincts: Vec<_> = audited
        .samples
        .iter()
        .flat_map(|(sample, _)| &sample.precincts)
        .collect();
    let of_the_log =
        audited.samples.iter().all(|(_, holds)| *holds) && audited.announcements.iter().all(|(_, holds)| *holds);
    if !of_the_log {
        html! { strong { "A checkpoint is not the log's: the sample could be chosen." } }
    } else if precincts.is_empty() {
        html! { "No sample was drawn." }
    } else if precincts.iter().any(|found| found.read.is_some() && !found.agrees) {
        html! { strong { "Paper and log differ." } }
    } else if precincts.iter().any(|found| found.read.is_none()) {
        html! { "Not every paper of the samples was read yet." }
    } else {
        html! { "Every paper of the samples says what the log said under the checkpoint." }
    }
}

fn announced(audited: &Audited) -> Markup {
    let rows = audited.announcements.iter().map(|(one, holds)| {
        let signed = one.announced.as_ref();
        [
            html! { (entry(signed)) },
            html! { (at(signed)) },
            html! { (person(signed)) },
            html! { (one.precincts) },
            html! { (grouped(one.size)) " entries" br; (code(&root(&one.root))) br; (of_root(*holds)) },
            html! { (fate(one)) },
        ]
    });
    let head = ["Entry", "Received", "By", "Precincts", "Checkpoint", "What came of it"];
    html! {
        h2 { "What was announced" }
        @if audited.announcements.is_empty() {
            p { "Nothing was announced." }
        } @else {
            (table("", &head, rows))
        }
    }
}

fn drawn(number: usize, sample: &v1::PaperSample, holds: bool) -> Markup {
    let signed = sample.drawn.as_ref();
    let announcement = html! {
        @if let Some(entry) = sample.announcement {
            "entry " (entry) ", before the dice were rolled"
        } @else {
            strong { "none" } ": the checkpoint could be chosen after the dice were rolled"
        }
    };
    let size = grouped(sample.size);
    let rows = (1..)
        .zip(&sample.precincts)
        .map(|(place, found): (usize, _)| [html! { (place) }, html! { (found.county) }, html! { (found.precinct) }]);
    html! {
        h2 { "What was drawn: sample " (number) }
        (facts(&[
            ("Sample", html! { "entry " (entry(signed)) ", " (at(signed)) ", by " (person(signed)) }),
            ("Announcement", announcement),
            ("Dice", code(&sample.dice)),
            ("Checkpoint", html! { (size) " entries, " (code(&root(&sample.root))) ", " (of_root(holds)) }),
        ]))
        (table("", &["Drawn", "County", "Precinct"], rows))
    }
}

fn read(sample: &v1::PaperSample) -> Markup {
    html! {
        h2 { "What was read" }
        @for found in &sample.precincts {
            section {
                h3 { (found.county) ", " (found.precinct) }
                p { (verdict(found)) }
                (figures(found))
                (since(found))
            }
        }
    }
}

fn verdict(found: &v1::PaperPrecinct) -> Markup {
    match (&found.read, found.agrees) {
        (None, _) => html! { "not read yet" },
        (Some(_), true) => html! { "paper and log agree" },
        (Some(_), false) if found.sampled.is_none() => html! { strong { "the log had no report by then" } },
        (Some(_), false) => html! { strong { "differs" } ": " (differences(found.sampled.as_ref())) },
    }
}

/// A correction since hides nothing, and is shown.
fn since(found: &v1::PaperPrecinct) -> Markup {
    match (&found.sampled, &found.now) {
        (before, Some(now)) if before.as_ref().is_none_or(|before| before.record != now.record) => {
            let differing = differences(Some(now));
            let against = match (&found.read, differing.is_empty()) {
                (None, _) => String::new(),
                (Some(_), true) => ", and says what the paper says".to_owned(),
                (Some(_), false) => format!(", and differs from the paper: {differing}"),
            };
            html! { p { "The record is entry " (now.record) " by now" (against) "." } }
        }
        (_, _) => Markup::default(),
    }
}

/// A figure of a group.
type Figure = fn(&v1::GroupFigures) -> Option<u32>;

const FIGURES: [(&str, Figure); 3] = [
    ("first alignment", |group| group.first_alignment),
    ("final alignment", |group| group.final_alignment),
    ("delegates", |group| group.awarded),
];

fn figures(found: &v1::PaperPrecinct) -> Markup {
    let (log, paper) = (found.recorded.as_ref(), found.paper.as_ref());
    let Some(either) = log.or(paper) else {
        return Markup::default();
    };
    let attendance = |sheet: Option<&v1::SheetFigures>| sheet.and_then(|sheet| sheet.attendance);
    let mut rows = vec![("People in the room", "", attendance(log), attendance(paper))];
    for (place, group) in either.groups.iter().enumerate() {
        let of = |sheet: Option<&v1::SheetFigures>, figure: Figure| {
            sheet.and_then(|sheet| sheet.groups.get(place)).and_then(figure)
        };
        let lines = FIGURES.map(|(name, figure)| (&*group.name, name, of(log, figure), of(paper, figure)));
        // A group that neither names fills pages.
        rows.extend(lines.into_iter().filter(|(_, _, log, paper)| log.or(*paper).is_some()));
    }
    let rows = rows.into_iter();
    let rows = rows.map(|(of, name, log, paper)| [html! { (of) }, html! { (name) }, number(log), number(paper)]);
    table("", &["Figure", "", "Log", "Paper"], rows)
}

fn number(figure: Option<u32>) -> Markup {
    html! { (figure.map_or_else(|| "\u{2013}".to_owned(), |figure| grouped(figure.into()))) }
}

/// The log knows who filled the worksheet in and who read it in the audit. Who kept it between is written by hand.
fn held(sample: &v1::PaperSample) -> Markup {
    let rows = sample.precincts.iter().map(|found| {
        let recorded = html! {
            @if let Some(sampled) = &found.sampled {
                (found.recorded_by.join(", ")) ", entry " (sampled.record)
            } @else {
                "nobody by then"
            }
        };
        let read = html! {
            @if let Some(signed) = &found.read {
                (signed.person) ", entry " (signed.entry) ", " (at(Some(signed)))
            } @else {
                "nobody yet"
            }
        };
        let scans = html! {
            @for file in &found.files { div { (code(&hex::encode(&file.hash))) } }
            @if found.files.is_empty() { "none" }
        };
        let place = html! { (found.county) ", " (found.precinct) };
        [place, recorded, read, scans, Markup::default(), Markup::default()]
    });
    let head = [
        "Precinct",
        "Reported by",
        "Paper read by",
        "Scans",
        "Paper kept by, from and until",
        "Signature",
    ];
    html! {
        h2 { "Who held the paper" }
        p {
            "The log says who reported the precinct and who read its paper. "
            "Whoever kept the paper between the two writes it into the last columns, and signs."
        }
        (table("custody", &head, rows))
    }
}

/// How the first precinct of the first announced sample is drawn again.
fn by_hand(audited: &Audited) -> Markup {
    let announced = audited.samples.iter().find(|(sample, _)| sample.announcement.is_some());
    let first = announced.and_then(|(sample, _)| Some((sample, sample.precincts.first()?)));
    let Some((sample, first)) = first else {
        return Markup::default();
    };
    let [county, precinct] = [&first.county, &first.precinct].map(|name| quoted(name));
    html! {
        h2 { "To draw again by hand" }
        p {
            "Each precinct of the roster has a ticket: SHA-256 over five lines. "
            "The smallest tickets are the sample, the smallest first. That of " (first.county) ", " (first.precinct) ":"
        }
        pre {
            "printf '%s\\n' tallylog/sample/v2 " (root(&sample.root)) " " (sample.dice) " " (county) " " (precinct)
            " | sha256sum"
        }
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn at(signed: Option<&v1::Signed>) -> String {
    signed.map_or_else(String::new, |signed| central(signed.received_at_ms))
}

/// A root as a checkpoint writes it.
fn root(bytes: &[u8]) -> String {
    bytes
        .try_into()
        .map_or_else(|_| String::new(), |bytes| Hash(bytes).to_string())
}

fn facts(facts: &[(&str, Markup)]) -> Markup {
    html! {
        table.facts {
            @for (name, value) in facts {
                tr { th scope="row" { (name) } td { (value) } }
            }
        }
    }
}

fn table<const N: usize>(class: &str, head: &[&str; N], rows: impl Iterator<Item = [Markup; N]>) -> Markup {
    html! {
        table class=[Some(class).filter(|class| !class.is_empty())] {
            thead { tr { @for name in head { th scope="col" { (name) } } } }
            tbody {
                @for row in rows {
                    tr { @for cell in row { td { (cell) } } }
                }
            }
        }
    }
}

fn code(words: &str) -> Markup {
    html! { code { (words) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_said_is_text_to_a_browser() {
        let said = html! { (code("<script>alert('x')</script> & \"y\"")) };
        let escaped = "<code>&lt;script&gt;alert('x')&lt;/script&gt; &amp; &quot;y&quot;</code>";
        assert_eq!(said.into_string(), escaped);
    }

    #[test]
    fn a_name_with_a_quote_is_one_word_to_a_shell() {
        assert_eq!(quoted("O'Brien 1"), r"'O'\''Brien 1'");
    }
}
