//! The figures of a worksheet beside what the rules give, as messages.

use tallylog_event::{FileRef, PrecinctId};
use tallylog_projection::{Counted, Signed, State};
use tallylog_rules::{
    ByGroup, Game, GameMeans, GroupId, Place, Sheet, electing, lawful, published, room, viability_threshold,
};
use tallylog_wire::v1;

use super::moment::Named;

/// With what the worksheets of one precinct are shown.
pub(super) struct Sheets<'a> {
    state: &'a State,
    counted: &'a Counted<'a>,
    id: PrecinctId,
    place: Place,
}

impl<'a> Sheets<'a> {
    /// For a precinct of the roster. `counted` says what the delegates of a pool's sites are worth.
    pub(super) fn of(state: &'a State, counted: &'a Counted<'a>, named: &Named<'_>) -> Self {
        Self {
            state,
            counted,
            id: named.id,
            place: named.place,
        }
    }

    /// For a precinct by its id; `None` where the roster has none.
    pub(super) fn of_id(state: &'a State, counted: &'a Counted<'a>, id: PrecinctId) -> Option<Self> {
        Some(Self {
            state,
            counted,
            id,
            place: state.place(id)?,
        })
    }

    pub(super) fn name(&self) -> v1::PlaceName {
        place_name(self.state, self.id)
    }

    pub(super) fn figures(&self, sheet: &Sheet) -> v1::SheetFigures {
        v1::SheetFigures {
            attendance: sheet.attendance.map(|attendance| attendance.people.0),
            attendance_counted: sheet.attendance.map(|attendance| attendance.counted),
            room: room(sheet).0,
            worksheet_delegates: sheet.worksheet_delegates.map(|delegates| delegates.0.into()),
            worksheet_threshold: sheet.worksheet_threshold.map(|people| people.0),
            threshold: self.threshold(sheet),
            groups: self.groups(sheet),
            games: sheet.games.iter().map(|game| self.game(game)).collect(),
        }
    }

    pub(super) fn threshold(&self, sheet: &Sheet) -> Option<u32> {
        let ruleset = &self.state.contest()?.ruleset;
        let delegates = electing(ruleset, self.place, sheet);
        viability_threshold(ruleset, room(sheet), delegates).map(|people| people.0)
    }

    pub(super) fn groups(&self, sheet: &Sheet) -> Vec<v1::GroupFigures> {
        let Some(contest) = self.state.contest() else {
            return Vec::new();
        };
        let given = lawful(&contest.ruleset, self.place, sheet);
        let ratio = self.counted.ratio_of(self.id, sheet);
        let figures = |(number, candidate): (u16, &tallylog_event::Candidate)| {
            let group = GroupId::new(number).ok()?;
            let awarded = of(sheet.awards.as_ref(), group);
            let worth = awarded.zip(ratio).map(|(awarded, ratio)| published(awarded, ratio));
            Some(v1::GroupFigures {
                name: candidate.name.to_string(),
                first_alignment: of(sheet.first_alignment.as_ref(), group).map(|people| people.0),
                final_alignment: of(sheet.final_alignment.as_ref(), group).map(|people| people.0),
                awarded: awarded.map(|delegates| delegates.0.into()),
                lawful: given
                    .as_ref()
                    .and_then(|given| given.of(group))
                    .map(|delegates| delegates.0.into()),
                sde_ten_thousandths: worth.unwrap_or_default().0,
                sde_claimed_ten_thousandths: of(sheet.claimed.as_ref(), group).map(|claim| claim.0),
            })
        };
        (1_u16..).zip(&contest.candidates).filter_map(figures).collect()
    }

    pub(super) fn game(&self, game: &Game) -> v1::Game {
        let names = |groups: &[GroupId]| {
            groups
                .iter()
                .map(|group| self.state.group_name(*group).to_owned())
                .collect()
        };
        let means = match game.means {
            GameMeans::Coin => "coin",
            GameMeans::Lot => "lot",
            GameMeans::Other => "other",
        };
        v1::Game {
            among: names(&game.among),
            delegates: game.delegates.0.into(),
            winners: names(&game.winners),
            means: means.to_owned(),
            witnesses: game.witnesses.clone(),
        }
    }
}

/// The names of a precinct and its county.
pub(super) fn place_name(state: &State, id: PrecinctId) -> v1::PlaceName {
    let named = state.roster().precinct(id);
    v1::PlaceName {
        county: named.map(|(county, _)| county.name.to_string()).unwrap_or_default(),
        precinct: named.map(|(_, precinct)| precinct.name.to_string()).unwrap_or_default(),
    }
}

/// Who signed something, and when the log took it.
pub(super) fn signed<T>(state: &State, signed: &Signed<T>) -> v1::Signed {
    let author = state.author(signed.author);
    v1::Signed {
        entry: signed.entry.0,
        received_at_ms: state.received_at(signed.entry).unwrap_or_default().0,
        person: author.person.to_string(),
        key: author.key.0.to_vec(),
    }
}

pub(super) fn file(file: &FileRef) -> v1::File {
    v1::File {
        hash: file.hash.0.to_vec(),
        size: file.size,
        media_type: file.media_type.to_string(),
    }
}

fn of<T: Copy + Default>(figures: Option<&ByGroup<T>>, group: GroupId) -> Option<T> {
    figures.map(|figures| figures.of(group))
}
