//! A synthetic caucus night, from a seed: the roster, the people, the rooms, their reports and what goes wrong.
//!
//! [`night`] gives everything that is signed, in the order of time. The same [`Options`] give the same bytes, on every
//! machine. Human errors come at the rates of 2020, and [`Night::injected`] says where each of them is, so that whoever
//! looks for errors can be marked.
//!
//! The contest is a rehearsal. Counties and their delegates are Iowa's; precincts, people and candidates are invented.
//! Nothing here knows what a log does with an event.

mod aftermath;
mod case;
mod chance;
mod contest;
mod counties;
mod desk;
mod evening;
mod filing;
mod further;
mod injection;
mod milestones;
mod night;
mod options;
mod people;
mod place_names;
mod plan;
mod realignment;
mod room;
mod roster;
mod slip;
mod words;

pub use case::PlannedCase;
pub use further::{Further, further, reports};
pub use night::{Night, night};
pub use options::{DOORS_CLOSE, Options};
pub use people::{Keys, Participant};
pub use plan::{Arrival, Milestone, Planned, PlannedCorrection, What};
pub use slip::Slip;
