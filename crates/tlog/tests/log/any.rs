//! Whatever is read encodes to what it was read from, and nothing that is read makes a panic.

use std::sync::LazyLock;

use proptest::prelude::*;
use tallylog_tlog::{
    AddCheckpoint, BundleId, Checkpoint, EntryBundle, Hash, Index, KeyName, LogKey, Note, Policy, Receipt,
    SignatureLine, SignedCheckpoint, Size, Tile, TileId, TilePath, UnixSeconds, VerifierKey, parse_conflict,
};

use crate::samples::{Grown, grown, log, witness};

static GROWN: LazyLock<Grown> = LazyLock::new(|| grown(300));

/// Reads bytes as everything that there is, and holds that what was taken encodes to the same bytes.
fn read_as_everything(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
    }
    if let Ok(signed) = SignedCheckpoint::parse(bytes) {
        assert_eq!(signed.to_string().as_bytes(), bytes);
        let _ = signed.verify(&[log().key().clone()], &[witness(2).key().clone()]);
    }
    if let Ok(receipt) = Receipt::parse(bytes) {
        assert_eq!(receipt.to_string().as_bytes(), bytes);
        let _ = receipt.verify(Hash::EMPTY, &Policy::of_log(log().key().clone()));
    }
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        assert_eq!(request.to_string().as_bytes(), bytes);
        let _ = request.judge(&[log().key().clone()], GROWN.latest(2));
    }
    if let Ok(policy) = Policy::parse(bytes) {
        assert_eq!(Policy::parse(&policy.encode()), Ok(policy));
    }
    if let Ok(size) = parse_conflict(bytes) {
        assert_eq!(format!("{size}\n").as_bytes(), bytes);
    }
    for width in [1, 2, 256] {
        if let Ok(bundle) = EntryBundle::parse(BundleId::new(0, width).unwrap(), bytes) {
            assert_eq!(bundle.encode(), bytes);
        }
        if let Ok(tile) = Tile::parse(TileId::new(0, 0, width).unwrap(), bytes) {
            assert_eq!(tile.encode(), bytes);
        }
    }
    if let Ok(text) = str::from_utf8(bytes) {
        read_as_every_text(text);
    }
}

fn read_as_every_text(text: &str) {
    if let Ok(checkpoint) = text.parse::<Checkpoint>() {
        assert_eq!(checkpoint.to_string(), text);
    }
    if let Ok(path) = text.parse::<TilePath>() {
        assert_eq!(path.to_string(), text);
    }
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(hash) = text.parse::<Hash>() {
        assert_eq!(hash.to_string(), text);
    }
    if let Ok(name) = text.parse::<KeyName>() {
        assert_eq!(name.to_string(), text);
    }
    if let Ok(line) = text.parse::<SignatureLine>() {
        assert_eq!(line.to_string(), text);
    }
    if let Ok(lines) = SignatureLine::parse_all(text) {
        assert_eq!(SignatureLine::encode_all(&lines), text);
    }
}

/// One of each text.
fn real() -> impl Strategy<Value = String> {
    let places = (1_u64..300, any::<prop::sample::Index>());
    places.prop_flat_map(|(size, at)| {
        let index = u64::try_from(at.index(usize::try_from(size).unwrap())).unwrap();
        let policy = Policy::of_witnesses(log().key().clone(), [(witness(2).key().clone(), None)], 1).unwrap();
        prop_oneof![
            Just(GROWN.receipt(index, size).to_string()),
            Just(GROWN.receipt(index, size).with_extra(vec![0; 9]).to_string()),
            Just(GROWN.request(index, size).to_string()),
            Just(GROWN.checkpoint(size).to_string()),
            Just(GROWN.checkpoint(size).unverified().to_string()),
            Just(log().key().to_string()),
            Just(String::from_utf8(policy.encode()).unwrap()),
            Just(TileId::new(0, index, 17).unwrap().to_string()),
            Just(format!("{size}\n")),
        ]
    })
}

