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

/// Who is told what to do about a discrepancy. Each has other papers at hand, and may do other things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Desk {
    /// Decides, with everything at hand that came in.
    Reviewer,
    /// Enters what a caller or a worksheet says, as it stands, and decides nothing.
    Operator,
    /// Is in the room, with the worksheet.
    Chair,
}

impl Desk {
    /// Every desk, in the order of the pages.
    pub const ALL: &[Self] = &[Self::Reviewer, Self::Operator, Self::Chair];

    /// The word for it in interfaces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reviewer => "reviewer",
            Self::Operator => "operator",
            Self::Chair => "chair",
        }
    }
}

/// Makes the codes from the table below, so that no code can lack a name, a severity or advice.
macro_rules! codes {
    ($($code:ident $name:ident $severity:ident {
        reviewer: $reviewer:literal, operator: $operator:literal, chair: $chair:literal,
    })*) => {
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

            /// The most that a finding of this code weighs. Only `V03` and `V21` have a lighter form: the one informs, and
            /// the other warns whoever gave the figures first.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }

            /// What somebody at a desk checks on the paper, and does then.
            #[must_use]
            pub const fn advice_for(self, desk: Desk) -> &'static str {
                match (self, desk) {
                    $(
                        (Self::$code, Desk::Reviewer) => $reviewer,
                        (Self::$code, Desk::Operator) => $operator,
                        (Self::$code, Desk::Chair) => $chair,
                    )*
                }
            }
        }
    };
}

