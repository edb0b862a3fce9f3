//! A person's device.

use std::path::PathBuf;

use clap::Args as Group;

/// Whose key signs, and where it is sent.
#[derive(Clone, Debug, Group)]
pub(crate) struct DeviceArgs {
    /// The folder with the person's key.
    #[arg(long, env = "TALLYLOG_DEVICE", value_name = "DIR")]
    pub(crate) device: PathBuf,
    /// A file with the key's passphrase [default: asked for on the terminal].
    #[arg(long, env = "TALLYLOG_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// The server [default: the one that the device was made for].
    #[arg(long, env = "TALLYLOG_SERVER", value_name = "URL")]
    pub(crate) server: Option<String>,
}
