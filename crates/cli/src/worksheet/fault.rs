//! Why a file is no worksheet of the precinct that is meant.

use thiserror::Error;

/// What is wrong with a worksheet's file.
#[derive(Debug, Error)]
pub(crate) enum SheetFault {
    #[error("{field}: {message}")]
    Field { field: String, message: String },
    #[error(
        "{column} has {name:?}, and no group of this contest is called so; write names as the contest has them: {known}"
    )]
    Group {
        column: String,
        name: String,
        known: String,
    },
    #[error(
        "attendance_counted is missing; say true if people were counted on their own, and false if the attendance stands in from the first alignment"
    )]
    NotSaidCounted,
    #[error(
        "attendance_counted says how the attendance was found, and attendance is missing; give it or leave both out"
    )]
    NothingCounted,
    #[error(
        "the file is about {found}, and {meant} is meant; choose the other file, or correct its county and precinct"
    )]
    OtherPrecinct { found: String, meant: String },
}

impl SheetFault {
    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Field { .. } => "worksheet-field",
            Self::Group { .. } => "worksheet-group",
            Self::NotSaidCounted | Self::NothingCounted => "worksheet-counted",
            Self::OtherPrecinct { .. } => "worksheet-precinct",
        }
    }
}
