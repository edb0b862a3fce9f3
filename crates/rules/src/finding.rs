//! What a check found, with the figures that show it.

use crate::check::{AcrossDetail, AwardDetail, PaperDetail, PeopleDetail, Pool};
use crate::{Attendees, Code, Delegates, GroupId, Severity};

/// One discrepancy of one sheet. It never changes a figure: it says what a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// How much it weighs here.
    pub severity: Severity,
    /// The figures that show it.
    pub detail: Detail,
}

/// The figures behind a finding, by what they are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// People, in the two alignments.
    People(PeopleDetail),
    /// Delegates.
    Awards(AwardDetail),
    /// What else the worksheet or the source says.
    Paper(PaperDetail),
    /// More than one sheet.
    Across(AcrossDetail),
}

/// One of the three result sets of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// First alignment, in people.
    First,
    /// Final alignment, in people.
    Final,
    /// Awards, in delegates.
    Awards,
}

impl Round {
    /// What people call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first alignment",
            Self::Final => "final alignment",
            Self::Awards => "delegates",
        }
    }
}

/// How a caller calls the groups.
pub(crate) type Names<'a> = dyn Fn(GroupId) -> String + 'a;

impl Finding {
    pub(crate) const fn new(code: Code, detail: Detail) -> Self {
        Self {
            code,
            severity: code.severity(),
            detail,
        }
    }

    /// One sentence with the figures: what is wrong. [`Code::advice`] says what to do about it.
    ///
    /// ```
    /// # use tallylog_rules::{Attendees, ByGroup, Delegates, Place, Ruleset, Sheet, check_sheet};
    /// let sheet = Sheet {
    ///     first_alignment: Some(ByGroup::numbered([Attendees(30)])?),
    ///     final_alignment: Some(ByGroup::numbered([Attendees(32)])?),
    ///     awards: Some(ByGroup::numbered([Delegates(4)])?),
    ///     ..Sheet::default()
    /// };
    /// let place = Place::Precinct { delegates: Delegates(4) };
    /// let found = check_sheet(&Ruleset::iowa_2020(), place, None, 1, &sheet);
    /// let message = found[0].message(&|group| group.to_string());
    /// assert_eq!(message, "32 people at final alignment, but only 30 at first alignment");
    /// # Ok::<(), tallylog_rules::GroupsError>(())
    /// ```
    #[must_use]
    pub fn message(&self, name: &dyn Fn(GroupId) -> String) -> String {
        match &self.detail {
            Detail::People(people) => people.message(name),
            Detail::Awards(awards) => awards.message(name),
            Detail::Paper(paper) => paper.message(name),
            Detail::Across(across) => across.message(name),
        }
    }

    /// The same finding, with the pool that explains a satellite site's equivalents; other findings stay as they are.
    #[must_use]
    pub fn in_pool(mut self, pool: Pool) -> Self {
        if let Detail::Paper(PaperDetail::Claim(claim)) = &mut self.detail {
            claim.pool = claim.site.map(|_| pool);
        }
        self
    }
}

/// `1 person`, `2 people`.
pub(crate) fn people(count: impl Into<u64>) -> String {
    match count.into() {
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    }
}

/// `1 delegate`, `2 delegates`.
pub(crate) fn delegates(count: impl Into<u64>) -> String {
    match count.into() {
        1 => "1 delegate".to_owned(),
        count => format!("{count} delegates"),
    }
}

/// The members of a group against what it needs.
pub(crate) fn of_needed(members: Attendees, threshold: Attendees) -> String {
    format!("{} of the {threshold} that make a group viable", people(members))
}

/// Names in roster order, as a list in a sentence.
pub(crate) fn list(groups: &[GroupId], name: &Names<'_>) -> String {
    let names: Vec<String> = groups.iter().map(|group| name(*group)).collect();
    names.join(", ")
}

/// What a tie leaves open.
pub(crate) fn open(count: Delegates, among: &[GroupId], name: &Names<'_>) -> String {
    format!(
        "{} more among {} by a game of chance",
        delegates(count),
        list(among, name)
    )
}
