//! The report as one page to print: what was announced, drawn and read, and in whose hands the paper was.

use tallylog_tlog::Hash;
use tallylog_wire::v1;

use super::report::{Audited, differences, entry, fate, of_root, person};
use crate::device::About;
use crate::show::{grouped, heading};
use crate::time::central;

const STYLE: &str = include_str!("page.css");

/// The whole page. It loads nothing, and whatever was said by somebody is escaped.
pub(super) fn of(audited: &Audited, about: &About) -> String {
    let title = text(&heading(&audited.position));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Paper audit: {title}</title>\n<style>\n{STYLE}</style>\n\
         <h1>Paper audit</h1>\n<p class=\"contest\">{title}</p>\n"
    );
    page.push_str(&facts(&[
        ("Log", text(&about.log_key.to_string())),
        ("Read at", format!("{} entries", grouped(audited.position.size))),
        ("Root", code(&root(&audited.position.root))),
        ("Result", result(audited).to_owned()),
    ]));
    page.push_str(&announced(audited));
    for (number, (sample, holds)) in (1..).zip(&audited.samples) {
        page.push_str(&drawn(number, sample, *holds));
        page.push_str(&read(sample));
        page.push_str(&held(sample));
    }
    page.push_str(&by_hand(audited));
    page.push_str("</html>\n");
    page
}

fn result(audited: &Audited) -> &'static str {
    let precincts: Vec<_> = audited
        .samples
        .iter()
        .flat_map(|(sample, _)| &sample.precincts)
        .collect();
    let of_the_log =
        audited.samples.iter().all(|(_, holds)| *holds) && audited.announcements.iter().all(|(_, holds)| *holds);
    if !of_the_log {
        "<strong>A checkpoint is not the log's: the sample could be chosen.</strong>"
    } else if precincts.is_empty() {
        "No sample was drawn."
    } else if precincts.iter().any(|found| found.read.is_some() && !found.agrees) {
        "<strong>Paper and log differ.</strong>"
    } else if precincts.iter().any(|found| found.read.is_none()) {
        "Not every paper of the samples was read yet."
    } else {
        "Every paper of the samples says what the log said under the checkpoint."
    }
}

fn announced(audited: &Audited) -> String {
    let mut part = "<h2>What was announced</h2>\n".to_owned();
    if audited.announcements.is_empty() {
        part.push_str("<p>Nothing was announced.</p>\n");
        return part;
    }
    let rows = audited.announcements.iter().map(|(one, holds)| {
        [
            entry(one.announced.as_ref()).to_string(),
            at(one.announced.as_ref()),
            text(person(one.announced.as_ref())),
            one.precincts.to_string(),
            format!(
                "{} entries<br>{}<br>{}",
                grouped(one.size),
                code(&root(&one.root)),
                of_root(*holds)
            ),
            text(&fate(one)),
        ]
    });
    part.push_str(&table(
        &["Entry", "Received", "By", "Precincts", "Checkpoint", "What came of it"],
        rows,
    ));
    part
}

fn drawn(number: usize, sample: &v1::PaperSample, holds: bool) -> String {
    let signed = sample.drawn.as_ref();
    let mut part = format!("<h2>What was drawn: sample {number}</h2>\n");
    let announcement = match sample.announcement {
        Some(entry) => format!("entry {entry}, before the dice were rolled"),
        None => "<strong>none</strong>: the checkpoint could be chosen after the dice were rolled".to_owned(),
    };
    part.push_str(&facts(&[
        (
            "Sample",
            format!("entry {}, {}, by {}", entry(signed), at(signed), text(person(signed))),
        ),
        ("Announcement", announcement),
        ("Dice", code(&sample.dice)),
        (
            "Checkpoint",
            format!(
                "{} entries, {}, {}",
                grouped(sample.size),
                code(&root(&sample.root)),
                of_root(holds)
            ),
        ),
    ]));
    let rows = (1..)
        .zip(&sample.precincts)
        .map(|(place, found): (usize, _)| [place.to_string(), text(&found.county), text(&found.precinct)]);
    part.push_str(&table(&["Drawn", "County", "Precinct"], rows));
    part
}

fn read(sample: &v1::PaperSample) -> String {
    let mut part = "<h2>What was read</h2>\n".to_owned();
    for found in &sample.precincts {
        let verdict = match (&found.read, found.agrees) {
            (None, _) => "not read yet".to_owned(),
            (Some(_), true) => "paper and log agree".to_owned(),
            (Some(_), false) if found.sampled.is_none() => "<strong>the log had no report by then</strong>".to_owned(),
            (Some(_), false) => format!(
                "<strong>differs</strong>: {}",
                text(&differences(found.sampled.as_ref()))
            ),
        };
        part.push_str(&format!(
            "<section>\n<h3>{}, {}</h3>\n<p>{verdict}</p>\n",
            text(&found.county),
            text(&found.precinct)
        ));
        part.push_str(&figures(found));
        part.push_str(&since(found));
        part.push_str("</section>\n");
    }
    part
}

/// A correction since hides nothing, and is shown.
fn since(found: &v1::PaperPrecinct) -> String {
    match (&found.sampled, &found.now) {
        (before, Some(now)) if before.as_ref().is_none_or(|before| before.record != now.record) => {
            let differing = differences(Some(now));
            let against = match (&found.read, differing.is_empty()) {
                (None, _) => String::new(),
                (Some(_), true) => ", and says what the paper says".to_owned(),
                (Some(_), false) => format!(", and differs from the paper: {}", text(&differing)),
            };
            format!("<p>The record is entry {} by now{against}.</p>\n", now.record)
        }
        (_, _) => String::new(),
    }
}

