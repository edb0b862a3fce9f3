//! The discrepancy codes: their names, how much they weigh, and what a person does about each.

use std::fmt;

/// How much a discrepancy weighs, from the lightest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Inform,
    /// Worth a look.
    Warn,
    /// Shown as unverified until a reviewer has accepted it with a reason.
    Hold,
    /// Out of our releases until a second source, a correction or a recorded ruling resolves it.
    Block,
}

impl Severity {
    /// The word for it in interfaces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inform => "info",
            Self::Warn => "warn",
            Self::Hold => "hold",
            Self::Block => "block",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Makes the codes from the table below, so that no code can lack a name, a severity or advice.
macro_rules! codes {
    ($($code:ident $name:ident $severity:ident $advice:literal;)*) => {
        /// A kind of discrepancy. Codes are stable: none is ever renamed or used again.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = stringify!($name)] $code,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// The code, such as `V01`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)* }
            }

            /// The name, such as `FINAL_GT_FIRST`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => stringify!($name),)* }
            }

            /// The most that a finding of this code weighs. Only `V03` has a lighter form, which informs.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }

            /// What to check on the paper, and what to do then.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$code => $advice,)* }
            }
        }
    };
}

codes! {
    V01 FINAL_GT_FIRST Block "Compare both totals with the worksheet and the attendance. A slip in the entry is a transcription correction; if the worksheet says so itself, ask the chair and recount the preference cards.";
    V02 OVER_ATTENDANCE Block "Compare the attendance with the check-in count and each group with the worksheet. Correct whichever was copied wrongly; if neither was, recount the preference cards.";
    V03 FINAL_LT_FIRST Warn "People may go home. Where more than a tenth left, ask the chair whether they did, and accept with that reason.";
    V04 LOCKIN_BROKEN Block "Compare the group at both alignments with the worksheet. A viable group may not shrink: a slip is a transcription correction, the worksheet's own figures need the preference cards.";
    V05 LOCKIN_FORCED Warn "More groups were viable than there are delegates, so the smallest had to realign. Ask for the chair's note that it was this group, and accept with it.";
    V06 NONVIABLE_AWARDED Block "Compare the group's final figure and its award with the worksheet. If the worksheet awards it, open a rule correction: the figures stand until the authority for it is recorded.";
    V07 VIABLE_UNAWARDED Block "Compare the group's final figure and its award with the worksheet. A viable group has at least one delegate: if the worksheet gives it none, open a rule correction.";
    V08 OVERVIABLE Hold "Check that there really are so many viable groups. The largest get one delegate each; accept when the award says that, and when a game of chance between equals is on record.";
    V09 SUM_OVER Block "Add up the awards on the worksheet. A slip is a transcription correction; if the worksheet itself awards too many, open a rule correction.";
    V10 SUM_UNDER Block "Add up the awards on the worksheet, and look for a group whose award was left out. If the worksheet itself awards too few, open a rule correction.";
    V11 ALLOC_MISMATCH Block "Compare attendance, final figures, awards and any game of chance with the worksheet. If all were copied faithfully, the worksheet's arithmetic breaks the rules: open a rule correction.";
    V12 INVERSION Block "Compare both groups' figures and awards with the worksheet: rows are often swapped. If the worksheet says so itself, open a rule correction.";
    V13 TIE_UNRECORDED Hold "Ask the chair for the game of chance: between whom, who won, who saw it. Record it by an amendment.";
    V14 ONE_DELEGATE Hold "Ask the chair who won and how it was decided: the room elects its one delegate, and need not choose the largest group. Accept with the answer.";
    V15 NONVIABLE_STAYED Warn "People may stay in a group that is not viable, and then count for nobody. Check that they did not join another group; accept if they did not.";
    V16 MISSING_ROUND Block "Look for the missing figures on the worksheet or its photo, or ask the chair. Enter them by an amendment: never fill them in from the other round.";
    V17 EMPTY_REPORT Hold "Ask the chair whether anybody attended. Accept if nobody did; otherwise the report was sent before it was filled in.";
    V18 ZERO_FINAL_AWARD Block "Compare the group's row with the worksheet: an award or a figure often stands one row off. If the worksheet says so itself, open a rule correction.";
    V19 COLUMN_SHIFT Block "Compare the rows of both groups with the worksheet, in both rounds: the figures may stand one row or column off.";
    V20 SURGE_FROM_ZERO Warn "Check that nobody stood there at first alignment. A group may form out of nothing, but a figure left out looks the same.";
    V21 DUPLICATE Block "Compare both precincts with their own worksheets: one of them may carry the other's figures. Correct the one that differs from its paper.";
    V22 SDE_NOT_MULTIPLE Block "Recompute from the awards. Ask the source which awards, or which attendance of the pool, it used; ours is never taken from the claim.";
    V23 NO_VIABLE_GROUP Hold "Compare attendance and final figures with the worksheet. If nobody is viable the rules award nothing: the precinct waits for a ruling.";
    V24 WRONG_N Block "Compare the number of delegates on the worksheet with the party's apportionment. If the room used a wrong number, its awards need a rule correction.";
    V25 WRONG_THRESHOLD Hold "Work out the threshold from attendance and delegates. See whether the room's wrong one made a group viable or not; accept if it made no difference.";
    V26 DERIVED_STALE Block "One of figures and awards was edited and the other was not. Look at what the worksheet says of both, and amend them together.";
    V27 SATELLITE_N Block "Look up the site's attendance in the table. If the attendance is wrong, correct it; otherwise the awards need a rule correction.";
    V28 POOL_SUM Hold "Some place of the county or pool awards too many or too few, or the roster's apportionment is wrong. Settle the places with V09, V10 or V27 first.";
    V29 SOURCE_DISAGREE Block "Look at the signed worksheet for each field that differs. The reviewer rules which source is right; neither source is overwritten.";
    V30 UNEXPLAINED_REVISION Block "A record changed without kind, reason, author and source document. Find out who changed it and from what paper, or restore what stood before.";
    V31 OUTLIER Hold "Compare the group's row with the worksheet: its figures may be another group's. Accept if the worksheet says so.";
    V32 UNKNOWN_ID Block "Compare the precinct's and the groups' names with the roster. Report again under the right one, or have the registrar amend the roster.";
    V33 CROSSFOOT Block "Recompute the total from its precincts. A total that does not follow from the log is a defect: publish nothing from it, and verify the log.";
    V34 EXPORT_PARITY Block "Withdraw the export. Compare the figure with the log at the size that the export names, and find the step that changed it.";
}

impl Code {
    /// The code that `text` spells, such as `V01`.
    ///
    /// ```
    /// # use tallylog_rules::{Code, Severity};
    /// let code = Code::parse("V13").unwrap();
    /// assert_eq!((code.name(), code.severity()), ("TIE_UNRECORDED", Severity::Hold));
    /// assert_eq!(Code::parse("V00"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|code| code.as_str() == text)
    }

    /// Its number: 1 for V01.
    #[must_use]
    pub fn number(self) -> u8 {
        let mut numbered = (1..).zip(Self::ALL);
        numbered
            .find(|(_, code)| **code == self)
            .map_or(0, |(number, _)| number)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
