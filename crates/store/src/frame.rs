//! How entries lie in the engine's values: in frames that can be found without the engine.
//!
//! The engine is asked for speed, never for truth. Each entry travels in one or more frames that say
//! who they are and carry their own check, so that a scan of the raw bytes finds them again
//! whatever became of the structures around them ([`crate::carve`]).

/// The bytes before those of the entry: marker, index, part, parts, length, check.
pub(crate) const HEADER: usize = 40;

const CHECKED: usize = 24;

/// A value holds frames up to this many bytes.
///
/// The engine puts up to 17 values into one page, and moves a page of more than a quarter of a
/// segment into a file of its own, which it neither syncs nor replaces safely. 20 such values are
/// still less than a quarter of [`crate::engine::SEGMENT`], so that never happens.
pub(crate) const BLOCK: usize = 4 * 1024;

/// The most bytes of an entry that one frame carries.
pub(crate) const PART: usize = BLOCK - HEADER;

/// Eight random bytes that begin every frame of one store.
///
/// Random, so that nobody can submit an entry whose bytes look like a frame of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marker(pub(crate) [u8; 8]);

/// An entry, or one part of an entry that is too long for one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) index: u64,
    pub(crate) part: u16,
    pub(crate) parts: u16,
    pub(crate) bytes: &'a [u8],
}

/// What stands at a place that begins with the marker.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded<'a> {
    /// An intact frame, `length` bytes long with its header.
    Frame { piece: Piece<'a>, length: usize },
    /// A frame that claims this index, and is damaged or cut off.
    Broken { index: u64 },
}

/// A key and a value of the engine.
pub(crate) struct Block {
    pub(crate) key: [u8; 10],
    pub(crate) bytes: Vec<u8>,
}

/// Big-endian, so that key order is log order; the key of a block is that of its first frame.
pub(crate) fn block_key(index: u64, part: u16) -> [u8; 10] {
    let mut key = [0; 10];
    key[..8].copy_from_slice(&index.to_be_bytes());
    key[8..].copy_from_slice(&part.to_be_bytes());
    key
}

/// Packs the entries, the first of which has index `first`, into blocks.
pub(crate) fn pack(marker: Marker, first: u64, entries: &[impl AsRef<[u8]>]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (index, entry) in (first..).zip(entries) {
        for piece in pieces(index, entry.as_ref()) {
            match blocks.last_mut() {
                Some(block) if block.bytes.len() + HEADER + piece.bytes.len() <= BLOCK => {
                    encode(marker, piece, &mut block.bytes);
                }
                Some(_) | None => {
                    let mut bytes = Vec::with_capacity(BLOCK.min(HEADER + piece.bytes.len()));
                    encode(marker, piece, &mut bytes);
                    blocks.push(Block {
                        key: block_key(index, piece.part),
                        bytes,
                    });
                }
            }
        }
    }
    blocks
}

fn pieces(index: u64, entry: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    // An entry is at most `MAX_ENTRY` bytes, so it never has more than 17 parts.
    let parts = u16::try_from(entry.len().div_ceil(PART)).unwrap_or(u16::MAX);
    (0..parts).zip(entry.chunks(PART)).map(move |(part, bytes)| Piece {
        index,
        part,
        parts,
        bytes,
    })
}

fn encode(marker: Marker, piece: Piece<'_>, out: &mut Vec<u8>) {
    let header = header(marker, piece);
    out.extend_from_slice(&header);
    out.extend_from_slice(&check(&header, piece.bytes));
    out.extend_from_slice(piece.bytes);
}

fn header(marker: Marker, piece: Piece<'_>) -> [u8; CHECKED] {
    // A piece is at most `PART` bytes, which fits.
    let length = u32::try_from(piece.bytes.len()).unwrap_or(u32::MAX);
    let mut header = [0; CHECKED];
    header[..8].copy_from_slice(&marker.0);
    header[8..16].copy_from_slice(&piece.index.to_be_bytes());
    header[16..18].copy_from_slice(&piece.part.to_be_bytes());
    header[18..20].copy_from_slice(&piece.parts.to_be_bytes());
    header[20..].copy_from_slice(&length.to_be_bytes());
    header
}

