//! What is wrong with a device.

use std::path::PathBuf;

use tallylog_verify::ReceiptFlaw;
use thiserror::Error;

/// Why a device cannot be used as it was asked.
#[derive(Debug, Error)]
pub(crate) enum DeviceFault {
    #[error("{0} holds no device that was finished; make one with `tallylog key new` or `tallylog key enrol`")]
    NoDevice(PathBuf),
    #[error("{0} holds a device already; choose another folder, one for each person and contest")]
    Taken(PathBuf),
    #[error("{0} is not as this program wrote it; restore the folder from a copy, or enrol a new device")]
    Malformed(PathBuf),
    #[error(
        "{0} holds another key than the device was made with; restore the folder from a copy, or enrol a new device"
    )]
    OtherKey(PathBuf),
    #[error("{0} holds no key.age; restore the folder from a copy, or enrol a new device")]
    NoKey(PathBuf),
    #[error("the passphrase does not open {0}; check the language of the keyboard and the caps lock, and try again")]
    WrongPassphrase(PathBuf),
    #[error("a passphrase opens the key, and there is no terminal to ask for it; give --passphrase-file")]
    NoPassphrase,
    #[error("a passphrase has at least {0} characters; four or five words that do not belong together are good")]
    ShortPassphrase(usize),
    #[error(
        "the server's receipt does not hold against the log key that this device trusts: {0}; do not take it as received, ask the party, and send again"
    )]
    BadReceipt(ReceiptFlaw),
    #[error(
        "the server answered with the receipt of something else than was sent; do not take it as received, and ask the party"
    )]
    OtherReceipt,
    #[error("the server took this as {0}, and gave no receipt for it; ask for the receipt later")]
    NoReceipt(u64),
    #[error("{0} takes the connection and says nothing; the network is bad, or no log is there; try again in a moment")]
    NoAnswer(String),
}

impl DeviceFault {
    /// The stable code.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::NoDevice(_) => "no-device",
            Self::Taken(_) => "device-taken",
            Self::Malformed(_) => "bad-device",
            Self::OtherKey(_) => "device-key-differs",
            Self::NoKey(_) => "no-device-key",
            Self::WrongPassphrase(_) => "wrong-passphrase",
            Self::NoPassphrase => "no-passphrase",
            Self::ShortPassphrase(_) => "short-passphrase",
            Self::BadReceipt(_) => "receipt-does-not-hold",
            Self::OtherReceipt => "receipt-of-another",
            Self::NoReceipt(_) => "receipt-missing",
            Self::NoAnswer(_) => "no-answer",
        }
    }
}
