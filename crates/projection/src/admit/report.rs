//! Reports and corrections.

use tallylog_event::{Channel, Contest, ContestKind, Correction, CorrectionKind, PrecinctId, Report, Role, Text};
use tallylog_rules::{ByGroup, Game, GroupId, Sheet};

use super::Signer;
use super::ceilings::{corrects_another, files_another};
use crate::history::History;
use crate::people::role_name;
use crate::{Author, DeskRefusal, Refusal, State, Version};

/// The most state delegate equivalents that a source may claim for a group, in ten-thousandths.
pub const LARGEST_CLAIM: u64 = 1_000_000_000;

pub(super) fn reports(state: &State, open: &Contest, signer: &Signer<'_>, report: &Report) -> Result<(), Refusal> {
    may_report(open, signer, report)?;
    open_for_reports(state)?;
    fits(state, open, report)?;
    files_another(state, signer, report)
}

/// Whether reports are taken now.
pub(super) fn open_for_reports(state: &State) -> Result<(), Refusal> {
    let course = &state.desks().course;
    if let Some(by) = course.certified() {
        return Err(DeskRefusal::Certified(by).into());
    }
    course.paused().map_or(Ok(()), |by| Err(DeskRefusal::Paused(by).into()))
}

pub(super) fn corrects(
    state: &State,
    open: &Contest,
    signer: &Signer<'_>,
    correction: &Correction,
) -> Result<(), Refusal> {
    let author = signer.author;
    may_correct(open, signer, correction)?;
    open_for_reports(state)?;
    fits(state, open, &correction.report)?;
    let record = state.history(correction.report.precinct).and_then(History::record);
    match record {
        Some(record) if record.entry == correction.replaces => may_replace(state, author, record)?,
        record => {
            return Err(Refusal::NotTheRecord {
                given: correction.replaces,
                record: record.map(|version| version.entry),
            });
        }
    }
    corrects_another(state, signer, correction)
}

/// A chair amends what a chair of the precinct reported. What an operator entered or an officer corrected has other
/// authority behind it.
fn may_replace(state: &State, author: &Author, record: &Version) -> Result<(), Refusal> {
    let by_chair = |author: &Author| matches!(author.role, Role::Chair(_));
    if by_chair(author) && !by_chair(state.author(record.author)) {
        return Err(Refusal::NotAChairs(record.entry));
    }
    Ok(())
}

/// Who may report: an importer in an archive, and nobody else there; elsewhere a chair for its own precincts from its
/// device, and an operator by every other channel.
///
/// In a log with desks, operators have a form of their own.
fn may_report(open: &Contest, signer: &Signer<'_>, report: &Report) -> Result<(), Refusal> {
    let archive = open.kind == ContestKind::Archive;
    match (&signer.author.role, archive, report.channel) {
        (Role::Importer, true, Channel::Import) => Ok(()),
        (Role::Operator, false, Channel::Phone | Channel::Photo | Channel::Paper) if !signer.has_desks() => Ok(()),
        (Role::Chair(precincts), false, Channel::App) => in_scope(precincts, report.precinct),
        (role, true, _) => wrong(role, "an importer, through the import channel, in an archive"),
        (role, false, _) if signer.has_desks() => wrong(role, "a chair through the app channel; operators enter"),
        (role, false, _) => wrong(
            role,
            "a chair through the app channel, or an operator by phone, photo or paper",
        ),
    }
}

/// Who may correct: an importer in an archive, who need not explain what nobody explained (a discrepancy says so);
/// elsewhere a chair its own report, and a corrections officer any record, in a log with desks only through a case. Both
/// must explain themselves.
fn may_correct(open: &Contest, signer: &Signer<'_>, correction: &Correction) -> Result<(), Refusal> {
    let archive = open.kind == ContestKind::Archive;
    match (&signer.author.role, archive) {
        (Role::Importer, true) => Ok(()),
        (Role::Chair(precincts), false) => {
            in_scope(precincts, correction.report.precinct)?;
            if correction.kind != Some(CorrectionKind::Transcription) {
                return Err(Refusal::Unexplained(
                    "a corrections officer for any kind but transcription",
                ));
            }
            explained(&correction.reason, "a reason")
        }
        (Role::CorrectionsOfficer, false) if signer.has_desks() => Err(DeskRefusal::NeedsACase.into()),
        (Role::CorrectionsOfficer, false) => officer(correction),
        (role, true) => wrong(role, "an importer in an archive"),
        (role, false) => wrong(role, "a chair for its own precinct, or a corrections officer"),
    }
}