fn check(header: &[u8; CHECKED], bytes: &[u8]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(header).update(bytes);
    let mut check = [0; 16];
    hasher.finalize_xof().fill(&mut check);
    check
}

/// Reads the frame at the beginning of `input`; `None` if no frame of this store begins there.
pub(crate) fn decode(marker: Marker, input: &[u8]) -> Option<Decoded<'_>> {
    let header: &[u8; CHECKED] = input.first_chunk()?;
    if header[..8] != marker.0 {
        return None;
    }
    let index = u64::from_be_bytes(*header[8..].first_chunk()?);
    let part = u16::from_be_bytes(*header[16..].first_chunk()?);
    let parts = u16::from_be_bytes(*header[18..].first_chunk()?);
    let length = usize::try_from(u32::from_be_bytes(*header[20..].first_chunk()?)).ok()?;
    let body = input.get(HEADER..).and_then(|rest| rest.get(..length));
    Some(match body {
        Some(bytes) if input[CHECKED..HEADER] == check(header, bytes) => {
            let piece = Piece {
                index,
                part,
                parts,
                bytes,
            };
            Decoded::Frame {
                piece,
                length: HEADER + length,
            }
        }
        Some(_) | None => Decoded::Broken { index },
    })
}

/// Puts entries together again from their frames in order.
#[derive(Default)]
pub(crate) struct Joiner {
    bytes: Vec<u8>,
    next_part: u16,
}

impl Joiner {
    /// Takes the next piece, and gives the entry back once it is whole.
    ///
    /// # Errors
    ///
    /// The index of the piece, if it does not follow the one before.
    pub(crate) fn push(&mut self, piece: Piece<'_>) -> Result<Option<(u64, Vec<u8>)>, u64> {
        if piece.part != self.next_part {
            return Err(piece.index);
        }
        self.bytes.extend_from_slice(piece.bytes);
        self.next_part += 1;
        if self.next_part < piece.parts {
            return Ok(None);
        }
        self.next_part = 0;
        Ok(Some((piece.index, std::mem::take(&mut self.bytes))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MARKER: Marker = Marker(*b"a marker");

    fn unpack(blocks: &[Block]) -> Vec<(u64, Vec<u8>)> {
        let mut joiner = Joiner::default();
        let mut entries = Vec::new();
        for block in blocks {
            let mut rest = block.bytes.as_slice();
            while !rest.is_empty() {
                let Some(Decoded::Frame { piece, length }) = decode(MARKER, rest) else {
                    panic!("no frame");
                };
                entries.extend(joiner.push(piece).unwrap());
                rest = &rest[length..];
            }
        }
        entries
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(
            first in 0..u64::MAX / 2,
            lengths in prop::collection::vec(1..=crate::MAX_ENTRY, 0..40),
        ) {
            let entries: Vec<Vec<u8>> =
                (0_u8..).zip(&lengths).map(|(byte, length)| vec![byte; *length]).collect();
            let blocks = pack(MARKER, first, &entries);
            prop_assert!(blocks.iter().all(|block| block.bytes.len() <= BLOCK));
            prop_assert!(blocks.is_sorted_by(|a, b| a.key < b.key));
            let expected: Vec<(u64, Vec<u8>)> = (first..).zip(entries).collect();
            prop_assert_eq!(unpack(&blocks), expected);
        }

        #[test]
        fn any_flipped_bit_of_a_frame_is_noticed(
            entry in prop::collection::vec(any::<u8>(), 1..600),
            position in any::<prop::sample::Index>(),
            bit in 0..8_u8,
        ) {
            let mut bytes = pack(MARKER, 7, &[&entry]).remove(0).bytes;
            let at = position.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let intact = matches!(decode(MARKER, &bytes), Some(Decoded::Frame { .. }));
            prop_assert!(!intact, "flip at {at}");
        }
    }

    #[test]
    fn small_entries_share_a_block() {
        let entries = vec![[1_u8; 500]; 256];
        let blocks = pack(MARKER, 0, &entries);
        assert_eq!(blocks.len(), 256_usize.div_ceil(BLOCK / (HEADER + 500)));
    }
}
