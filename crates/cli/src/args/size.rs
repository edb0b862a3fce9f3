//! How much of a disk is kept free.

use clap::Args as Group;
use tallylog_server::Reserve;

use crate::size::Size;

/// How much of a disk is kept free.
#[derive(Debug, Group)]
pub(crate) struct ReserveArgs {
    /// How much of the log's disk is kept free for the log, such as 64MiB; 0 looks at nothing.
    #[arg(long, env = "TALLYLOG_RESERVE", value_name = "BYTES", default_value = "64MiB")]
    pub(crate) reserve: Size,
}

impl ReserveArgs {
    pub(crate) fn kept(&self) -> Reserve {
        Reserve::of(self.reserve.0)
    }
}
