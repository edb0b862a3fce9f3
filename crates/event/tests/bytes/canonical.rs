//! One event, one byte string; and bytes from anywhere never do harm.

use proptest::prelude::*;
use tallylog_event::{DecodeError, Entry, EntryError, Event, EventBody, Role, UnixMillis, is_of_unknown_kind};

use crate::any::{any_body, any_entry};
use crate::golden::{golden_bodies, golden_entries};
use crate::samples::{body, enrolment};

/// Where `recorded_at` begins: after the contest and the submission.
const TIME: usize = 32;

/// What all of this file comes to: whatever decodes is spelled in the one way.
#[track_caller]
fn check(bytes: &[u8]) -> Option<EventBody> {
    let decoded = EventBody::decode(bytes).ok()?;
    assert_eq!(hex::encode(decoded.encode()), hex::encode(bytes), "a second spelling");
    Some(decoded)
}

/// Exchanges the only occurrence of `from` for `to`.
#[track_caller]
fn exchanged(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let places: Vec<_> = bytes
        .windows(from.len())
        .enumerate()
        .filter(|(_, window)| *window == from)
        .collect();
    let [(at, _)] = places.as_slice() else {
        panic!("{} occurrences", places.len());
    };
    [&bytes[..*at], to, &bytes[at + from.len()..]].concat()
}

#[track_caller]
fn refused(name: &str, from: &[u8], to: &[u8]) {
    let bytes = exchanged(&golden_bodies()[name], from, to);
    assert!(
        matches!(EventBody::decode(&bytes), Err(DecodeError::Malformed(_))),
        "{:?}",
        EventBody::decode(&bytes)
    );
}

#[test]
fn an_overlong_number_is_refused() {
    let midnight = EventBody {
        recorded_at: UnixMillis(0),
        ..body(Event::KeyEnrolled(Box::new(enrolment(Role::Observer))))
    };
    let bytes = midnight.encode();
    assert_eq!(bytes[TIME], 0);
    for zero in [
        &[0x80, 0][..],
        &[0x80, 0x80, 0],
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
    ] {
        let overlong = [&bytes[..TIME], zero, &bytes[TIME + 1..]].concat();
        assert_eq!(EventBody::decode(&overlong), Err(DecodeError::NotCanonical));
    }
}

#[test]
fn an_overlong_variant_index_is_refused() {
    let bytes = &golden_bodies()["released"];
    let at = TIME + 6;
    assert_eq!(bytes[at], 6);
    let overlong = [&bytes[..at], &[0x86, 0], &bytes[at + 1..]].concat();
    assert_eq!(EventBody::decode(&overlong), Err(DecodeError::NotCanonical));
}

#[test]
fn an_overlong_length_is_refused() {
    let bytes = &golden_bodies()["released-nothing"];
    let (last, rest) = bytes.split_last().unwrap();
    assert_eq!(*last, 0, "the number of entries");
    let overlong = [rest, &[0x80, 0x80, 0]].concat();
    assert_eq!(EventBody::decode(&overlong), Err(DecodeError::NotCanonical));
}

/// Two bytes for every byte: whichever of them are numbers become overlong.
#[test]
fn no_number_of_a_golden_event_has_a_second_spelling() {
    for bytes in golden_bodies().values() {
        for (at, byte) in bytes.iter().enumerate() {
            check(&[&bytes[..at], &[byte | 0x80, byte >> 7], &bytes[at + 1..]].concat());
        }
    }
}

#[test]
fn bytes_after_an_event_are_refused() {
    for (name, bytes) in golden_bodies() {
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(
            EventBody::decode(&longer),
            Err(DecodeError::Trailing { extra: 1 }),
            "{name}"
        );
        let twice = bytes.repeat(2);
        assert_eq!(
            EventBody::decode(&twice),
            Err(DecodeError::Trailing { extra: bytes.len() }),
            "{name}"
        );
    }
}

#[test]
fn bytes_after_an_entry_are_refused() {
    for bytes in golden_entries() {
        let longer = [&bytes[..], &[0]].concat();
        let trailing = DecodeError::Trailing { extra: 1 };
        assert_eq!(Entry::decode(&longer), Err(EntryError::Decode(trailing)));
    }
}

#[test]
fn an_event_cut_short_anywhere_is_refused() {
    for (name, bytes) in golden_bodies() {
        for length in 0..bytes.len() {
            let answer = EventBody::decode(&bytes[..length]);
            assert!(
                matches!(answer, Err(DecodeError::Malformed(_))),
                "{name} to {length}: {answer:?}"
            );
        }
    }
}

#[test]
fn an_entry_cut_short_anywhere_is_refused() {
    for bytes in golden_entries() {
        for length in 0..bytes.len() {
            let answer = Entry::decode(&bytes[..length]);
            assert!(
                matches!(answer, Err(EntryError::Decode(DecodeError::Malformed(_)))),
                "to {length}: {answer:?}"
            );
        }
    }
}

#[test]
fn groups_out_of_order_or_twice_are_refused() {
    // The figures of the final alignment: groups 1, 2 and 5 have 20, 10 and 7 people.
    let sorted = [3, 1, 20, 2, 10, 5, 7];
    refused("reported-app", &sorted, &[3, 2, 10, 1, 20, 5, 7]);
    refused("reported-app", &sorted, &[3, 1, 20, 5, 7, 5, 7]);
    refused("reported-app", &sorted, &[3, 0, 20, 2, 10, 5, 7]);
}

