//! The golden vectors: the log's key is the seed of 32 bytes 0x01, the witness's that of 32 bytes 0x02, and the
//! entries are `event-0` to `event-6`. They are never edited.

use tallylog_tlog::{
    AddCheckpoint, Consistency, Hash, Inclusion, Index, LogKey, Policy, Receipt, SignedCheckpoint, Size, WitnessKey,
};

use crate::samples::{TIME, grown, leaf, log, time, witness};

const LOG_KEY: &str = "caucus.example/2028-ia-dem+87cbb5c0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
const WITNESS_KEY: &str = "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";
const ROOT_1: &str = "6734db3b19b64dc83703f9a1f4aee7697dfb292fb4e0827cc63f8a351b1b3609";
const ROOT_3: &str = "db2effe64d36352bcd4c260bde0e1138310c9f77b89d4c57578652f9b185b630";
const ROOT_7: &str = "813bda3a42000f8294b6a954ea83792c2defae65246ef760af9fdd53af7d4638";

const CHECKPOINT: &str = "\
caucus.example/2028-ia-dem
7
gTvaOkIAD4KUtqlU6oN5LC3vrmUkbvdgr5/dU699Rjg=

— caucus.example/2028-ia-dem h8u1wGmP80kWCQZv7snvnBLOErAA2XvDe7CXj/tD6hybct+RvK8X3B3KlSpP7mLphf44eGN7FQtQ5BmnRWlj+tPvIgA=
— witness.example/w1 3xwKNQAAAABtRmCgoQKd90bFyfq+yw2gt8wuiE1/2MEO7Tl3SW3aPBrydZZM4i8h4KFPE/sk8dMMuD2E8ShwyTWmjX7rdy5VcdkUAA==
";

const INCLUSION_5_OF_7: [&str; 3] = [
    "rjI5dK4fR82yRuuDuHBjZtQ8ZK0Pr0gMeerLnPSn6Kc=",
    "hVqRxrvpT1tA/b/2zT/t/5RXwi+lM4Clp2AoY5bRmwI=",
    "MwFXNIsphb0cRlfkTzYorpF23YKBH/sxqOARud6ouaE=",
];

const CONSISTENCY_2_TO_7: [&str; 2] = [
    "9f6QqbKTVsuk32Y2PsiymbmPY5CMVXlhonwl2VULLv0=",
    "CdE923ZptzRMGk5/zSfZNnUk1MxvmDHjZ9hsED0563g=",
];

fn hashes(texts: &[&str]) -> Vec<Hash> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn golden_log_key() -> LogKey {
    LOG_KEY.parse().unwrap()
}

fn golden_witness_key() -> WitnessKey {
    WITNESS_KEY.parse().unwrap()
}

#[test]
fn the_keys_are_written_as_they_must_be() {
    assert_eq!(log().key().to_string(), LOG_KEY);
    assert_eq!(witness(2).key().to_string(), WITNESS_KEY);
    assert_eq!(golden_log_key(), *log().key());
    assert_eq!(golden_witness_key(), *witness(2).key());
}

#[test]
fn the_roots_are_what_they_must_be() {
    let grown = grown(7);
    for (size, root) in [(1, ROOT_1), (3, ROOT_3), (7, ROOT_7)] {
        assert_eq!(hex::encode(grown.root(size).0), root, "{size}");
    }
}

#[test]
fn the_checkpoint_is_signed_and_cosigned_byte_for_byte() {
    let grown = grown(7);
    let line = grown.cosigned(7, &witness(2), TIME);
    let published = grown.checkpoint(7).with_cosignatures(&[line], &[golden_witness_key()]);
    assert_eq!(published.unwrap().to_string(), CHECKPOINT);
}

#[test]
fn the_checkpoint_is_believed_with_its_cosignature() {
    let signed = SignedCheckpoint::parse(CHECKPOINT.as_bytes()).unwrap();
    assert_eq!(signed.to_string(), CHECKPOINT);
    let trusted = signed.verify(&[golden_log_key()], &[golden_witness_key()]).unwrap();
    assert_eq!(trusted.checkpoint().size, Size(7));
    assert_eq!(hex::encode(trusted.checkpoint().root.0), ROOT_7);
    assert_eq!(trusted.cosigners(), [(golden_witness_key(), time(TIME))]);
}

#[test]
fn the_inclusion_proof_is_built_and_holds() {
    let path = hashes(&INCLUSION_5_OF_7);
    assert_eq!(grown(7).inclusion(5, 7), path);
    let claim = Inclusion {
        index: Index(5),
        leaf: leaf(5),
        size: Size(7),
        root: grown(7).root(7),
        path: &path,
    };
    assert_eq!(claim.verify(), Ok(()));
}

#[test]
fn the_consistency_proof_is_built_and_holds() {
    let path = hashes(&CONSISTENCY_2_TO_7);
    let grown = grown(7);
    assert_eq!(grown.consistency(2, 7), path);
    let claim = Consistency {
        old_size: Size(2),
        old_root: grown.root(2),
        new_size: Size(7),
        new_root: grown.root(7),
        path: &path,
    };
    assert_eq!(claim.verify(), Ok(()));
}

#[test]
fn the_receipt_is_the_proof_and_the_checkpoint_as_it_stands() {
    let text = format!(
        "c2sp.org/tlog-proof@v1\nindex 5\n{}\n\n{CHECKPOINT}",
        INCLUSION_5_OF_7.join("\n")
    );
    let receipt = Receipt::parse(text.as_bytes()).unwrap();
    assert_eq!(receipt.to_string(), text);
    let policy = Policy::of_witnesses(golden_log_key(), [(golden_witness_key(), None)], 1).unwrap();
    assert_eq!(receipt.verify(leaf(5), &policy).unwrap().index(), Index(5));
}

#[test]
fn the_request_to_a_witness_is_the_proof_and_the_checkpoint_as_it_stands() {
    let text = format!("old 2\n{}\n\n{CHECKPOINT}", CONSISTENCY_2_TO_7.join("\n"));
    let request = AddCheckpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(request.to_string(), text);
    assert!(request.judge(&[golden_log_key()], grown(7).latest(2)).is_ok());
}

/// The example of C2SP signed-note, "Verifier keys".
#[test]
fn the_note_of_the_specification_is_believed() {
    let note = "\
This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
";
    let key: LogKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        .parse()
        .unwrap();
    let verified = tallylog_tlog::Note::parse(note.as_bytes())
        .unwrap()
        .verify([key.verifier()])
        .unwrap();
    assert_eq!(verified.text(), "This is an example message.\n");
}
