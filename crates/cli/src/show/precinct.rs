//! A precinct with its history.

use serde::Serialize;
use tallylog_wire::v1;

use super::discrepancies::Row as Found;
use super::{WITHHELD, Withheld, decimal, hash, heading, kind, new_table};
use crate::args::{Format, PrecinctArgs};
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
    county: &'a str,
    precinct: &'a str,
    county_delegates: Option<u32>,
    status: &'static str,
    /// How many versions there are. The latest of them are shown, unless all were asked for.
    version_count: u32,
    versions: Vec<Version<'a>>,
}

#[derive(Serialize)]
struct Version<'a> {
    entry: u64,
    received_at: String,
    recorded_at: String,
    channel: &'a str,
    author: &'a str,
    role: &'a str,
    /// As the worksheet says.
    attendance: Option<u32>,
    attendance_counted: Option<bool>,
    /// By the rules.
    room: u32,
    threshold: Option<u32>,
    worksheet_delegates: Option<u32>,
    worksheet_threshold: Option<u32>,
    groups: Vec<Group<'a>>,
    games: Vec<Game<'a>>,
    files: Vec<File<'a>>,
    correction: Option<Correction<'a>>,
    discrepancies: Vec<Found<'a>>,
    set_aside_by: Option<u64>,
}

#[derive(Serialize)]
struct Group<'a> {
    name: &'a str,
    first_alignment: Option<u32>,
    final_alignment: Option<u32>,
    awarded: Option<u32>,
    lawful: Option<u32>,
    sde: String,
    sde_claimed: Option<String>,
}

#[derive(Serialize)]
struct Game<'a> {
    among: &'a [String],
    delegates: u32,
    winners: &'a [String],
    means: &'a str,
    witnesses: &'a [String],
}

#[derive(Serialize)]
struct File<'a> {
    blake3: String,
    size: u64,
    media_type: &'a str,
}

#[derive(Serialize)]
struct Correction<'a> {
    replaces: u64,
    kind: Option<&'a str>,
    reason: &'a str,
    requested_by: &'a str,
    authority: &'a str,
    evidence: Vec<File<'a>>,
}

/// A group of a version, in CSV.
#[derive(Serialize)]
struct Line<'a> {
    entry: u64,
    received_at: &'a str,
    channel: &'a str,
    author: &'a str,
    group: &'a str,
    first_alignment: Option<u32>,
    final_alignment: Option<u32>,
    awarded: Option<u32>,
    lawful: Option<u32>,
    sde: &'a str,
    sde_claimed: Option<&'a str>,
    set_aside_by: Option<u64>,
}

pub(crate) async fn precinct(args: &PrecinctArgs) -> Result<Outcome, Failure> {
    let request = v1::PrecinctRequest {
        county: args.county.clone(),
        precinct: args.precinct.clone(),
        moment: time::moment(&args.moment)?,
        before: 0,
    };
    let answer = Source::open(&args.source).await?.precinct(request, args.all).await?;
    if answer.earlier.is_some() {
        super::talk(&left_out(&answer));
    }
    match args.format {
        Format::Json => super::json(&json(&answer))?,
        Format::Csv if answer.versions.is_empty() && answer.status() == v1::PrecinctState::Withheld => {
            super::csv(&[Withheld::WHOLE])?;
        }
        Format::Csv => csv(&answer)?,
        Format::Table => super::data(&table(&answer))?,
    }
    Ok(Outcome::Yes)
}

/// How many versions are not shown, and how they are.
fn left_out(answer: &v1::PrecinctResponse) -> String {
    let shown = u32::try_from(answer.versions.len()).unwrap_or(u32::MAX);
    match answer.version_count.saturating_sub(shown) {
        1 => "One earlier version is left out; --all shows it too.".to_owned(),
        count => format!(
            "{} earlier versions are left out; --all shows them too.",
            super::grouped(count.into())
        ),
    }
}

fn json(answer: &v1::PrecinctResponse) -> Json<'_> {
    let position = answer.position.as_ref();
    Json {
        contest: position.map_or("", |position| &position.contest),
        kind: position.map_or("unknown", kind),
        size: position.map_or(0, |position| position.size),
        root: position.and_then(|position| hash(&position.root)),
        state_hash: position.and_then(|position| hash(&position.state_hash)),
        county: &answer.county,
        precinct: &answer.precinct,
        county_delegates: answer.county_delegates,
        status: status(answer.status()),
        version_count: answer.version_count,
        versions: answer.versions.iter().map(version).collect(),
    }
}

fn status(status: v1::PrecinctState) -> &'static str {
    match status {
        v1::PrecinctState::Unspecified => "unknown",
        v1::PrecinctState::Awaiting => "awaiting",
        v1::PrecinctState::Reported => "reported",
        v1::PrecinctState::Confirmed => "confirmed",
        v1::PrecinctState::Held => "held",
        v1::PrecinctState::Released => "released",
        v1::PrecinctState::Corrected => "corrected",
        v1::PrecinctState::Withheld => WITHHELD,
    }
}

fn version(version: &v1::Version) -> Version<'_> {
    Version {
        entry: version.entry,
        received_at: time::utc(version.received_at_ms),
        recorded_at: time::utc(version.recorded_at_ms),
        channel: &version.channel,
        author: &version.author,
        role: &version.role,
        attendance: version.attendance,
        attendance_counted: version.attendance_counted,
        room: version.room,
        threshold: version.threshold,
        worksheet_delegates: version.worksheet_delegates,
        worksheet_threshold: version.worksheet_threshold,
        groups: version.groups.iter().map(group).collect(),
        games: version.games.iter().map(game).collect(),
        files: version.files.iter().map(file).collect(),
        correction: version.correction.as_ref().map(correction),
        discrepancies: version.discrepancies.iter().map(Found::from).collect(),
        set_aside_by: version.set_aside_by,
    }
}

