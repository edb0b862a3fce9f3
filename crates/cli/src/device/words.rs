//! A receipt's short words: what two people on a telephone compare.

use tallylog_event::EntryHash;
use tallylog_tlog::LogKey;

/// The words are those of BIP-39 in English: 2,048, of which no two begin with the same four letters.
const BITS: usize = 11;

/// How many are said: 44 bits. Nobody makes another entry with the same words by trying in a night.
const WORDS: usize = 4;

/// The short words of an entry: four words for the first 44 bits of its hash.
pub(crate) fn short_words(hash: &EntryHash) -> String {
    let list = bip39::Language::English.word_list();
    let bit = |at: usize| {
        hash.0
            .get(at / 8)
            .map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1))
    };
    let word = |number: usize| {
        let bits = number * BITS..(number + 1) * BITS;
        let place = bits.fold(0, |place, at| place << 1 | bit(at));
        list.get(place).copied().unwrap_or_default()
    };
    (0..WORDS).map(word).collect::<Vec<_>>().join(" ")
}

/// The key that a device trusts, in short words, for people who compare it with a printed strip.
pub(crate) fn log_words(key: &LogKey) -> String {
    short_words(&EntryHash(*blake3::hash(key.to_string().as_bytes()).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(first: [u8; 6], expected: &str) {
        let mut hash = [0xff; 32];
        hash[..6].copy_from_slice(&first);
        assert_eq!(short_words(&EntryHash(hash)), expected);
    }

    #[test]
    fn the_words_are_the_first_bits_in_groups_of_eleven() {
        check([0; 6], "abandon abandon abandon abandon");
        check([0xff; 6], "zoo zoo zoo zoo");
        // 1, 2, 3 and 4 in eleven bits each; the four bits after them say nothing.
        check([0x00, 0x20, 0x08, 0x01, 0x80, 0x40], "ability able about above");
        check([0x00, 0x20, 0x08, 0x01, 0x80, 0x4f], "ability able about above");
    }
}
