//! A key on disk: age, under a passphrase.

use std::path::{Path, PathBuf};

use age::DecryptError;
use age::secrecy::SecretString;
use tallylog_event::SigningKey;
use zeroize::Zeroizing;

use super::{DeviceFault, private};
use crate::failure::Failure;

const FILE: &str = "key.age";

/// What stands before the key's 64 hexadecimal digits, as in every key file of this program.
const PREFIX: &str = "tallylog-secret-key-v1 ";

/// scrypt with N = 2^15: 32 MiB and about a tenth of a second, so that scripts with fifty commands stay quick. A
/// passphrase of four random words of 2,048 takes tens of thousands of years of one core to find.
const WORK_FACTOR: u8 = 15;

/// The most work that a file may ask for: somebody else's may be dearer, and none may stop the machine.
const MOST_WORK: u8 = 20;

pub(super) fn exists(dir: &Path) -> bool {
    dir.join(FILE).exists()
}

/// Makes a key and keeps it, encrypted. A crash leaves a whole key or none.
pub(super) fn make(dir: &Path, passphrase: SecretString) -> Result<SigningKey, Failure> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|_| Failure::Randomness)?;
    let key = SigningKey::from_bytes(&seed);
    keep(dir, &key, passphrase)?;
    Ok(key)
}

/// Keeps a key, encrypted.
pub(super) fn keep(dir: &Path, key: &SigningKey, passphrase: SecretString) -> Result<(), Failure> {
    let digits = Zeroizing::new(hex::encode(key.as_bytes()));
    let text = Zeroizing::new(format!("{PREFIX}{}\n", digits.as_str()));
    let mut recipient = age::scrypt::Recipient::new(passphrase);
    recipient.set_work_factor(WORK_FACTOR);
    let sealed = age::encrypt(&recipient, text.as_bytes()).map_err(|_| Failure::Randomness)?;
    private::write(&dir.join(FILE), &sealed)
}

/// Opens the key of a device.
pub(super) fn open(dir: &Path, passphrase: SecretString) -> Result<SigningKey, Failure> {
    let path = dir.join(FILE);
    let sealed = match std::fs::read(&path) {
        Ok(sealed) => sealed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(DeviceFault::NoKey(dir.to_owned()).into());
        }
        Err(error) => return Err(Failure::File { path, error }),
    };
    let mut identity = age::scrypt::Identity::new(passphrase);
    identity.set_max_work_factor(MOST_WORK);
    let text = age::decrypt(&identity, &sealed).map_err(|error| refused(&error, &path))?;
    parse(&Zeroizing::new(text)).ok_or_else(|| DeviceFault::Malformed(path).into())
}

fn refused(error: &DecryptError, path: &Path) -> Failure {
    let path: PathBuf = path.to_owned();
    let fault = if matches!(error, DecryptError::DecryptionFailed) {
        DeviceFault::WrongPassphrase(path)
    } else {
        DeviceFault::Malformed(path)
    };
    fault.into()
}

fn parse(text: &[u8]) -> Option<SigningKey> {
    let digits = text.strip_prefix(PREFIX.as_bytes())?.strip_suffix(b"\n")?;
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits, seed.as_mut_slice()).ok()?;
    Some(SigningKey::from_bytes(&seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[test]
    fn a_key_opens_with_its_passphrase_alone() {
        let dir = tempfile::tempdir().unwrap();
        let made = make(dir.path(), words("correct horse battery")).unwrap();
        let opened = open(dir.path(), words("correct horse battery")).unwrap();
        assert_eq!(opened.to_bytes(), made.to_bytes());
        for wrong in ["correct horse batterz", "", "Correct horse battery"] {
            let refused = open(dir.path(), words(wrong)).unwrap_err();
            assert_eq!(refused.code(), "wrong-passphrase", "{wrong:?}");
        }
    }

    #[test]
    fn nothing_of_the_key_is_readable_on_disk() {
        use std::os::unix::fs::PermissionsExt;

        let dir = tempfile::tempdir().unwrap();
        let made = make(dir.path(), words("correct horse battery")).unwrap();
        let path = dir.path().join(FILE);
        let bytes = std::fs::read(&path).unwrap();
        let (seed, digits) = (made.to_bytes(), hex::encode(made.to_bytes()));
        for part in seed.windows(8).chain(digits.as_bytes().windows(8)) {
            assert!(!bytes.windows(8).any(|found| found == part));
        }
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_file_is_no_wrong_passphrase_alone() {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path(), words("correct horse battery")).unwrap();
        std::fs::write(dir.path().join(FILE), b"age-encryption.org/v1\n").unwrap();
        let refused = open(dir.path(), words("correct horse battery")).unwrap_err();
        assert_eq!(refused.code(), "bad-device");
        std::fs::remove_file(dir.path().join(FILE)).unwrap();
        let refused = open(dir.path(), words("correct horse battery")).unwrap_err();
        assert_eq!(refused.code(), "no-device-key");
    }
}
