//! Ways to change bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use tallylog_tlog::Hash;

use crate::kinds::{Sample, Units};
use crate::trials::Random;

/// Changes a sample once or a few times; `donor` is another of its kind, from which pieces are taken.
pub(crate) fn mutate(sample: &Sample, donor: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = sample.bytes.clone();
    for _ in 0..=random.below(6).saturating_sub(3) {
        bytes = match random.below(11) {
            0 | 1 => change_bytes(bytes, donor, random),
            2..=5 => change_units(bytes, donor, sample.units, random),
            6 => change_number(bytes, random),
            7 => join_hashes(bytes, random),
            _ => change_value(bytes, sample.units, random),
        };
    }
    bytes
}

/// Anything anywhere.
fn change_bytes(mut bytes: Vec<u8>, donor: &[u8], random: &mut Random) -> Vec<u8> {
    if bytes.is_empty() {
        return donor.to_vec();
    }
    let at = random.place(bytes.len());
    let end = (at + random.place(8)).min(bytes.len());
    match random.below(6) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = *random.pick(b"\n 0 9=+/Aa-\r\t\0\xe2"),
        2 => bytes.insert(at, *random.pick(b"\n 0 9=+/Aa-\r\t\0\xe2")),
        3 => drop(bytes.drain(at..end)),
        4 => bytes.truncate(at),
        _ => {
            let from = random.place(donor.len());
            let piece = &donor[from..donor.len().min(from + random.place(120))];
            bytes.splice(at..end, piece.iter().copied());
        }
    }
    bytes
}

/// Lines of a text, or hashes of a tile.
fn change_units(bytes: Vec<u8>, donor: &[u8], of: Units, random: &mut Random) -> Vec<u8> {
    let (mut units, donors) = (of.split(&bytes), of.split(donor));
    if units.is_empty() || donors.is_empty() {
        return bytes;
    }
    let (at, other, from) = (
        random.place(units.len()),
        random.place(units.len()),
        random.place(donors.len()),
    );
    match random.below(6) {
        0 => units.swap(at, other),
        1 => units.insert(other, units[at]),
        2 => drop(units.remove(at)),
        3 => units[at] = units[other],
        4 => units[at] = donors[from],
        _ => {
            let end = (at + random.place(4)).min(units.len());
            let until = (from + random.place(4)).min(donors.len());
            units.splice(at..end, donors[from..until].iter().copied());
        }
    }
    units.concat()
}

/// An index, a size or a time.
fn change_number(bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    let starts = |at: &usize| bytes[*at].is_ascii_digit() && (*at == 0 || b" \n".contains(&bytes[at - 1]));
    let places: Vec<usize> = (0..bytes.len()).filter(starts).collect();
    if places.is_empty() {
        return bytes;
    }
    let at = *random.pick(&places);
    let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number: u64 = String::from_utf8_lossy(&bytes[at..at + digits]).parse().unwrap_or(0);
    let changed = match random.below(7) {
        0 => number.wrapping_add(1),
        1 => number.wrapping_sub(1),
        2 => number / 2,
        3 => number.wrapping_mul(2),
        4 => number ^ (1 << random.below(10)),
        5 => random.below(1_100),
        _ => *random.pick(&[0, u64::MAX, 1 << 32, 1 << 63]),
    };
    [&bytes[..at], changed.to_string().as_bytes(), &bytes[at + digits..]].concat()
}

/// Two neighbouring lines that are hashes, exchanged for the hash of the node above them: a step up a path.
fn join_hashes(bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    let mut lines = Units::Lines.split(&bytes);
    let hash = |line: &[u8]| str::from_utf8(line).ok()?.trim_end().parse::<Hash>().ok();
    let pairs: Vec<_> = (1..lines.len())
        .filter_map(|at| Some((at, hash(lines[at - 1])?, hash(lines[at])?)))
        .collect();
    if pairs.is_empty() {
        return bytes;
    }
    let (at, one, other) = *random.pick(&pairs);
    let (left, right) = if random.below(2) == 0 {
        (one, other)
    } else {
        (other, one)
    };
    let joined = format!("{}\n", Hash::node(&left, &right));
    lines.splice(at - 1..=at, [joined.as_bytes()]);
    lines.concat()
}

/// What a base64 word stands for, spelled rightly again; or a hash of a tile.
fn change_value(bytes: Vec<u8>, of: Units, random: &mut Random) -> Vec<u8> {
    if matches!(of, Units::Hashes) {
        return with_flipped(bytes, random);
    }
    let mut words: Vec<&[u8]> = bytes.split_inclusive(|byte| b" \n".contains(byte)).collect();
    let decode = |word: &[u8]| {
        let (end, word) = word.split_last()?;
        let value = STANDARD.decode(word).ok().filter(|value| value.len() >= 16)?;
        Some((value, *end))
    };
    let values: Vec<usize> = (0..words.len()).filter(|at| decode(words[*at]).is_some()).collect();
    if values.is_empty() {
        return bytes;
    }
    let at = *random.pick(&values);
    let Some((value, end)) = decode(words[at]) else {
        return bytes;
    };
    let mut word = STANDARD.encode(change_decoded(value, random)).into_bytes();
    word.push(end);
    words[at] = &word;
    words.concat()
}

fn change_decoded(mut value: Vec<u8>, random: &mut Random) -> Vec<u8> {
    let half = value.len() / 2;
    match random.below(12) {
        0 => value.rotate_left(half),
        1 => value.push(0),
        2 => drop(value.pop()),
        3 => value[half..].fill(0),
        4 => value[..half].fill(0xff),
        _ => value = with_flipped(value, random),
    }
    value
}

fn with_flipped(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    if !bytes.is_empty() {
        let at = random.place(bytes.len());
        bytes[at] ^= 1 << random.below(8);
    }
    bytes
}
