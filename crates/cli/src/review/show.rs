//! A precinct as whoever decides sees it.

use serde::Serialize;
use tallylog_wire::v1;
use tonic::Code;

use super::{ask, queue};
use crate::args::Format;
use crate::args::review::{Reader, ShowPrecinctArgs};
use crate::device::{Asking, Device};
use crate::failure::{Failure, Outcome};
use crate::show::{self, heading, new_table};
use crate::time;
use crate::worksheet::wrap;

/// Everything about a precinct that a decision rests on.
pub(super) struct Case {
    pub(super) queue: v1::QueueResponse,
    both: Option<v1::DifferencesResponse>,
    decisions: Vec<v1::DeskDecision>,
}

/// A field of both sources, in JSON.
#[derive(Serialize)]
struct Line<'a> {
    field: &'a str,
    group: &'a str,
    first: Option<u32>,
    second: Option<u32>,
    differs: bool,
}

#[derive(Serialize)]
struct Source<'a> {
    entry: u64,
    person: &'a str,
    role: &'a str,
    channel: &'a str,
    received_at_ms: u64,
}

#[derive(Serialize)]
struct Decided<'a> {
    entry: u64,
    received_at_ms: u64,
    person: &'a str,
    what: &'a str,
    code: &'a str,
    about: &'a [u64],
    reason: &'a str,
    authority: &'a str,
}

#[derive(Serialize)]
struct Whole<'a> {
    county: &'a str,
    precinct: &'a str,
    open: Vec<queue::Row<'a>>,
    first: Option<Source<'a>>,
    second: Option<Source<'a>>,
    fields: Vec<Line<'a>>,
    decisions: Vec<Decided<'a>>,
}

pub(super) async fn run(args: &ShowPrecinctArgs) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let asking = device.asking().await?;
    let case = Case::read(&asking, &args.county, &args.precinct).await?;
    match args.format {
        Format::Table => show::data(&case.text(&args.county, &args.precinct))?,
        Format::Json => show::json(&case.whole(&args.county, &args.precinct))?,
        Format::Csv => show::csv(&case.fields())?,
    }
    Ok(Outcome::Yes)
}

impl Case {
    pub(super) async fn read(asking: &Asking, county: &str, precinct: &str) -> Result<Self, Failure> {
        let request = v1::QueueRequest {
            county: county.to_owned(),
            precinct: precinct.to_owned(),
            ..v1::QueueRequest::default()
        };
        let queue = ask::queue(asking, &request).await?;
        let both = match ask::differences(asking, county, precinct).await {
            Ok(both) => Some(both),
            // One source alone, or none: there is nothing to lay beside it.
            Err(Failure::Server(status)) if status.code() == Code::NotFound => None,
            Err(failure) => return Err(failure),
        };
        let decisions = ask::decisions(asking, county, precinct).await?.decisions;
        Ok(Self { queue, both, decisions })
    }

    fn fields(&self) -> Vec<Line<'_>> {
        let fields = self.both.iter().flat_map(|both| &both.fields);
        fields
            .map(|field| Line {
                field: &field.field,
                group: &field.group,
                first: field.first,
                second: field.second,
                differs: field.differs,
            })
            .collect()
    }

    fn source(side: Option<&v1::DeskEntry>) -> Option<Source<'_>> {
        side.map(|side| Source {
            entry: side.entry,
            person: &side.person,
            role: &side.role,
            channel: &side.channel,
            received_at_ms: side.received_at_ms,
        })
    }

    fn whole<'a>(&'a self, county: &'a str, precinct: &'a str) -> Whole<'a> {
        let both = self.both.as_ref();
        Whole {
            county,
            precinct,
            open: queue::rows(&self.queue, Reader::Reviewer),
            first: Self::source(both.and_then(|both| both.first.as_ref())),
            second: Self::source(both.and_then(|both| both.second.as_ref())),
            fields: self.fields(),
            decisions: self
                .decisions
                .iter()
                .map(|decision| Decided {
                    entry: decision.entry,
                    received_at_ms: decision.received_at_ms,
                    person: &decision.person,
                    what: &decision.what,
                    code: &decision.code,
                    about: &decision.about,
                    reason: &decision.reason,
                    authority: &decision.authority,
                })
                .collect(),
        }
    }

    pub(super) fn text(&self, county: &str, precinct: &str) -> String {
        let mut text = self.queue.position.as_ref().map_or_else(String::new, heading);
        text.extend([format!("\n{county}, {precinct}\n")]);
        for row in queue::rows(&self.queue, Reader::Reviewer) {
            text += &queue::item(&row);
        }
        for hold in &self.queue.holds {
            let line = format!("held by {} (entry {}): {}", hold.person, hold.entry, hold.reason);
            text.extend([format!("\n{}\n", wrap(&line, 4).join("\n"))]);
        }
        text += &self.sides();
        text += &self.decided();
        text + &self.next(county, precinct)
    }

    /// Both sources side by side, what differs marked.
    fn sides(&self) -> String {
        let Some(both) = &self.both else {
            return "\none source, or none: nothing to lay beside it\n".to_owned();
        };
        let name = |side: Option<&v1::DeskEntry>| {
            side.map_or_else(String::new, |side| {
                format!("{} ({}, entry {})", side.person, side.channel, side.entry)
            })
        };
        let (first, second) = (name(both.first.as_ref()), name(both.second.as_ref()));
        let mut table = new_table(&["field", "group", "first", "second", ""], 2);
        let figure = |figure: Option<u32>| figure.map_or_else(|| "-".to_owned(), |figure| figure.to_string());
        for field in &both.fields {
            table.add_row([
                field.field.as_str(),
                &field.group,
                &figure(field.first),
                &figure(field.second),
                if field.differs { "DIFFERS" } else { "" },
            ]);
        }
        format!("\nfirst:  {first}\nsecond: {second}\n{table}\n")
    }

    fn decided(&self) -> String {
        let mut text = String::new();
        for decision in &self.decisions {
            let about: Vec<_> = decision.about.iter().map(|entry| format!("entry {entry}")).collect();
            let authority = match decision.authority.as_str() {
                "" => String::new(),
                authority => format!(" (authority: {authority})"),
            };
            let line = format!(
                "{} {} {} {} {}{authority}: {}",
                time::central(decision.received_at_ms),
                decision.person,
                decision.what,
                decision.code,
                about.join(" and "),
                decision.reason
            );
            text.extend([format!("{}\n", wrap(&line, 4).join("\n"))]);
        }
        if text.is_empty() {
            return text;
        }
        format!("\ndecided so far\n{text}")
    }

    /// What may be done next, as commands.
    fn next(&self, county: &str, precinct: &str) -> String {
        let mut commands = Vec::new();
        for row in queue::rows(&self.queue, Reader::Reviewer) {
            commands.push(row.next(county, precinct));
        }
        let differs = self
            .both
            .iter()
            .flat_map(|both| &both.fields)
            .any(|field| field.differs);
        if differs {
            commands.push(format!(
                "review resolve {county:?} {precinct:?} keep-first|keep-second|redo-first|redo-second|discard-both --reason ..."
            ));
        }
        let hold = if self.queue.holds.is_empty() { "hold" } else { "lift" };
        commands.push(format!("review {hold} {county:?} {precinct:?} --reason ..."));
        commands.dedup();
        let lines: Vec<_> = commands
            .iter()
            .map(|command| format!("    tallylog {command}"))
            .collect();
        format!("\nnext\n{}\n", lines.join("\n"))
    }
}
