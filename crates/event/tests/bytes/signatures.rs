//! One strict verdict on signatures that other verifiers disagree about. Those of the file that are not over a message
//! of ours are tried in a test beside `PublicKey`.

use std::collections::BTreeSet;

use tallylog_event::{Envelope, KeyError, KnownKeys, PublicKey, Signature, SignatureError, VerifyError};

use crate::forge::{self, CONTEXT, base, bytes, point, secret, small, small_order_encodings};
use crate::samples::key;
use crate::vectors::{self, Forged};

const FILE: &str = include_str!("../../golden/signatures.txt");

/// A record of the file: lines of a name and a value.
struct Record(Vec<(&'static str, &'static str)>);

impl Record {
    #[track_caller]
    fn value(&self, name: &str) -> &'static str {
        self.0.iter().find(|(other, _)| *other == name).unwrap().1
    }

    #[track_caller]
    fn accepted(&self, name: &str) -> bool {
        match self.value(name) {
            "accepted" => true,
            "refused" => false,
            other => panic!("{name}: {other}"),
        }
    }

    fn name(&self) -> &'static str {
        self.value("name")
    }

    fn key(&self) -> PublicKey {
        PublicKey(hex::decode(self.value("key")).unwrap().try_into().unwrap())
    }

    fn message(&self) -> Vec<u8> {
        hex::decode(self.value("message")).unwrap()
    }

    fn signature(&self) -> [u8; 64] {
        hex::decode(self.value("signature")).unwrap().try_into().unwrap()
    }

    /// The vector as an envelope, where its message is one of ours.
    fn envelope(&self) -> Option<Envelope> {
        let message = self.message();
        Some(Envelope {
            author: self.key(),
            body: message.strip_prefix(CONTEXT)?.to_vec(),
            signature: Signature(self.signature()),
        })
    }
}