/// A text with a piece exchanged for another.
fn nearly_real() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..4),
        "[ -~\n]{0,3}".prop_map(String::into_bytes),
        prop::sample::select(vec![
            "\n", "\n\n", "=", "— ", " ", "0", "+", "\r\n", "\u{a0}", "old ", "index "
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let places = (any::<prop::sample::Index>(), 0_usize..6);
    (real(), pieces, places).prop_map(|(text, piece, (at, length))| {
        let mut bytes = text.into_bytes();
        let from = at.index(bytes.len());
        let to = (from + length).min(bytes.len());
        bytes.splice(from..to, piece);
        bytes
    })
}

fn hashes() -> impl Strategy<Value = Vec<Hash>> {
    prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..63)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn nearly_real_texts_never_panic_and_have_one_spelling(bytes in nearly_real()) {
        read_as_everything(&bytes);
    }

    #[test]
    fn a_nearly_real_policy_is_no_other_policy(bytes in nearly_real()) {
        if let Ok(policy) = Policy::parse(&bytes) {
            let encoded = policy.encode();
            prop_assert_eq!(Policy::parse(&encoded).unwrap().encode(), encoded);
        }
    }
}

proptest! {
    #[test]
    fn a_checkpoint_reads_as_it_was_written(origin in "[^\\s+\\x00-\\x1f]{1,60}", size: u64, root: [u8; 32]) {
        let origin = KeyName::new(origin).unwrap();
        let checkpoint = Checkpoint { origin, size: Size(size), root: Hash(root) };
        prop_assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint));
    }

    #[test]
    fn a_receipt_reads_as_it_was_written(index: u64, path in hashes(), extra: Vec<u8>, size in 0_u64..300) {
        let receipt = Receipt::new(Index(index), path, GROWN.checkpoint(size)).unwrap().with_extra(extra);
        prop_assert_eq!(Receipt::parse(receipt.to_string().as_bytes()), Ok(receipt));
    }

    #[test]
    fn a_request_reads_as_it_was_written(old: u64, path in hashes(), size in 0_u64..300) {
        let request = AddCheckpoint::new(Size(old), path, GROWN.checkpoint(size)).unwrap();
        prop_assert_eq!(AddCheckpoint::parse(request.to_string().as_bytes()), Ok(request));
    }

    #[test]
    fn a_note_reads_as_it_was_written(text in "([^\\x00-\\x1f]{0,20}\n){1,6}") {
        let note = log().sign_note(&text).unwrap();
        prop_assert_eq!(Note::parse(note.to_string().as_bytes()), Ok(note.clone()));
        prop_assert!(note.verify([log().key().verifier()]).is_ok());
    }

    #[test]
    fn a_key_reads_as_it_was_written(seed: [u8; 32], text in "[^\\s+\\x00-\\x1f]{1,60}") {
        let name = KeyName::new(text).unwrap();
        let signer = tallylog_tlog::LogSigner::new(name, tallylog_tlog::SigningKey::from_bytes(&seed));
        let read: LogKey = signer.key().to_string().parse().unwrap();
        prop_assert_eq!(&read, signer.key());
    }

    #[test]
    fn a_tile_path_reads_as_it_was_written(level in 0_u8..8, index: u64, shift in 0_u32..64, width in 1_u16..=256) {
        if let Ok(tile) = TileId::new(level, index >> shift, width) {
            prop_assert_eq!(tile.to_string().parse(), Ok(TilePath::Tile(tile)));
        }
    }

    #[test]
    fn a_bundle_reads_as_it_was_written(entries in prop::collection::vec(any::<Vec<u8>>(), 1..=256)) {
        let bundle = EntryBundle::new(entries.iter().map(Vec::as_slice).collect()).unwrap();
        let bytes = bundle.encode();
        let id = BundleId::new(0, u16::try_from(entries.len()).unwrap()).unwrap();
        prop_assert_eq!(EntryBundle::parse(id, &bytes), Ok(bundle));
    }

    #[test]
    fn a_cosignature_holds_at_its_time(seconds in 1_u64..=i64::MAX.unsigned_abs(), size in 0_u64..300) {
        let line = GROWN.cosigned(size, &witness(2), seconds);
        let line: SignatureLine = line.to_string().parse().unwrap();
        let witnesses = [witness(2).key().clone()];
        let signed = GROWN.checkpoint(size).with_cosignatures(&[line], &witnesses).unwrap();
        let trusted = signed.verify(&[log().key().clone()], &witnesses).unwrap();
        prop_assert_eq!(trusted.cosigners(), [(witness(2).key().clone(), UnixSeconds::new(seconds).unwrap())]);
    }
}
