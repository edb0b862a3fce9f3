//! Two accounts of one precinct, field by field.

use std::collections::BTreeSet;

use tallylog_rules::{ByGroup, GroupId, Sheet};

/// A field of a worksheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The people who attended.
    Attendance,
    /// A group at first alignment.
    FirstAlignment,
    /// A group at final alignment.
    FinalAlignment,
    /// A group's delegates.
    Delegates,
    /// The delegates that the worksheet says the precinct elects.
    DelegatesToElect,
    /// The viability number on the worksheet.
    ViabilityNumber,
}

/// Something in which two accounts of one precinct differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The field.
    pub field: Field,
    /// The group, where the field has a figure a group.
    pub group: Option<GroupId>,
    /// What the one account says; 0 where it gives a group nothing.
    pub one: u64,
    /// What the other says.
    pub other: u64,
}

impl Field {
    /// The word for it in lists and sentences.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attendance => "attendance",
            Self::FirstAlignment => "first alignment",
            Self::FinalAlignment => "final alignment",
            Self::Delegates => "delegates",
            Self::DelegatesToElect => "delegates to elect",
            Self::ViabilityNumber => "viability number",
        }
    }
}

/// Everything in which two accounts differ, by field and group.
///
/// Whether a zero was written down or left out makes no difference; a figure of the worksheet as a whole that one account
/// does not give is not held against the other.
#[must_use]
pub fn differences(one: &Sheet, other: &Sheet) -> Vec<Difference> {
    let ([people, elected, threshold], others) = (whole(one), whole(other));
    let mut found = Vec::new();
    found.extend(contradiction(Field::Attendance, people, others[0]));
    let first = (one.first_alignment.as_ref(), other.first_alignment.as_ref());
    column(Field::FirstAlignment, first, &mut found);
    let last = (one.final_alignment.as_ref(), other.final_alignment.as_ref());
    column(Field::FinalAlignment, last, &mut found);
    column(
        Field::Delegates,
        (one.awards.as_ref(), other.awards.as_ref()),
        &mut found,
    );
    found.extend(contradiction(Field::DelegatesToElect, elected, others[1]));
    found.extend(contradiction(Field::ViabilityNumber, threshold, others[2]));
    found
}

/// What two accounts are compared by: equal accounts differ in nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Account {
    /// Every figure of a group that is not 0, by column.
    columns: [Vec<(GroupId, u64)>; 3],
    /// The figures of the worksheet as a whole, as far as they are given.
    whole: [Option<u64>; 3],
}

impl Account {
    pub(crate) fn of(sheet: &Sheet) -> Self {
        Self {
            columns: [
                given(sheet.first_alignment.as_ref()),
                given(sheet.final_alignment.as_ref()),
                given(sheet.awards.as_ref()),
            ],
            whole: whole(sheet),
        }
    }

    /// Whether [`differences`] finds any.
    pub(crate) fn differs(&self, other: &Self) -> bool {
        let mut whole = self.whole.iter().zip(&other.whole);
        let contradicts =
            |(one, other): (&Option<u64>, &Option<u64>)| one.zip(*other).is_some_and(|(one, other)| one != other);
        self.columns != other.columns || whole.any(contradicts)
    }
}

/// Attendance, delegates to elect and viability number.
fn whole(sheet: &Sheet) -> [Option<u64>; 3] {
    [
        sheet.attendance.map(|attendance| attendance.people.0.into()),
        sheet.worksheet_delegates.map(|delegates| delegates.0.into()),
        sheet.worksheet_threshold.map(|people| people.0.into()),
    ]
}

fn given<T: Copy + Into<u64>>(column: Option<&ByGroup<T>>) -> Vec<(GroupId, u64)> {
    let figures = column.into_iter().flatten();
    let figures = figures.map(|(group, figure)| (*group, (*figure).into()));
    figures.filter(|(_, figure)| *figure > 0).collect()
}

fn contradiction(field: Field, one: Option<u64>, other: Option<u64>) -> Option<Difference> {
    let (one, other) = one.zip(other).filter(|(one, other)| one != other)?;
    Some(Difference {
        field,
        group: None,
        one,
        other,
    })
}

/// The figures of two columns, as they stand beside each other.
type Columns<'a, T> = (Option<&'a ByGroup<T>>, Option<&'a ByGroup<T>>);

fn column<T: Copy + Default + Into<u64>>(field: Field, (one, other): Columns<'_, T>, found: &mut Vec<Difference>) {
    let figure = |column: Option<&ByGroup<T>>, group| column.map_or(0, |figures| figures.of(group).into());
    let given = [one, other].into_iter().flatten().flatten();
    let groups: BTreeSet<GroupId> = given.map(|(group, _)| *group).collect();
    found.extend(groups.into_iter().filter_map(|group| {
        let (one, other) = (figure(one, group), figure(other, group));
        (one != other).then_some(Difference {
            field,
            group: Some(group),
            one,
            other,
        })
    }));
}