/// What an officer's correction must say of itself.
pub(super) fn officer(correction: &Correction) -> Result<(), Refusal> {
    explained(&correction.reason, "a reason")?;
    if correction.evidence.is_empty() {
        return Err(Refusal::Unexplained("the document on which it rests, as evidence"));
    }
    match correction.kind {
        None => Err(Refusal::Unexplained("a kind: transcription, rule or head count")),
        Some(CorrectionKind::Transcription) => Ok(()),
        Some(CorrectionKind::Rule | CorrectionKind::HeadCount) => explained(
            &correction.authority,
            "an authority: the committee's resolution or the recount's order",
        ),
    }
}

fn explained(text: &Text, what: &'static str) -> Result<(), Refusal> {
    if text.is_blank() {
        Err(Refusal::Unexplained(what))
    } else {
        Ok(())
    }
}

pub(super) fn in_scope(precincts: &[PrecinctId], precinct: PrecinctId) -> Result<(), Refusal> {
    if precincts.contains(&precinct) {
        Ok(())
    } else {
        Err(Refusal::OutOfScope(precinct))
    }
}

fn wrong(role: &Role, needed: &'static str) -> Result<(), Refusal> {
    Err(Refusal::WrongRole {
        role: role_name(role),
        needed,
    })
}

/// Whether the report is about a precinct and groups of the roster, in figures that a room can have.
pub(super) fn fits(state: &State, open: &Contest, report: &Report) -> Result<(), Refusal> {
    listed(state, report.precinct)?;
    figures_fit(open, &report.sheet)
}

/// Whether a precinct is in the roster.
pub(super) fn listed(state: &State, precinct: PrecinctId) -> Result<(), Refusal> {
    match state.roster().precinct(precinct) {
        Some(_) => Ok(()),
        None => Err(Refusal::UnknownPrecinct(precinct)),
    }
}

/// Whether figures are of groups of the roster, and such as a room can have.
pub(super) fn figures_fit(open: &Contest, sheet: &Sheet) -> Result<(), Refusal> {
    let Sheet {
        attendance,
        first_alignment,
        final_alignment,
        awards,
        worksheet_delegates: _,
        worksheet_threshold,
        games,
        claimed,
    } = sheet;
    let candidates = open.candidates.len();
    let people = u64::from(open.ruleset.largest_room.0);
    let people_counted = attendance.iter().map(|attendance| attendance.people);
    for figure in people_counted.chain(*worksheet_threshold) {
        within(figure.0.into(), people)?;
    }
    column(first_alignment.as_ref(), candidates, |count| {
        within(count.0.into(), people)
    })?;
    column(final_alignment.as_ref(), candidates, |count| {
        within(count.0.into(), people)
    })?;
    column(awards.as_ref(), candidates, |_| Ok(()))?;
    column(claimed.as_ref(), candidates, |claim| within(claim.0, LARGEST_CLAIM))?;
    (1..)
        .zip(games)
        .try_for_each(|(number, game)| could_be_held(number, game, candidates))
}

fn within(figure: u64, limit: u64) -> Result<(), Refusal> {
    if figure > limit {
        Err(Refusal::FigureTooLarge { figure, limit })
    } else {
        Ok(())
    }
}

fn column<T>(
    figures: Option<&ByGroup<T>>,
    candidates: usize,
    within: impl Fn(&T) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    figures.into_iter().flatten().try_for_each(|(group, figure)| {
        known(*group, candidates)?;
        within(figure)
    })
}

fn known(group: GroupId, candidates: usize) -> Result<(), Refusal> {
    if usize::from(group.number()) > candidates {
        return Err(Refusal::UnknownGroup(group, candidates));
    }
    Ok(())
}

fn could_be_held(number: usize, game: &Game, candidates: usize) -> Result<(), Refusal> {
    game.among.iter().try_for_each(|group| known(*group, candidates))?;
    let ordered = |groups: &[GroupId]| groups.is_sorted_by(|a, b| a < b);
    let decides = game.winners.len() == usize::from(game.delegates.0)
        && !game.winners.is_empty()
        && game.winners.len() < game.among.len();
    let among = game.winners.iter().all(|winner| game.among.contains(winner));
    if !(decides && among && ordered(&game.among) && ordered(&game.winners)) {
        return Err(Refusal::BadGame(number));
    }
    if game.witnesses.iter().any(|name| Text::new(name.as_str()).is_err()) {
        return Err(Refusal::BadName);
    }
    Ok(())
}