fn records() -> Vec<Record> {
    let text: Vec<_> = FILE.lines().filter(|line| !line.starts_with('#')).collect();
    let blocks = text.split(|line| line.is_empty()).filter(|block| !block.is_empty());
    let read = |block: &[&'static str]| Record(block.iter().map(|line| line.split_once(": ").unwrap()).collect());
    blocks.map(read).collect()
}

#[test]
fn every_record_has_its_fields_in_order_and_a_name_of_its_own() {
    let fields = [
        "name",
        "key",
        "message",
        "signature",
        "strict",
        "key-check",
        "lax",
        "cofactored",
        "why",
    ];
    let mut names = BTreeSet::new();
    for record in records() {
        assert_eq!(
            record.0.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            fields,
            "{}",
            record.name()
        );
        assert!(names.insert(record.name()), "{} comes twice", record.name());
    }
}

#[test]
fn the_forged_signatures_of_the_file_are_made_again_from_nothing() {
    let ours: Vec<_> = records()
        .into_iter()
        .filter(|record| record.envelope().is_some())
        .collect();
    let all = vectors::all();
    assert_eq!(ours.len(), all.len());
    for (forged, record) in all.into_iter().zip(ours) {
        let Forged {
            name,
            key,
            message,
            signature,
        } = forged;
        let made = (name, hex::encode(key), hex::encode(message), hex::encode(signature));
        let golden = (
            record.name(),
            record.value("key"),
            record.value("message"),
            record.value("signature"),
        );
        assert_eq!((made.0, made.1.as_str(), made.2.as_str(), made.3.as_str()), golden);
    }
}

#[test]
fn an_envelope_gets_the_strict_verdict() {
    let mut tried = 0;
    let known = KnownKeys::default();
    for record in records().into_iter().chain(records()) {
        let Some(envelope) = record.envelope() else { continue };
        // Known keys come from whatever was looked at before, bad signatures included.
        let again = envelope.clone().verify_with(&known).map(|_| ());
        let answer = envelope.verify().map(|_| ());
        let expected = if record.accepted("strict") {
            Ok(())
        } else {
            Err(VerifyError::Signature(SignatureError))
        };
        assert_eq!(answer, expected, "{}", record.name());
        assert_eq!(again, expected, "{}", record.name());
        tried += 1;
    }
    assert_eq!(tried, 2 * 25);
}

#[test]
fn a_key_gets_the_verdict_of_the_file() {
    for record in records() {
        let expected = match record.value("key-check") {
            "good" => Ok(()),
            "torsion" => Err(KeyError::Torsion),
            "not-a-key" => Err(KeyError::NotAKey),
            other => panic!("{other}"),
        };
        assert_eq!(record.key().check(), expected, "{}", record.name());
    }
}

#[test]
fn lax_and_cofactored_verifiers_accept_what_is_refused_here() {
    let mut accepted = (0, 0);
    for record in records() {
        let (PublicKey(key), message, signature) = (record.key(), record.message(), record.signature());
        let (lax, cofactored) = (
            forge::lax(key, &message, signature),
            forge::cofactored(key, &message, signature),
        );
        assert_eq!(lax, record.accepted("lax"), "{} without the cofactor", record.name());
        assert_eq!(
            cofactored,
            record.accepted("cofactored"),
            "{} with the cofactor",
            record.name()
        );
        let strict = record.accepted("strict");
        assert!(
            !strict || (lax && cofactored),
            "strict accepts nothing that the others refuse"
        );
        accepted.0 += usize::from(lax && !strict);
        accepted.1 += usize::from(cofactored && !strict);
    }
    assert!(accepted.0 >= 5 && accepted.1 >= 10, "{accepted:?}");
}

/// A signature over which two auditors would differ for ever, by a key that any registrar would enrol.
#[test]
fn checking_the_key_alone_does_not_settle_the_verdict() {
    let settled = |record: &Record| record.accepted("strict") == record.accepted("cofactored");
    let unsettled = records()
        .into_iter()
        .filter(|record| record.value("key-check") == "good" && !settled(record));
    assert!(unsettled.count() >= 2);
}

/// The other half: a strict signature by a key of mixed order, which is why such a key is not enrolled.
#[test]
fn checking_the_signature_alone_does_not_settle_the_key() {
    let lucky = |record: &Record| record.accepted("strict") && record.value("key-check") == "torsion";
    assert!(records().iter().any(lucky));
}

#[test]
fn an_ordinary_key_is_good() {
    for seed in 0..20 {
        assert_eq!(PublicKey::of(&key(seed)).check(), Ok(()));
    }
    assert_eq!(PublicKey(bytes(base(secret()))).check(), Ok(()));
}

#[test]
fn every_key_of_small_order_is_refused_in_every_spelling() {
    let all = small_order_encodings();
    assert_eq!(all.len(), 14, "eight points, and six second spellings");
    for encoding in all {
        let canonical = bytes(point(encoding).unwrap()) == encoding;
        let expected = if canonical {
            KeyError::Torsion
        } else {
            KeyError::NotAKey
        };
        assert_eq!(PublicKey(encoding).check(), Err(expected), "{encoding:02x?}");
    }
}

#[test]
fn every_key_of_mixed_order_is_refused() {
    for seed in 1..5 {
        let honest = point(PublicKey::of(&key(seed)).0).unwrap();
        for times in 1..8 {
            assert_eq!(PublicKey(bytes(honest + small(times))).check(), Err(KeyError::Torsion));
        }
    }
}

/// Bytes of the prime and above: whether they are a point or not, they are no key.
#[test]
fn every_key_above_the_prime_is_refused() {
    for more in 0..19 {
        for sign in [0x7F, 0xFF] {
            let mut encoding = [0xFF; 32];
            (encoding[0], encoding[31]) = (0xED + more, sign);
            assert_eq!(PublicKey(encoding).check(), Err(KeyError::NotAKey), "{encoding:02x?}");
        }
    }
}