fn group(group: &v1::GroupFigures) -> Group<'_> {
    Group {
        name: &group.name,
        first_alignment: group.first_alignment,
        final_alignment: group.final_alignment,
        awarded: group.awarded,
        lawful: group.lawful,
        sde: decimal(group.sde_ten_thousandths),
        sde_claimed: group.sde_claimed_ten_thousandths.map(decimal),
    }
}

fn game(game: &v1::Game) -> Game<'_> {
    Game {
        among: &game.among,
        delegates: game.delegates,
        winners: &game.winners,
        means: &game.means,
        witnesses: &game.witnesses,
    }
}

fn file(file: &v1::File) -> File<'_> {
    File {
        blake3: hex::encode(&file.hash),
        size: file.size,
        media_type: &file.media_type,
    }
}

fn correction(correction: &v1::Correction) -> Correction<'_> {
    Correction {
        replaces: correction.replaces,
        kind: Some(correction.kind.as_str()).filter(|kind| !kind.is_empty()),
        reason: &correction.reason,
        requested_by: &correction.requested_by,
        authority: &correction.authority,
        evidence: correction.evidence.iter().map(file).collect(),
    }
}

fn csv(answer: &v1::PrecinctResponse) -> Result<(), Failure> {
    let json = json(answer);
    let lines: Vec<Line<'_>> = json
        .versions
        .iter()
        .flat_map(|version| {
            version.groups.iter().map(|group| Line {
                entry: version.entry,
                received_at: &version.received_at,
                channel: version.channel,
                author: version.author,
                group: group.name,
                first_alignment: group.first_alignment,
                final_alignment: group.final_alignment,
                awarded: group.awarded,
                lawful: group.lawful,
                sde: &group.sde,
                sde_claimed: group.sde_claimed.as_deref(),
                set_aside_by: version.set_aside_by,
            })
        })
        .collect();
    super::csv(&lines)
}

fn table(answer: &v1::PrecinctResponse) -> String {
    let position = answer.position.clone().unwrap_or_default();
    let elects = match answer.county_delegates {
        Some(delegates) => format!("elects {delegates}"),
        None => "a satellite site: elects by its attendance".to_owned(),
    };
    let status = status(answer.status());
    let mut text = format!(
        "{}\n{}, {}: {elects}, {status}\n",
        heading(&position),
        answer.county,
        answer.precinct
    );
    for version in &answer.versions {
        text.push_str(&version_table(version));
    }
    if answer.versions.is_empty() && answer.status() != v1::PrecinctState::Withheld {
        text.push_str("Nothing is reported yet.\n");
    }
    text
}

/// How many attended by the worksheet, or the room that the rules count where it does not say.
fn people(version: &v1::Version) -> String {
    match (version.attendance, version.room) {
        (Some(attended), room) if attended == room => format!("{attended} people"),
        (Some(attended), room) => format!("{attended} people by the worksheet, {room} by the rules"),
        (None, 0) => "no attendance on the worksheet".to_owned(),
        (None, room) => format!("no attendance on the worksheet, {room} people by the rules"),
    }
}

fn version_table(version: &v1::Version) -> String {
    let threshold = version
        .threshold
        .map_or(String::new(), |people| format!(", {people} to be viable"));
    let mut lines = vec![format!(
        "\nentry {}, {}, {} by {} ({}): {}{threshold}\n",
        version.entry,
        time::utc(version.received_at_ms),
        version.channel,
        version.author,
        version.role,
        people(version),
    )];
    if let Some(correction) = &version.correction {
        lines.push(format!("{}\n", explanation(correction)));
    }
    if let Some(by) = version.set_aside_by {
        lines.push(format!("set aside by entry {by}: it counts no longer\n"));
    }
    let header = [
        "group",
        "first alignment",
        "final alignment",
        "awarded",
        "by the rules",
        "SDE",
        "SDE claimed",
    ];
    let mut table = new_table(&header, 1);
    let figure = |figure: Option<u32>| figure.map_or("-".to_owned(), |figure| figure.to_string());
    for group in &version.groups {
        table.add_row([
            group.name.clone(),
            figure(group.first_alignment),
            figure(group.final_alignment),
            figure(group.awarded),
            figure(group.lawful),
            decimal(group.sde_ten_thousandths),
            group.sde_claimed_ten_thousandths.map_or("-".to_owned(), decimal),
        ]);
    }
    lines.push(format!("{table}\n"));
    for game in &version.games {
        let (among, winners) = (game.among.join(", "), game.winners.join(", "));
        lines.push(format!(
            "game of chance ({}): {} among {among}: {winners}\n",
            game.means, game.delegates
        ));
    }
    for found in &version.discrepancies {
        lines.push(format!(
            "{} {} ({}, {}): {}\n",
            found.code, found.name, found.severity, found.status, found.message
        ));
    }
    lines.concat()
}

fn explanation(correction: &v1::Correction) -> String {
    let or = |text: &str, none: &str| {
        if text.trim().is_empty() {
            none.to_owned()
        } else {
            text.to_owned()
        }
    };
    format!(
        "corrects entry {}: {}, {}, {}",
        correction.replaces,
        or(&correction.kind, "no kind given"),
        or(&correction.reason, "no reason given"),
        or(&correction.authority, "no authority given"),
    )
}