codes! {
    V01 FINAL_GT_FIRST Block {
        reviewer: "Compare both totals with the worksheet and the attendance. A slip in the entry is a transcription correction; if the worksheet says so itself, ask the chair and recount the preference cards.",
        operator: "Ask for both totals again, group by group, and look for a digit too many. If the worksheet says so, enter it as it stands: a reviewer calls the chair.",
        chair: "Add up both columns again. Nobody may join after first alignment: if the sheet says so, count the room or the preference cards before people leave.",
    }
    V02 OVER_ATTENDANCE Block {
        reviewer: "Compare the attendance with the check-in count and each group with the worksheet. Correct whichever was copied wrongly; if neither was, recount the preference cards.",
        operator: "Read the attendance and every group back. If the worksheet says so, enter it as it stands: a reviewer looks at the check-in count.",
        chair: "Compare the attendance with the check-in count, and add up the groups again. If neither is a slip, count the preference cards.",
    }
    V03 FINAL_LT_FIRST Warn {
        reviewer: "People may go home. Where more than a tenth left, ask the chair whether they did, and accept with that reason.",
        operator: "Ask whether people went home, and about how many. If they did, enter the figures as they stand.",
        chair: "People may go home. Where more than a tenth left, make sure that nobody was forgotten at final alignment, and be ready to say so when a reviewer calls.",
    }
    V04 LOCKIN_BROKEN Block {
        reviewer: "Compare the group at both alignments with the worksheet. A viable group may not shrink: a slip is a transcription correction, the worksheet's own figures need the preference cards.",
        operator: "Ask for this group's figure in both rounds again. If the worksheet says so, enter it as it stands: a reviewer asks for the preference cards.",
        chair: "A group that was viable at first alignment keeps its people. Compare both figures with the preference cards, and mend the one that was written down wrongly.",
    }
    V05 LOCKIN_FORCED Warn {
        reviewer: "More groups were viable than there are delegates, so the smallest had to realign. Ask for the chair's note that it was this group, and accept with it.",
        operator: "Ask whether more groups were viable than there are delegates, and whether this was the one that had to realign. Enter the figures as they stand.",
        chair: "Only the smallest group had to realign. Write on the worksheet which group it was, and sign it.",
    }
    V06 NONVIABLE_AWARDED Block {
        reviewer: "Compare the group's final figure and its award with the worksheet. If the worksheet awards it, open a rule correction: the figures stand until the authority for it is recorded.",
        operator: "Ask for the group's final figure and its delegates again: rows are easily mixed up. If the worksheet says so, enter it as it stands.",
        chair: "This group has too few people for a delegate. Look whether the delegate stands in the wrong row; if not, work the award out again with the figures shown.",
    }
    V07 VIABLE_UNAWARDED Block {
        reviewer: "Compare the group's final figure and its award with the worksheet. A viable group has at least one delegate: if the worksheet gives it none, open a rule correction.",
        operator: "Ask for the group's final figure and its delegates again: one may have been left out. If the worksheet says so, enter it as it stands.",
        chair: "Every viable group has at least one delegate. Look for the delegate that was left out, or work the award out again with the figures shown.",
    }
    V08 OVERVIABLE Hold {
        reviewer: "Check that there really are so many viable groups. The largest get one delegate each; accept when the award says that, and when a game of chance between equals is on record.",
        operator: "Ask for the people of every viable group at final alignment again. If there really are more such groups than delegates, enter them as they stand.",
        chair: "There are more viable groups than delegates, and the smallest must realign. If that is over, the largest get one delegate each, and equal ones draw.",
    }
    V09 SUM_OVER Block {
        reviewer: "Add up the awards on the worksheet. A slip is a transcription correction; if the worksheet itself awards too many, open a rule correction.",
        operator: "Ask for each group's delegates again, and add them up aloud. If the worksheet awards too many, enter it as it stands: staff may not mend it.",
        chair: "Add up the delegates: there are more than the precinct elects. Work the award out again with the figures shown, and mend the worksheet before it is signed.",
    }
    V10 SUM_UNDER Block {
        reviewer: "Add up the awards on the worksheet, and look for a group whose award was left out. If the worksheet itself awards too few, open a rule correction.",
        operator: "Ask which group's delegates were left out, and add them up aloud. If the worksheet awards too few, enter it as it stands: staff may not mend it.",
        chair: "Add up the delegates: there are fewer than the precinct elects. Work the award out again with the figures shown, and mend the worksheet before it is signed.",
    }
    V11 ALLOC_MISMATCH Block {
        reviewer: "Compare attendance, final figures, awards and any game of chance with the worksheet. If all were copied faithfully, the worksheet's arithmetic breaks the rules: open a rule correction.",
        operator: "Ask for the attendance, the final figures and the delegates again, and for any coin or lot. If the worksheet says so, enter it as it stands.",
        chair: "The delegates are not what the rules give for these people. Compare row by row with the figures shown, and enter any coin or lot that was held.",
    }
    V12 INVERSION Block {
        reviewer: "Compare both groups' figures and awards with the worksheet: rows are often swapped. If the worksheet says so itself, open a rule correction.",
        operator: "Ask for both groups' rows again: they are often swapped. If the worksheet says so, enter it as it stands.",
        chair: "A larger group has fewer delegates than a smaller one: look whether two rows are swapped. If not, work the award out again with the figures shown.",
    }
    V13 TIE_UNRECORDED Hold {
        reviewer: "Ask the chair for the game of chance: between whom, who won, who saw it. Record it by an amendment.",
        operator: "Ask for the coin or lot: between whom, who won, who saw it. Enter it; if the caller does not know, leave it out: a reviewer asks again.",
        chair: "Equal groups need a coin or a lot, held before witnesses. Hold it if nobody has; then enter between whom, who won and who saw it.",
    }
    V14 ONE_DELEGATE Hold {
        reviewer: "Ask the chair who won and how it was decided: the room elects its one delegate, and need not choose the largest group. Accept with the answer.",
        operator: "Ask who won the precinct's one delegate, and read that back. The winner need not be the largest group.",
        chair: "The room elects its one delegate, whatever the sizes of the groups. Make sure that one group has one delegate, and that it is the one that was elected.",
    }
    V15 NONVIABLE_STAYED Warn {
        reviewer: "People may stay in a group that is not viable, and then count for nobody. Check that they did not join another group; accept if they did not.",
        operator: "Ask whether these people joined another group or stayed. If they stayed, enter them as they stand.",
        chair: "This group is too small, and its people count for nobody. Until final alignment ends they may join another group; afterwards leave the figure as it is.",
    }
    V16 MISSING_ROUND Block {
        reviewer: "Look for the missing figures on the worksheet or its photo, or ask the chair. Enter them by an amendment: never fill them in from the other round.",
        operator: "Ask for what is missing. If the caller does not have it, leave it empty and say so: it is entered when the paper comes. Never copy it from the other round.",
        chair: "Something is still empty. Enter it from the worksheet, a zero only where nobody stood. If you do not have it, send what you have: it can be added later.",
    }
    V17 EMPTY_REPORT Hold {
        reviewer: "Ask the chair whether anybody attended. Accept if nobody did; otherwise the report was sent before it was filled in.",
        operator: "Ask whether anybody attended. If somebody did, take the figures; enter zeros only if the chair says that nobody came.",
        chair: "All figures are zero. Send this only if nobody attended.",
    }
    V18 ZERO_FINAL_AWARD Block {
        reviewer: "Compare the group's row with the worksheet: an award or a figure often stands one row off. If the worksheet says so itself, open a rule correction.",
        operator: "Ask for this group's row again: delegates often stand one row off. If the worksheet says so, enter it as it stands.",
        chair: "Nobody stands in this group at final alignment, and it has delegates. Look whether the figure or the delegates stand in the wrong row.",
    }
    V19 COLUMN_SHIFT Block {
        reviewer: "Compare the rows of both groups with the worksheet, in both rounds: the figures may stand one row or column off.",
        operator: "Ask for both groups' rows again, name by name, in both rounds: the figures may stand one row off.",
        chair: "The figures of two neighbouring groups seem to have changed places between the rounds. Compare both rows with the worksheet, name by name.",
    }
    V20 SURGE_FROM_ZERO Warn {
        reviewer: "Check that nobody stood there at first alignment. A group may form out of nothing, but a figure left out looks the same.",
        operator: "Ask whether the group really had nobody at first alignment. If so, enter the figures as they stand.",
        chair: "A group may form out of nothing. Make sure that its figure at first alignment was not left out.",
    }
    V21 DUPLICATE Block {
        reviewer: "Compare both precincts with their own worksheets: one of them may carry the other's figures. Correct the one that differs from its paper.",
        operator: "Make sure that this is the right precinct: ask for its name and number, and read the figures back. Another precinct has exactly the same.",
        chair: "Another precinct of the county reported exactly the same figures. Make sure that this is your worksheet, and that you chose your own precinct.",
    }
    V22 SDE_NOT_MULTIPLE Block {
        reviewer: "Recompute from the awards. Ask the source which awards, or which attendance of the pool, it used; ours is never taken from the claim.",
        operator: "Ask for each group's delegates again. Enter equivalents only where the source gives them, as it gives them.",
        chair: "The state delegate equivalents do not follow from the delegates. Leave them out: they are computed from the delegates.",
    }
    V23 NO_VIABLE_GROUP Hold {
        reviewer: "Compare attendance and final figures with the worksheet. If nobody is viable the rules award nothing: the precinct waits for a ruling.",
        operator: "Ask for the attendance and the final figures again. If no group is viable, enter them without delegates: the precinct waits for a ruling.",
        chair: "No group is large enough for a delegate. Until final alignment ends people may still join each other; afterwards send the figures without delegates.",
    }
    V24 WRONG_N Block {
        reviewer: "Compare the number of delegates on the worksheet with the party's apportionment. If the room used a wrong number, its awards need a rule correction.",
        operator: "Ask for the number of delegates on the worksheet again, and for the precinct's number: it may be another precinct's sheet. Enter what stands there.",
        chair: "The worksheet names another number of delegates than the party gave this precinct. Make sure that it is your precinct's worksheet, and use the party's number.",
    }
    V25 WRONG_THRESHOLD Hold {
        reviewer: "Work out the threshold from attendance and delegates. See whether the room's wrong one made a group viable or not; accept if it made no difference.",
        operator: "Ask for the viability number again, and for the attendance. Enter what stands on the worksheet.",
        chair: "The viability number does not follow from attendance and delegates. Work with the number shown; tell the room if a group gains or loses by it.",
    }
    V26 DERIVED_STALE Block {
        reviewer: "One of figures and awards was edited and the other was not. Look at what the worksheet says of both, and amend them together.",
        operator: "Go through people and delegates once more: one was changed and the other was not. Enter both as the worksheet has them now.",
        chair: "You changed people or delegates, and not what follows from them. Look at both before you send the amendment.",
    }
    V27 SATELLITE_N Block {
        reviewer: "Look up the site's attendance in the table. If the attendance is wrong, correct it; otherwise the awards need a rule correction.",
        operator: "Ask for the site's attendance again, and for its delegates. Enter what stands on the worksheet.",
        chair: "A satellite site's delegates follow from its attendance. Check the attendance, and work with the number of delegates shown.",
    }
    V28 POOL_SUM Hold {
        reviewer: "Some place of the county or pool awards too many or too few, or the roster's apportionment is wrong. Settle the places with V09, V10 or V27 first.",
        operator: "Nothing to ask for: the county or pool as a whole does not add up. Take its precincts' calls as they come.",
        chair: "Nothing to do until somebody calls: the county's precincts together award more or fewer delegates than it has.",
    }
    V29 SOURCE_DISAGREE Block {
        reviewer: "Look at the signed worksheet for each field that differs. The reviewer rules which source is right; neither source is overwritten.",
        operator: "Somebody else entered other figures. Wait for a reviewer, who may ask you to enter yours again from the paper.",
        chair: "Two reports of your precinct differ. Keep the signed worksheet at hand: a reviewer calls you.",
    }
    V30 UNEXPLAINED_REVISION Block {
        reviewer: "A record changed without kind, reason, author and source document. Find out who changed it and from what paper, or restore what stood before.",
        operator: "A record was changed without saying why. If it was you, tell a reviewer what you changed, and from what paper.",
        chair: "Your report was changed without a reason or a document. Amend it again with a reason and, if you can, a photo of the worksheet.",
    }
    V31 OUTLIER Hold {
        reviewer: "Compare the group's row with the worksheet: its figures may be another group's. Accept if the worksheet says so.",
        operator: "Ask for this group's row again: hardly any other room has them, and the figures may be another group's. If the worksheet says so, enter them as they stand.",
        chair: "This group is far stronger here than elsewhere. Make sure that its figures do not belong to a neighbouring row; if they do not, leave them.",
    }
    V32 UNKNOWN_ID Block {
        reviewer: "Compare the precinct's and the groups' names with the roster. Report again under the right one, or have the registrar amend the roster.",
        operator: "Look for the precinct and the group in the list again. If the worksheet names one that is not there, stop and tell a reviewer.",
        chair: "This precinct or group is not in the roster. Choose it from the list again, or call the help line.",
    }
    V33 CROSSFOOT Block {
        reviewer: "Recompute the total from its precincts. A total that does not follow from the log is a defect: publish nothing from it, and verify the log.",
        operator: "Nothing to do here: a total does not follow from its precincts, and staff look at it. Go on entering.",
        chair: "Nothing to do: your figures are kept as you signed them, and staff look at the total.",
    }
    V34 EXPORT_PARITY Block {
        reviewer: "Withdraw the export. Compare the figure with the log at the size that the export names, and find the step that changed it.",
        operator: "Nothing to do here: an exported figure differs from the log, and staff withdraw it. Go on entering.",
        chair: "Nothing to do: your figures are kept as you signed them, and staff withdraw the export.",
    }
}

impl Code {
    /// What a reviewer checks on the paper, and does then.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.advice_for(Desk::Reviewer)
    }

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
