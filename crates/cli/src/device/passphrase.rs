//! The passphrase of a key: from a file, or from a person at a terminal, without an echo.

use std::io::IsTerminal;
use std::path::Path;

use age::secrecy::SecretString;
use dialoguer::Password;
use zeroize::Zeroizing;

use super::DeviceFault;
use crate::failure::Failure;

/// The fewest characters of a new passphrase.
const SHORTEST: usize = 8;

/// The passphrase of a key that is there. `whose` stands in the question.
pub(super) fn known(file: Option<&Path>, whose: impl std::fmt::Display) -> Result<SecretString, Failure> {
    match file {
        Some(path) => read(path),
        None => ask(Password::new().with_prompt(format!("Passphrase of {whose}")), |asked| {
            asked
        }),
    }
}

/// The passphrase of a key that is about to be made: typed twice, so that a slip does not lock its owner out.
pub(super) fn new(file: Option<&Path>) -> Result<SecretString, Failure> {
    let passphrase = match file {
        Some(path) => read(path)?,
        None => ask(Password::new().with_prompt("A passphrase for the key"), |asked| {
            asked.with_confirmation("The same again", "They differ; once more")
        })?,
    };
    if age::secrecy::ExposeSecret::expose_secret(&passphrase).chars().count() < SHORTEST {
        return Err(DeviceFault::ShortPassphrase(SHORTEST).into());
    }
    Ok(passphrase)
}

/// The file's first line.
fn read(path: &Path) -> Result<SecretString, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })?;
    let text = Zeroizing::new(text);
    Ok(SecretString::from(text.lines().next().unwrap_or_default().to_owned()))
}

fn ask(
    password: Password<'static>,
    further: impl FnOnce(Password<'static>) -> Password<'static>,
) -> Result<SecretString, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(DeviceFault::NoPassphrase.into());
    }
    let typed = further(password).interact();
    let typed = typed.map_err(|dialoguer::Error::IO(error)| Failure::Terminal(error))?;
    Ok(SecretString::from(typed))
}
