//! Verifier keys: one spelling each, and none about which verifiers could disagree.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tallylog_tlog::{KeyError, KeyId, LogKey, NameError, Scheme, VerifierKey, WitnessKey};

use crate::samples::{ORIGIN, log, witness};

/// The text of a key with the id that belongs to it, whatever the key is.
pub(crate) fn written(name: &str, scheme: u8, public: &[u8]) -> String {
    let key = [&[scheme], public].concat();
    let hash = Sha256::digest([name.as_bytes(), b"\n", &key].concat());
    format!("{name}+{}+{}", hex::encode(&hash[..4]), STANDARD.encode(key))
}

#[track_caller]
fn refuses(text: &str, error: KeyError) {
    assert_eq!(text.parse::<VerifierKey>(), Err(error), "{text}");
}

#[test]
fn a_key_is_read_as_it_is_written() {
    for text in [log().key().to_string(), witness(2).key().to_string()] {
        let key: VerifierKey = text.parse().unwrap();
        assert_eq!(key.to_string(), text);
        assert_eq!(written(key.name().as_str(), text_scheme(&key), key.public_key()), text);
    }
}

fn text_scheme(key: &VerifierKey) -> u8 {
    match key.scheme() {
        Scheme::Ed25519 => 1,
        Scheme::CosignatureV1 => 4,
    }
}

#[test]
fn a_key_has_one_spelling() {
    let text = log().key().to_string();
    for spelling in [
        "",
        "name",
        "name+87cbb5c0",
        &format!("{text}\n"),
        &format!("{text}="),
        &text.replace("+87cbb5c0+", "+87CBB5C0+"),
        &text.replace("+87cbb5c0+", "++87cbb5c0+"),
        &text.replace("+87cbb5c0+", "+087cbb5c0+"),
        &text.replace("+87cbb5c0+", "+xyzxyzxy+"),
    ] {
        refuses(spelling, KeyError::Layout);
    }
    refuses(&text.replace(ORIGIN, ""), KeyError::Name(NameError::Empty));
    refuses(&text.replace(ORIGIN, "a b"), KeyError::Name(NameError::Character(' ')));
}

#[test]
fn an_id_belongs_to_name_type_and_key() {
    let text = log().key().to_string();
    let written = KeyId([0x87, 0xcb, 0xb5, 0xc0]);
    let renamed: Result<VerifierKey, _> = text.replace("2028", "2032").parse();
    assert!(matches!(renamed, Err(KeyError::Id { written: id, .. }) if id == written));
    let computed = written;
    let written = KeyId([0, 0, 0, 1]);
    refuses(
        &text.replace("87cbb5c0", "00000001"),
        KeyError::Id { written, computed },
    );
}

#[test]
fn other_kinds_of_signatures_are_named_in_the_refusal() {
    for scheme in [0x00, 0x02, 0x05, 0x06, 0xff] {
        refuses(
            &written(ORIGIN, scheme, log().key().public_key()),
            KeyError::Scheme(scheme),
        );
    }
}

#[test]
fn a_log_is_not_taken_for_a_witness() {
    let (log, witness) = (log().key().to_string(), witness(2).key().to_string());
    assert_eq!(log.parse::<WitnessKey>(), Err(KeyError::NotAWitness));
    assert_eq!(witness.parse::<LogKey>(), Err(KeyError::NotALog));
}

#[test]
fn a_key_about_which_verifiers_could_disagree_is_refused() {
    // The neutral point, a point of order 4, and one of order 8.
    let neutral = "0100000000000000000000000000000000000000000000000000000000000000";
    let of_order_4 = "0000000000000000000000000000000000000000000000000000000000000000";
    let of_order_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    for small in [neutral, of_order_4, of_order_8] {
        refuses(&written(ORIGIN, 1, &hex::decode(small).unwrap()), KeyError::Torsion);
    }
    // The neutral point with the field's prime added: another spelling of the same point.
    let respelled = "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    refuses(&written(ORIGIN, 1, &hex::decode(respelled).unwrap()), KeyError::NotAKey);
    // No point of the curve, and other lengths.
    refuses(&written(ORIGIN, 1, &[2; 32]), KeyError::NotAKey);
    refuses(&written(ORIGIN, 1, &[1; 31]), KeyError::NotAKey);
    refuses(&written(ORIGIN, 1, &[1; 33]), KeyError::NotAKey);
    refuses(&written(ORIGIN, 1, &[]), KeyError::NotAKey);
}

#[test]
fn a_signer_does_not_show_its_secret() {
    let secret = hex::encode([1; 32]);
    let shown = format!("{:?} {:?}", log(), witness(2));
    assert!(shown.contains(ORIGIN) && !shown.contains(&secret) && !shown.contains("[1, 1, 1"));
}
