//! What a chair does about a discrepancy, with the worksheet on the table and the room not yet empty.

use tallylog_rules::Code;

/// What to check on the paper, for whoever filled it in.
///
/// The rules' own advice is a reviewer's, who has to ask; a chair can look, and can still count.
pub(crate) const fn for_the_chair(code: Code) -> &'static str {
    match code {
        Code::V01 => {
            "Compare both totals with the worksheet. If it says so itself, count the preference cards again while people are there."
        }
        Code::V02 => "Compare the attendance with the sign-in count, and each group with the worksheet.",
        Code::V03 => "People may go home. Check that no group was left out at final alignment.",
        Code::V04 => {
            "Compare this group in both columns. A viable group may not shrink: if it did, write the reason on the worksheet."
        }
        Code::V05 => {
            "More groups were viable than there are delegates. Check that this was the smallest, and note it on the worksheet."
        }
        Code::V06 => {
            "Compare the group's final figure and its delegates with the worksheet. A group below the threshold gets none."
        }
        Code::V07 => {
            "Compare the group's final figure and its delegates with the worksheet. Every viable group gets one at least."
        }
        Code::V08 => "Check that so many groups are viable. The largest get one delegate each.",
        Code::V09 => "Add up the delegates on the worksheet: some row has too many.",
        Code::V10 => "Add up the delegates on the worksheet: some row was left out or is too low.",
        Code::V11 => {
            "Compare attendance, final figures and delegates with the worksheet, and do its arithmetic once more."
        }
        Code::V12 => "Compare both rows with the worksheet: two rows are often swapped.",
        Code::V13 => {
            "Two groups stand equally near. If a coin was tossed or a lot drawn, give it here; if not, do it now, before witnesses."
        }
        Code::V14 => "The room chooses its one delegate, and need not choose the largest group. Check who won.",
        Code::V15 => {
            "People may stay in a group that is not viable, and then count for nobody. Check that they joined no other."
        }
        Code::V16 => "Look for the missing column on the worksheet. Never fill it in from another.",
        Code::V17 => "Everything is 0. If anybody attended, this is not the worksheet.",
        Code::V18 => "Compare the row with the worksheet: the delegates may stand one row off.",
        Code::V19 => "Compare both rows with the worksheet, in both columns: the figures may stand one row off.",
        Code::V20 => "Check that nobody stood there at first alignment.",
        Code::V24 => {
            "Compare the number of delegates with the poster or the packet: the party's number is the roster's. Keep what the worksheet says."
        }
        Code::V25 => {
            "Work the number out again. If the room used a wrong one, keep what the worksheet says; others will look at it."
        }
        Code::V27 => "Look the attendance up in the table of satellite sites. Keep what the worksheet says.",
        Code::V21
        | Code::V22
        | Code::V23
        | Code::V26
        | Code::V28
        | Code::V29
        | Code::V30
        | Code::V31
        | Code::V32
        | Code::V33
        | Code::V34 => code.advice(),
    }
}
