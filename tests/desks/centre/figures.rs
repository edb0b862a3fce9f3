//! Worksheets: right ones of every place, and wrong ones of every kind that the tests need.

use tallylog_event::PrecinctId;
use tallylog_rules::{
    Apportionment, Attendance, Attendees, ByGroup, Delegates, GroupId, Place, Ruleset, Sheet, apportion, electing,
};

use super::world;

/// How many right sheets a place has, all different.
pub(crate) const RIGHT: u32 = 3;

/// A lawful sheet of a place. Those of one place differ, and so do those of any two places of a county.
pub(crate) fn right(precinct: PrecinctId, variant: u32) -> Sheet {
    let place = u32::from(precinct.number);
    sheet(precinct, &[30 + 5 * place + variant % RIGHT, 14 + place])
}

/// Another lawful sheet of the place than the one given.
pub(crate) fn unlike(precinct: PrecinctId, other: &Sheet) -> Sheet {
    let mut variants = (0..RIGHT).map(|variant| right(precinct, variant));
    variants.find(|sheet| sheet != other).unwrap()
}

/// Another place's right figures, which that place may report as well: the same in both alignments (V21). The places are
/// to elect alike.
pub(crate) fn copied(from: PrecinctId) -> Sheet {
    right(from, 0)
}

/// What can be wrong with a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wrong {
    /// V01: more people at final than at first alignment. Blocks.
    FinalOverFirst,
    /// V25: another viability number than the rule's. Holds.
    Threshold,
    /// V24: another number of delegates than the apportionment's. Blocks.
    Delegates,
    /// V17: nobody attended. Holds.
    Empty,
    /// V03: a few went home. Informs.
    WentHome,
}

/// Every way to be wrong.
pub(crate) const WRONG: [Wrong; 5] = [
    Wrong::FinalOverFirst,
    Wrong::Threshold,
    Wrong::Delegates,
    Wrong::Empty,
    Wrong::WentHome,
];

/// A sheet of the place with that one thing wrong.
pub(crate) fn wrong(precinct: PrecinctId, what: Wrong) -> Sheet {
    let mut sheet = right(precinct, 0);
    match what {
        Wrong::FinalOverFirst => {
            sheet.first_alignment = Some(less(sheet.first_alignment.as_ref()));
        }
        Wrong::Threshold => sheet.worksheet_threshold = Some(Attendees(1)),
        Wrong::Delegates => sheet.worksheet_delegates = Some(Delegates(31)),
        Wrong::Empty => {
            sheet = Sheet {
                attendance: Some(counted(0)),
                first_alignment: Some(ByGroup::new(Vec::new()).unwrap()),
                final_alignment: Some(ByGroup::new(Vec::new()).unwrap()),
                awards: Some(ByGroup::new(Vec::new()).unwrap()),
                ..Sheet::default()
            };
        }
        Wrong::WentHome => {
            // A group that was never viable: nobody else may leave.
            let group = GroupId::new(3).unwrap();
            let mut first: Vec<_> = sheet.first_alignment.iter().flatten().copied().collect();
            first.push((group, Attendees(1)));
            sheet.first_alignment = Some(ByGroup::new(first).unwrap());
            sheet.attendance = sheet.attendance.map(|attendance| counted(attendance.people.0 + 1));
        }
    }
    sheet
}

/// One person fewer in the first group.
fn less(column: Option<&ByGroup<Attendees>>) -> ByGroup<Attendees> {
    let mut figures: Vec<_> = column.into_iter().flatten().copied().collect();
    figures[0].1 = Attendees(figures[0].1.0 - 1);
    ByGroup::new(figures).unwrap()
}

fn counted(people: u32) -> Attendance {
    Attendance {
        people: Attendees(people),
        counted: true,
    }
}

/// A room in which nobody realigned, with the delegates that the rules give.
fn sheet(precinct: PrecinctId, people: &[u32]) -> Sheet {
    let rules = Ruleset::iowa_2020();
    let stood = ByGroup::numbered(people.iter().copied().map(Attendees)).unwrap();
    let mut sheet = Sheet {
        attendance: Some(counted(people.iter().sum())),
        first_alignment: Some(stood.clone()),
        final_alignment: Some(stood.clone()),
        ..Sheet::default()
    };
    let delegates = match world::delegates(precinct) {
        Delegates(0) => electing(&rules, Place::Satellite, &sheet),
        delegates => delegates,
    };
    sheet.awards = Some(if delegates == Delegates(1) {
        ByGroup::numbered([Delegates(1)]).unwrap()
    } else {
        match apportion(&rules, Attendees(people.iter().sum()), delegates, &stood, &[]) {
            Apportionment::Settled(awards) => awards,
            outcome @ (Apportionment::Chance(_)
            | Apportionment::NobodyViable
            | Apportionment::RoomElects
            | Apportionment::NobodyAttended) => unreachable!("{outcome:?}"),
        }
    });
    sheet
}
