//! The forged signatures of `golden/signatures.txt`, made again from nothing.
//!
//! The first twelve follow Chalkias, Garillot and Nikolaenko, "Taming the many `EdDSAs`" (2020), over a message of ours.

use curve25519_dalek::Scalar;

use crate::forge::{base, bytes, challenge, message, nonce, point, secret, small, small_order_encodings, unreduced};

/// A signature with the name under which the file has it.
pub(crate) struct Forged {
    pub(crate) name: &'static str,
    pub(crate) key: [u8; 32],
    pub(crate) message: Vec<u8>,
    pub(crate) signature: [u8; 64],
}

/// What a forger chooses freely. The message is then varied until the hash suits.
struct Choice {
    /// Multiples of the point of order 8 in the key and in R.
    torsion: (usize, usize),
    /// The part of the key and of R in the large subgroup.
    secret: Scalar,
    nonce: Scalar,
    /// Other bytes for the key or for R than their one encoding.
    spelled: (Option<[u8; 32]>, Option<[u8; 32]>),
    /// Whether the hash takes the bytes as sent, or the one encoding of their point.
    hash_as_sent: bool,
}

const HONEST: fn() -> Choice = || Choice {
    torsion: (0, 0),
    secret: secret(),
    nonce: nonce(),
    spelled: (None, None),
    hash_as_sent: true,
};

/// The hash that the signer used, and the one that a verifier takes who spells the points otherwise.
struct Hashes {
    used: Scalar,
    other: Scalar,
}

/// Whether the equation holds without the cofactor.
fn exact(choice: &Choice, hashes: &Hashes) -> bool {
    small(choice.torsion.1) + small(choice.torsion.0) * hashes.used == small(0)
}

/// Whether it holds only with the cofactor.
fn inexact(choice: &Choice, hashes: &Hashes) -> bool {
    !exact(choice, hashes)
}

/// As `inexact`; besides, a verifier that reduces `8 * hash` before it multiplies is wrong about it.
fn inexact_when_reduced(choice: &Choice, hashes: &Hashes) -> bool {
    let reduced = small(choice.torsion.0) * (hashes.used * Scalar::from(8_u8));
    inexact(choice, hashes) && reduced != small(0)
}

/// As `exact`, and not for the other hash: half of all messages suit both, when the point is of order 2.
fn exact_for_one_hash(choice: &Choice, hashes: &Hashes) -> bool {
    let swapped = Hashes {
        used: hashes.other,
        other: hashes.used,
    };
    exact(choice, hashes) && inexact(choice, &swapped)
}

fn forged(name: &'static str, choice: &Choice, suits: fn(&Choice, &Hashes) -> bool) -> Forged {
    let canonical = (
        bytes(base(choice.nonce) + small(choice.torsion.1)),
        bytes(base(choice.secret) + small(choice.torsion.0)),
    );
    let sent = (
        choice.spelled.1.unwrap_or(canonical.0),
        choice.spelled.0.unwrap_or(canonical.1),
    );
    let (used, other) = if choice.hash_as_sent {
        (sent, canonical)
    } else {
        (canonical, sent)
    };
    let found = (0..u16::MAX).find_map(|attempt| {
        let message = message(attempt);
        let hashes = Hashes {
            used: challenge(used.0, used.1, &message),
            other: challenge(other.0, other.1, &message),
        };
        suits(choice, &hashes).then_some((message, hashes.used))
    });
    let (message, challenge) = found.unwrap();
    let s = choice.nonce + challenge * choice.secret;
    Forged {
        name,
        key: sent.1,
        message,
        signature: joined(sent.0, s.to_bytes()),
    }
}

fn joined(r: [u8; 32], s: [u8; 32]) -> [u8; 64] {
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(&s);
    signature
}

/// An encoding of a point of order 2 that is not its one encoding, and the multiple of the point of order 8 that it is.
fn second_spelling() -> ([u8; 32], usize) {
    let spelled = small_order_encodings().into_iter().find(|encoding| {
        let found = point(*encoding).unwrap();
        found == small(4) && bytes(found) != *encoding
    });
    (spelled.unwrap(), 4)
}

/// All of them, in the order of the file.
pub(crate) fn all() -> Vec<Forged> {
    let mut all = published();
    all.extend(by_an_enrollable_key());
    all.extend(by_a_weak_key());
    all
}

