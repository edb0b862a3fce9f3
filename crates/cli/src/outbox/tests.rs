//! The outbox on disk.

use std::path::Path;

use tallylog_event::{
    Channel, ContestId, ContestKind, CountyId, Entry, EntryHash, EntryIndex, Envelope, Event, PublicKey, Report, Role,
    SigningKey, Text, UnixMillis,
};
use tallylog_rules::{Attendance, Attendees, Sheet};
use tallylog_tlog::{Hash, Index, KeyName, LogSigner, Receipt, Size};

use super::*;
use crate::device::Seat;

const PRECINCT: PrecinctId = PrecinctId {
    county: CountyId(0),
    number: 0,
};

fn log(seed: u8) -> LogSigner {
    LogSigner::new(
        KeyName::new("caucus.example/2028").unwrap(),
        SigningKey::from_bytes(&[seed; 32]),
    )
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

fn outbox(dir: &Path) -> Outbox {
    let about = About {
        contest: ContestId([1; 16]),
        contest_name: "Caucus".to_owned(),
        kind: ContestKind::Rehearsal,
        log_key: log(1).key().clone(),
        server: "http://127.0.0.1:1".to_owned(),
        person: Text::new("Ada Ames").unwrap(),
        role: Role::Chair(vec![PRECINCT]),
        seats: vec![Seat {
            id: PRECINCT,
            county: "Alder".to_owned(),
            precinct: "North".to_owned(),
        }],
        key: PublicKey::of(&key()),
    };
    Outbox::open(dir, &about).unwrap()
}

fn signed(people: u32) -> Envelope {
    let report = Report {
        precinct: PRECINCT,
        channel: Channel::App,
        sheet: Sheet {
            attendance: Some(Attendance {
                people: Attendees(people),
                counted: true,
            }),
            ..Sheet::default()
        },
        files: Vec::new(),
    };
    device::envelope(ContestId([1; 16]), &key(), Event::Reported(Box::new(report))).unwrap()
}

/// The receipt of a log that has this alone.
fn receipt(log: &LogSigner, envelope: &Envelope) -> Vec<u8> {
    let entry = Entry {
        index: EntryIndex(0),
        received_at: UnixMillis(5),
        previous: EntryHash::NONE,
        envelope: envelope.clone(),
    };
    let checkpoint = log.sign_checkpoint(Size(1), Hash::leaf(&entry.encode()));
    let receipt = Receipt::new(Index(0), Vec::new(), checkpoint).unwrap();
    receipt.with_extra(entry.encode()).to_string().into_bytes()
}

#[track_caller]
fn state(outbox: &Outbox, number: u32) -> String {
    outbox.item(number).unwrap().state.to_string()
}

#[test]
fn what_was_signed_is_numbered_in_order_and_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = outbox(dir.path());
    let kept = [signed(1), signed(2)].map(|envelope| outbox.keep(&envelope).unwrap());
    assert_eq!([kept[0].number, kept[1].number], [1, 2]);
    let read = outbox.items().unwrap();
    assert_eq!(read.len(), 2);
    for (read, kept) in read.iter().zip(&kept) {
        assert_eq!(read.envelope, kept.envelope);
    }
    assert_eq!(state(&outbox, 1), "saved here");
}

#[test]
fn a_receipt_counts_only_if_the_pinned_log_signed_it_for_these_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = outbox(dir.path());
    let envelope = signed(1);
    outbox.keep(&envelope).unwrap();
    for (proof, expected) in [
        (b"received, honestly".to_vec(), "saved here"),
        (receipt(&log(2), &envelope), "saved here"),
        (receipt(&log(1), &signed(1)), "saved here"),
        (receipt(&log(1), &envelope), "received"),
    ] {
        outbox.keep_receipt(1, &proof).unwrap();
        assert_eq!(state(&outbox, 1), expected);
    }
}

