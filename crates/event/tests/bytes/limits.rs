//! How long an entry may be, and what a layout of the future is called.

use tallylog_event::{
    DecodeError, Entry, EntryError, EntryHash, EntryIndex, Envelope, MAX_ENTRY_BYTES, PublicKey, Signature, UnixMillis,
};

use crate::golden::golden_entries;

/// An entry whose body has `length` bytes.
fn entry_with(length: usize) -> Entry {
    Entry {
        index: EntryIndex(0),
        received_at: UnixMillis(0),
        previous: EntryHash::NONE,
        envelope: Envelope {
            author: PublicKey([1; 32]),
            body: vec![0; length],
            signature: Signature([2; 64]),
        },
    }
}

/// Bytes of an entry around a body whose length takes three bytes.
const AROUND: usize = 3 + 32 + 32 + 3 + 64;

#[test]
fn the_longest_entry_has_65535_bytes() {
    let entry = entry_with(MAX_ENTRY_BYTES - AROUND);
    let bytes = entry.encode();
    assert_eq!(bytes.len(), 65_535);
    assert_eq!(Entry::decode(&bytes), Ok(entry));
}

#[test]
fn a_longer_entry_is_refused_with_its_length() {
    let bytes = entry_with(MAX_ENTRY_BYTES - AROUND + 1).encode();
    assert_eq!(Entry::decode(&bytes), Err(EntryError::Long(65_536)));
}

#[test]
fn an_entry_of_another_version_says_so_whatever_follows() {
    let entry = golden_entries()[1].clone();
    let long = vec![0; MAX_ENTRY_BYTES + 1];
    let rests: [&[u8]; 4] = [&entry[1..], &[], &[0xFF; 20], &long];
    for version in (0..=u8::MAX).filter(|version| *version != 1) {
        for rest in rests {
            let bytes = [&[version], rest].concat();
            assert_eq!(Entry::decode(&bytes), Err(EntryError::Version(version)));
        }
    }
}

#[test]
fn no_bytes_are_no_entry() {
    assert!(matches!(
        Entry::decode(&[]),
        Err(EntryError::Decode(DecodeError::Malformed(_)))
    ));
}
