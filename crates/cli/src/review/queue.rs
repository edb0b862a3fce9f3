//! What waits for a reviewer.

use serde::Serialize;
use tallylog_wire::v1;

use super::ask;
use crate::args::Format;
use crate::args::review::{QueueArgs, Reader};
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show::{self, heading, new_table};
use crate::worksheet::wrap;

/// An item, in JSON and in CSV.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    code: &'a str,
    name: &'a str,
    severity: &'a str,
    county: &'a str,
    precinct: &'a str,
    entry: Option<u64>,
    age_s: u64,
    owner: &'a str,
    own_entry: bool,
    message: &'a str,
    advice: &'a str,
}

/// A hold that stands.
#[derive(Serialize)]
struct Held<'a> {
    entry: u64,
    county: &'a str,
    precinct: &'a str,
    person: &'a str,
    reason: &'a str,
    age_s: u64,
}

/// An entry into which persons are said to have typed whom the server did not see type.
#[derive(Serialize)]
struct Hand<'a> {
    entry: u64,
    county: &'a str,
    precinct: &'a str,
    person: &'a str,
    typed_by: &'a [String],
}

#[derive(Serialize)]
struct Count<'a> {
    name: &'a str,
    count: u32,
}

#[derive(Serialize)]
struct Whole<'a> {
    contest: &'a str,
    kind: &'a str,
    size: u64,
    items: Vec<Row<'a>>,
    holds: Vec<Held<'a>>,
    unseen_hands: Vec<Hand<'a>>,
    by_code: Vec<Count<'a>>,
    by_county: Vec<Count<'a>>,
    by_state: Vec<Count<'a>>,
}

pub(super) async fn run(args: &QueueArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let request = v1::QueueRequest {
        county: args.county.clone().unwrap_or_default(),
        code: args.code.clone().unwrap_or_default(),
        mine: args.mine,
        precinct: String::new(),
    };
    let queue = ask::queue(&device.asking().await?, &request).await?;
    match args.format {
        Format::Table => show::data(&table(&queue, args.reader))?,
        Format::Json => show::json(&whole(&queue, args.reader))?,
        Format::Csv => show::csv(&rows(&queue, args.reader))?,
    }
    Ok(Outcome::Yes)
}

pub(super) fn rows(queue: &v1::QueueResponse, reader: Reader) -> Vec<Row<'_>> {
    let items = queue.items.iter();
    let found = items.filter_map(|item| Some((item, item.discrepancy.as_ref()?)));
    found
        .map(|(item, found)| Row {
            code: &found.code,
            name: &found.name,
            severity: &found.severity,
            county: &found.county,
            precinct: &found.precinct,
            entry: found.entry,
            age_s: age(queue, item.since_ms),
            owner: &item.owner,
            own_entry: item.own_entry,
            message: &found.message,
            advice: match reader {
                Reader::Reviewer => &found.advice,
                Reader::Operator => &item.operator_advice,
                Reader::Chair => &item.chair_advice,
            },
        })
        .collect()
}

fn age(queue: &v1::QueueResponse, since_ms: u64) -> u64 {
    queue.now_ms.saturating_sub(since_ms) / 1_000
}

fn whole(queue: &v1::QueueResponse, reader: Reader) -> Whole<'_> {
    let (contest, kind, size) = queue.position.as_ref().map_or(("", "unknown", 0), |position| {
        (position.contest.as_str(), show::kind(position), position.size)
    });
    Whole {
        contest,
        kind,
        size,
        items: rows(queue, reader),
        holds: queue.holds.iter().map(|hold| held(queue, hold)).collect(),
        unseen_hands: queue.unseen_hands.iter().map(hand).collect(),
        by_code: named(&queue.by_code),
        by_county: named(&queue.by_county),
        by_state: named(&queue.by_state),
    }
}

fn held<'a>(queue: &v1::QueueResponse, hold: &'a v1::QueueHold) -> Held<'a> {
    Held {
        entry: hold.entry,
        county: &hold.county,
        precinct: &hold.precinct,
        person: &hold.person,
        reason: &hold.reason,
        age_s: age(queue, hold.since_ms),
    }
}