#[test]
fn notes_claim_no_more_than_sent_and_are_nothing_where_they_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = outbox(dir.path());
    outbox.keep(&signed(1)).unwrap();
    outbox.note(1, |notes| notes.sent_ms = Some(7)).unwrap();
    assert_eq!(state(&outbox, 1), "sent");
    std::fs::write(dir.path().join("outbox/000001.json"), "{\"state\": \"received\"}").unwrap();
    assert_eq!(state(&outbox, 1), "saved here");
}

#[test]
fn every_flipped_byte_and_every_cut_of_a_signed_file_is_found_and_the_others_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = outbox(dir.path());
    outbox.keep(&signed(1)).unwrap();
    outbox.keep(&signed(2)).unwrap();
    let path = dir.path().join("outbox/000001.event");
    let whole = std::fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        for bytes in [&flipped[..], &whole[..at]] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(outbox.damaged().unwrap(), std::slice::from_ref(&path), "at {at}");
            assert_eq!(outbox.items().unwrap().len(), 1);
        }
    }
}

#[test]
fn a_draft_that_a_crash_left_is_no_event() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = outbox(dir.path());
    std::fs::write(dir.path().join("outbox/000001.event.new"), "half").unwrap();
    assert!(outbox.items().unwrap().is_empty());
    assert!(outbox.damaged().unwrap().is_empty());
    assert_eq!(outbox.keep(&signed(1)).unwrap().number, 1);
}

#[test]
fn photos_are_known_by_their_bytes_and_wait_until_the_event_that_names_them_is_received() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = outbox(dir.path());
    let path = dir.path().join("worksheet.txt");
    std::fs::write(&path, b"\xff\xd8\xff and so on").unwrap();
    let (file, bytes) = photo(&path).unwrap();
    assert_eq!((file.media_type.to_string().as_str(), file.size), ("image/jpeg", 13));
    outbox.keep_photos(&[(file.clone(), bytes)]).unwrap();
    assert!(outbox.lying().unwrap().is_empty(), "no event names it");
    let event = Event::FilesAdded(tallylog_event::FilesAdded {
        precinct: PRECINCT,
        files: vec![file],
    });
    outbox
        .keep(&device::envelope(ContestId([1; 16]), &key(), event).unwrap())
        .unwrap();
    let lying = outbox.lying().unwrap();
    assert_eq!((lying[0].state(), lying[0].is_bound), ("saved here", false));
    assert!(outbox.waiting().unwrap().is_empty(), "no server can know it yet");
    assert_eq!(std::fs::read(&lying[0].path).unwrap(), b"\xff\xd8\xff and so on");
    std::fs::remove_file(&lying[0].path).unwrap();
    assert!(outbox.lying().unwrap().is_empty());
    std::fs::write(&path, b"not a photo").unwrap();
    assert_eq!(photo(&path).unwrap_err().code(), "not-a-photo");
}

#[test]
fn a_document_waits_when_its_event_was_signed_and_is_forgotten_when_that_was_refused() {
    let dir = tempfile::tempdir().unwrap();
    let outbox = outbox(dir.path());
    let path = dir.path().join("letter.txt");
    std::fs::write(&path, b"by order of the committee").unwrap();
    let letter = super::document(&path).unwrap();
    outbox.keep_documents(std::slice::from_ref(&letter)).unwrap();
    assert!(outbox.waiting().unwrap().is_empty(), "nobody has signed");
    outbox.name_documents(&[&letter.0]).unwrap();
    let waiting = outbox.waiting().unwrap();
    assert_eq!((&waiting[0].file, waiting[0].state()), (&letter.0, "saved here"));
    outbox.forget_documents(&[&letter.0]).unwrap();
    assert!(outbox.lying().unwrap().is_empty());
    assert!(!waiting[0].path.exists());
    // What the server has is kept, whatever else is refused.
    outbox.keep_documents(std::slice::from_ref(&letter)).unwrap();
    outbox.name_documents(&[&letter.0]).unwrap();
    outbox
        .note_file(letter.0.hash, |notes| notes.sent_ms = Some(7))
        .unwrap();
    outbox.forget_documents(&[&letter.0]).unwrap();
    assert_eq!(outbox.lying().unwrap()[0].state(), "sent");
}