fn published() -> Vec<Forged> {
    let zero = Scalar::ZERO;
    let (spelling, order_2) = second_spelling();
    let small_key = |torsion| Choice {
        torsion,
        secret: zero,
        ..HONEST()
    };
    let small_r = |torsion| Choice {
        torsion,
        nonce: zero,
        ..HONEST()
    };
    let mixed = |torsion| Choice { torsion, ..HONEST() };
    let spelled_r = |hash_as_sent| Choice {
        spelled: (None, Some(spelling)),
        hash_as_sent,
        ..small_r((1, order_2))
    };
    let spelled_key = |hash_as_sent| Choice {
        spelled: (Some(spelling), None),
        hash_as_sent,
        ..small_key((order_2, 4))
    };
    let both_small = Choice {
        nonce: zero,
        ..small_key((1, 3))
    };
    vec![
        forged("0-small-key-small-r", &both_small, exact),
        forged("1-small-key", &small_key((1, 3)), exact),
        forged("2-small-r", &small_r((1, 3)), exact),
        forged("3-mixed-key-mixed-r", &mixed((1, 3)), exact),
        forged("4-mixed-key-mixed-r-cofactored-only", &mixed((1, 3)), inexact),
        forged("5-mixed-key-cofactored-only", &mixed((1, 0)), inexact_when_reduced),
        with_large_s("6-s-plus-order", 1),
        with_large_s("7-s-with-high-bits", 15),
        forged(
            "8-second-spelling-of-r-hashed-reduced",
            &spelled_r(false),
            exact_for_one_hash,
        ),
        forged(
            "9-second-spelling-of-r-hashed-as-sent",
            &spelled_r(true),
            exact_for_one_hash,
        ),
        forged(
            "10-second-spelling-of-key-hashed-reduced",
            &spelled_key(false),
            exact_for_one_hash,
        ),
        forged(
            "11-second-spelling-of-key-hashed-as-sent",
            &spelled_key(true),
            exact_for_one_hash,
        ),
    ]
}

fn with_large_s(name: &'static str, times: u16) -> Forged {
    let honest = forged(name, &HONEST(), exact);
    let challenge = challenge(bytes(base(nonce())), honest.key, &honest.message);
    let s = unreduced(nonce() + challenge * secret(), times);
    Forged {
        signature: joined(bytes(base(nonce())), s),
        ..honest
    }
}

/// By keys that pass every check: their owner alone can make these, to set two auditors against each other.
fn by_an_enrollable_key() -> Vec<Forged> {
    let zero = Scalar::ZERO;
    let honest = |name| forged(name, &HONEST(), exact);
    let mut other_message = honest("good-key-other-message");
    other_message.message = message(1);
    let mut bad_point = honest("good-key-r-off-the-curve");
    bad_point.signature[..32].copy_from_slice(&off_the_curve());
    let mut zeros = honest("good-key-signature-of-zeros");
    zeros.signature = [0; 64];
    vec![
        honest("good-key-good-signature"),
        forged(
            "good-key-mixed-r-cofactored-only",
            &Choice {
                torsion: (0, 1),
                ..HONEST()
            },
            inexact,
        ),
        forged(
            "good-key-r-is-identity",
            &Choice {
                nonce: zero,
                ..HONEST()
            },
            exact,
        ),
        forged(
            "good-key-small-r-cofactored-only",
            &Choice {
                torsion: (0, 1),
                nonce: zero,
                ..HONEST()
            },
            inexact,
        ),
        other_message,
        bad_point,
        zeros,
    ]
}

fn by_a_weak_key() -> Vec<Forged> {
    let identity = Choice {
        secret: Scalar::ZERO,
        ..HONEST()
    };
    let mut negative_zero = [0; 32];
    (negative_zero[0], negative_zero[31]) = (1, 0x80);
    let spelled = |bytes| Choice {
        spelled: (Some(bytes), None),
        secret: Scalar::ZERO,
        ..HONEST()
    };
    let mut prime_plus_one = [0xFF; 32];
    (prime_plus_one[0], prime_plus_one[31]) = (0xEE, 0x7F);
    let mut no_key = forged("key-off-the-curve", &HONEST(), exact);
    no_key.key = off_the_curve();
    let mut large = forged("second-spelling-of-a-large-key", &HONEST(), exact);
    large.key = second_spelling_of_a_large_point();
    vec![
        forged("identity-key-signs-everything", &identity, exact),
        forged("identity-key-with-sign", &spelled(negative_zero), exact),
        forged("identity-key-plus-prime", &spelled(prime_plus_one), exact),
        forged(
            "mixed-key-where-the-hash-is-a-multiple-of-8",
            &Choice {
                torsion: (1, 0),
                ..HONEST()
            },
            exact,
        ),
        no_key,
        large,
    ]
}

/// The smallest y for which the curve has no point.
fn off_the_curve() -> [u8; 32] {
    let low = (0..u8::MAX).map(|y| {
        let mut bytes = [0; 32];
        bytes[0] = y;
        bytes
    });
    low.into_iter().find(|bytes| point(*bytes).is_none()).unwrap()
}

/// Bytes above the field's prime that are a point, and none of small order.
fn second_spelling_of_a_large_point() -> [u8; 32] {
    let above = (0..19).map(|more| {
        let mut bytes = [0xFF; 32];
        (bytes[0], bytes[31]) = (0xED + more, 0x7F);
        bytes
    });
    let mut large = above.filter(|bytes| point(*bytes).is_some_and(|point| !point.is_small_order()));
    large.next().unwrap()
}
