//! What a precinct's worksheet says, before anybody judges it.

use serde::{Deserialize, Serialize};

use crate::{Attendees, ByGroup, Delegates, Equivalents, GroupId};

/// The figures of one precinct from one source, as that source gives them.
///
/// What the worksheet says and what the rules give are two values: this holds only the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Eligible people counted at the start; absent where nobody wrote it down.
    pub attendance: Option<Attendance>,
    /// People in each group at first alignment.
    pub first_alignment: Option<ByGroup<Attendees>>,
    /// People in each group at final alignment.
    pub final_alignment: Option<ByGroup<Attendees>>,
    /// Delegates that the room awarded.
    pub awards: Option<ByGroup<Delegates>>,
    /// The number of delegates to elect that stands on the worksheet.
    pub worksheet_delegates: Option<Delegates>,
    /// The number of people needed to be viable that stands on the worksheet.
    pub worksheet_threshold: Option<Attendees>,
    /// Games of chance that the room held, in the order in which they were held.
    pub games: Vec<Game>,
    /// State delegate equivalents that the source claims; compared, never used as ours.
    pub claimed: Option<ByGroup<Equivalents>>,
}

/// The head count of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// Eligible people.
    pub people: Attendees,
    /// Whether people were counted on their own; otherwise the figure stands in from the first alignment.
    pub counted: bool,
}

/// A game of chance: `delegates` among `among`, and who won them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Game {
    /// The groups between which the rules could not decide, in roster order.
    pub among: Vec<GroupId>,
    /// How many of them gain a delegate (or keep one).
    pub delegates: Delegates,
    /// Those that did, in roster order.
    pub winners: Vec<GroupId>,
    /// How it was decided.
    pub means: GameMeans,
    /// The names of those who saw it.
    pub witnesses: Vec<String>,
}

/// How a game of chance was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GameMeans {
    /// A coin was tossed.
    Coin,
    /// Lots were drawn.
    Lot,
    /// Some other way, or nobody wrote it down.
    Other,
}