#[test]
fn a_release_out_of_order_or_with_an_entry_twice_is_refused() {
    refused("released", &[1, 127, 128, 1], &[127, 1, 128, 1]);
    refused("released", &[1, 127, 128, 1], &[1, 1, 128, 1]);
}

#[test]
fn discrepancies_out_of_order_or_none_of_a_code_are_refused() {
    // Three counts: one of V01, 300 of V13, and the most that can be counted.
    let sorted = [3, 1, 1, 13, 0xAC, 2];
    refused("results-committed", &sorted, &[3, 13, 0xAC, 2, 1, 1]);
    refused("results-committed", &sorted, &[3, 13, 1, 13, 0xAC, 2]);
    refused("results-committed", &sorted, &[3, 0, 1, 13, 0xAC, 2]);
    refused("results-committed", &sorted, &[3, 1, 0, 13, 0xAC, 2]);
}

#[test]
fn a_switch_that_is_neither_off_nor_on_is_refused() {
    // Attendance: present, 37 people, counted. Then the first alignment: present, four groups.
    refused("reported-app", &[1, 37, 1, 1, 4], &[2, 37, 1, 1, 4]);
    refused("reported-app", &[1, 37, 1, 1, 4], &[1, 37, 2, 1, 4]);
}

#[test]
fn a_number_too_large_for_its_type_is_refused() {
    // The precinct, 76 and 300, from the app, with an attendance.
    refused("reported-app", &[76, 0xAC, 2, 0], &[76, 0xFF, 0xFF, 4, 0]);
    refused(
        "reported-app",
        &[1, 37, 1, 1, 4],
        &[1, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 1, 1, 4],
    );
}

#[test]
fn a_text_with_a_control_character_or_broken_utf8_is_refused() {
    refused("key-revoked", b"stolen", b"sto\x1Ben");
    refused("key-revoked", b"stolen", b"st\xE2\x80\xAEn");
    refused("key-revoked", b"stolen", b"sto\xFFen");
}

#[test]
fn an_unknown_kind_of_event_is_refused() {
    let mut bytes = golden_bodies().remove("released").unwrap();
    bytes[TIME + 6] = 0x7F;
    assert!(matches!(EventBody::decode(&bytes), Err(DecodeError::Malformed(_))));
}

#[test]
fn every_flipped_bit_of_a_golden_event_is_seen() {
    for (name, bytes) in golden_bodies() {
        let value = EventBody::decode(&bytes).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(check(&flipped).as_ref(), Some(&value), "{name}, bit {bit}");
        }
    }
}

#[test]
fn every_flipped_bit_of_a_golden_entry_is_seen() {
    for bytes in golden_entries() {
        let value = Entry::decode(&bytes).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = Entry::decode(&flipped) {
                assert_ne!(other, value, "bit {bit}");
                assert_eq!(other.encode(), flipped, "bit {bit}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_event_decodes_to_itself(value in any_body()) {
        prop_assert_eq!(EventBody::decode(&value.encode()), Ok(value));
    }

    #[test]
    fn any_entry_decodes_to_itself(value in any_entry()) {
        prop_assert_eq!(Entry::decode(&value.encode()), Ok(value));
    }

    #[test]
    fn any_event_with_changed_bytes_has_one_spelling(
        value in any_body(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = value.encode();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        check(&bytes);
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes);
        // Most random bytes fail early; behind a valid beginning they get further.
        let opening = [&[0; TIME][..], &[0], &bytes].concat();
        check(&opening);
        if let Ok(entry) = Entry::decode(&[&[1], &bytes[..]].concat()) {
            prop_assert_eq!(&entry.encode()[1..], &bytes[..]);
        }
    }
}

/// Where the number of the event stands: after the time of the golden events.
fn kind_at(bytes: &[u8]) -> usize {
    let time = bytes[TIME..].iter().position(|byte| *byte < 0x80).unwrap();
    TIME + time + 1
}

#[test]
fn a_kind_of_event_to_come_is_told_apart_from_bytes_that_are_none() {
    for (name, bytes) in golden_bodies() {
        let kind = kind_at(&bytes);
        assert!(!is_of_unknown_kind(&bytes), "{name}");
        for length in 0..bytes.len() {
            assert!(!is_of_unknown_kind(&bytes[..length]), "{name} to {length}");
        }
        let mut to_come = bytes.clone();
        to_come[kind] = 0x7f;
        assert!(is_of_unknown_kind(&to_come), "{name}");
        let mut at_a_desk = bytes.clone();
        at_a_desk[kind + 1] = 0x7f;
        let is_of_a_desk = matches!(bytes[kind], 8 | 11..=16);
        assert_eq!(is_of_unknown_kind(&at_a_desk), is_of_a_desk, "{name}");
        // A value within the event that nobody knows is no kind of its own.
        let mut within = bytes.clone();
        within.truncate(kind + 2);
        within.extend([0xff; 40]);
        assert!(!is_of_unknown_kind(&within), "{name}");
    }
}
