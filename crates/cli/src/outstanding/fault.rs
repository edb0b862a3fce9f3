//! Why a call or a number was not noted.

use thiserror::Error;

/// Why a call or a number was not noted.
#[derive(Debug, Error)]
pub(crate) enum CallFault {
    #[error(
        "{0:?} is no time to call again; say +20m, +1h, 21:30, or a time with its zone such as 2028-02-07T21:30:00-06:00"
    )]
    Time(String),
    #[error("the first line of the list must be county,precinct,name,phone; nothing was noted")]
    Header,
    #[error("line {line}: {message}; nothing of the list was noted")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        message: String,
    },
}

impl CallFault {
    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Time(_) => "bad-call-time",
            Self::Header => "phones-header",
            Self::Line { .. } => "phones-line",
        }
    }
}