fn figures(found: &v1::PaperPrecinct) -> String {
    let (log, paper) = (found.recorded.as_ref(), found.paper.as_ref());
    let Some(either) = log.or(paper) else {
        return String::new();
    };
    let mut rows = vec![[
        "People in the room".to_owned(),
        String::new(),
        number(log.and_then(|sheet| sheet.attendance)),
        number(paper.and_then(|sheet| sheet.attendance)),
    ]];
    for (place, group) in either.groups.iter().enumerate() {
        let of = |sheet: Option<&v1::SheetFigures>, figure: fn(&v1::GroupFigures) -> Option<u32>| {
            number(sheet.and_then(|sheet| sheet.groups.get(place)).and_then(figure))
        };
        let columns: [(&str, fn(&v1::GroupFigures) -> Option<u32>); 3] = [
            ("first alignment", |group| group.first_alignment),
            ("final alignment", |group| group.final_alignment),
            ("delegates", |group| group.awarded),
        ];
        let lines =
            columns.map(|(name, figure)| [text(&group.name), name.to_owned(), of(log, figure), of(paper, figure)]);
        // A group that neither names fills pages.
        rows.extend(
            lines
                .into_iter()
                .filter(|[_, _, log, paper]| log != NOTHING || paper != NOTHING),
        );
    }
    table(&["Figure", "", "Log", "Paper"], rows.into_iter())
}

const NOTHING: &str = "&ndash;";

fn number(figure: Option<u32>) -> String {
    figure.map_or_else(|| NOTHING.to_owned(), |figure| grouped(figure.into()))
}

/// The log knows who filled the worksheet in and who read it in the audit. Who kept it between is written by hand.
fn held(sample: &v1::PaperSample) -> String {
    let rows = sample.precincts.iter().map(|found| {
        let recorded = match &found.sampled {
            Some(sampled) => format!("{}, entry {}", text(&found.recorded_by.join(", ")), sampled.record),
            None => "nobody by then".to_owned(),
        };
        let read = match &found.read {
            Some(signed) => format!("{}, entry {}, {}", text(&signed.person), signed.entry, at(Some(signed))),
            None => "nobody yet".to_owned(),
        };
        let scans: Vec<String> = found.files.iter().map(|file| code(&hex::encode(&file.hash))).collect();
        let scans = if scans.is_empty() {
            "none".to_owned()
        } else {
            scans.join("<br>")
        };
        let place = format!("{}, {}", text(&found.county), text(&found.precinct));
        [place, recorded, read, scans, String::new(), String::new()]
    });
    let head = [
        "Precinct",
        "Reported by",
        "Paper read by",
        "Scans",
        "Paper kept by, from and until",
        "Signature",
    ];
    format!(
        "<h2>Who held the paper</h2>\n<p>The log says who reported the precinct and who read its paper. \
         Whoever kept the paper between the two writes it into the last columns, and signs.</p>\n{}",
        table(&head, rows).replacen("<table>", "<table class=\"custody\">", 1)
    )
}

/// How the first precinct of the first announced sample is drawn again.
fn by_hand(audited: &Audited) -> String {
    let announced = audited.samples.iter().find(|(sample, _)| sample.announcement.is_some());
    let Some((sample, _)) = announced else {
        return String::new();
    };
    let Some(first) = sample.precincts.first() else {
        return String::new();
    };
    format!(
        "<h2>To draw again by hand</h2>\n<p>Each precinct of the roster has a ticket: SHA-256 over five lines. The smallest \
         tickets are the sample, the smallest first. That of {}, {}:</p>\n\
         <pre>printf '%s\\n' tallylog/sample/v2 {} {} {} {} | sha256sum</pre>\n",
        text(&first.county),
        text(&first.precinct),
        text(&root(&sample.root)),
        text(&sample.dice),
        text(&quoted(&first.county)),
        text(&quoted(&first.precinct)),
    )
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn at(signed: Option<&v1::Signed>) -> String {
    signed.map_or_else(String::new, |signed| text(&central(signed.received_at_ms)))
}

/// A root as a checkpoint writes it.
fn root(bytes: &[u8]) -> String {
    bytes
        .try_into()
        .map_or_else(|_| String::new(), |bytes| Hash(bytes).to_string())
}

fn facts(facts: &[(&str, String)]) -> String {
    let rows: String = facts
        .iter()
        .map(|(name, value)| format!("<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>\n"))
        .collect();
    format!("<table class=\"facts\">\n{rows}</table>\n")
}

/// Cells are escaped already.
fn table<const N: usize>(head: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let head: String = head
        .iter()
        .map(|name| format!("<th scope=\"col\">{name}</th>"))
        .collect();
    let rows: String = rows
        .map(|row| {
            let cells: String = row.iter().map(|cell| format!("<td>{cell}</td>")).collect();
            format!("<tr>{cells}</tr>\n")
        })
        .collect();
    format!("<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n")
}

fn code(words: &str) -> String {
    format!("<code>{}</code>", text(words))
}

/// What somebody said, so that a browser takes it for text.
fn text(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_said_is_text_to_a_browser() {
        let said = "<script>alert('x')</script> & \"y\"";
        let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;";
        assert_eq!(text(said), escaped);
    }

    #[test]
    fn a_name_with_a_quote_is_one_word_to_a_shell() {
        assert_eq!(quoted("O'Brien 1"), r"'O'\''Brien 1'");
    }
}