fn hand(hand: &v1::QueueHand) -> Hand<'_> {
    Hand {
        entry: hand.entry,
        county: &hand.county,
        precinct: &hand.precinct,
        person: &hand.person,
        typed_by: &hand.typed_by,
    }
}

fn named(counts: &[v1::QueueCount]) -> Vec<Count<'_>> {
    let counts = counts.iter();
    counts
        .map(|count| Count {
            name: &count.name,
            count: count.count,
        })
        .collect()
}

/// Seconds as people say them.
pub(super) fn said(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn table(queue: &v1::QueueResponse, reader: Reader) -> String {
    let rows = rows(queue, reader);
    let mut text = queue.position.as_ref().map_or_else(String::new, heading) + "\n";
    text.extend([format!(
        "{} to decide, {} on hold by a person\n",
        rows.len(),
        queue.holds.len()
    )]);
    text += &line("by code", &queue.by_code);
    text += &line("by county", &queue.by_county);
    text += &line("by state", &queue.by_state);
    for row in &rows {
        text += &item(row);
    }
    if !queue.holds.is_empty() {
        let mut table = new_table(&["hold", "county", "precinct", "by", "since", "why"], 6);
        for hold in &queue.holds {
            table.add_row([
                &hold.entry.to_string(),
                &hold.county,
                &hold.precinct,
                &hold.person,
                &said(age(queue, hold.since_ms)),
                &hold.reason,
            ]);
        }
        text.extend([format!("\n{table}\n")]);
    }
    text + &hands(&queue.unseen_hands)
}

/// What is to be asked about entries of a time of which the server's notebook knows nothing.
fn hands(unseen: &[v1::QueueHand]) -> String {
    unseen.iter().fold(String::new(), |text, hand| {
        let said = format!(
            "entry {} of {}, {}: {} says that {} typed into it too, and the server did not see that, since its notebook is \
             newer than the log. Ask them; if it is not so, have the entry set aside.",
            hand.entry,
            hand.county,
            hand.precinct,
            hand.person,
            hand.typed_by.join(" and ")
        );
        text + "\n" + &wrap(&said, 4).join("\n") + "\n"
    })
}

fn line(name: &str, counts: &[v1::QueueCount]) -> String {
    if counts.is_empty() {
        return String::new();
    }
    let counts: Vec<_> = counts
        .iter()
        .map(|count| format!("{} {}", count.name, count.count))
        .collect();
    wrap(&format!("{name}: {}", counts.join(", ")), 2).join("\n") + "\n"
}

/// An item on a few lines of eighty columns.
pub(super) fn item(row: &Row<'_>) -> String {
    let place = match row.precinct {
        "" => row.county.to_owned(),
        precinct => format!("{}, {precinct}", row.county),
    };
    let entry = row.entry.map_or_else(String::new, |entry| format!(", entry {entry}"));
    let owner = match row.owner {
        "" => String::new(),
        owner => format!(", {owner} looks after it"),
    };
    let own = if row.own_entry { ", YOUR OWN ENTRY" } else { "" };
    let head = format!(
        "{} {} ({}) {place}{entry}, {}{owner}{own}",
        row.code,
        row.name,
        row.severity,
        said(row.age_s)
    );
    let lines = [
        wrap(&head, 0),
        wrap(&format!("    found: {}", row.message), 11),
        wrap(&format!("    to do: {}", row.advice), 11),
    ];
    format!("\n{}\n", lines.concat().join("\n"))
}

impl Row<'_> {
    /// Whether a person may accept it.
    pub(super) fn may_be_accepted(&self) -> bool {
        self.severity != "block" && !self.own_entry
    }

    /// The command that decides about it.
    pub(super) fn next(&self, county: &str, precinct: &str) -> String {
        let code = self.code;
        if self.may_be_accepted() {
            return format!("review accept {county:?} {precinct:?} {code} --reason ...");
        }
        format!("review rule {county:?} {precinct:?} {code} --authority ... --evidence FILE --reason ...")
    }

    pub(super) fn place(&self) -> (&str, &str) {
        (self.county, self.precinct)
    }

    pub(super) fn code(&self) -> &str {
        self.code
    }
}
