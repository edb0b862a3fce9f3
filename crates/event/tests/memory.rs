//! A length in the bytes is a claim, not an order for memory.
//!
//! Alone in its file, and so in its process: it looks at the memory of the whole process.

#[path = "../../../tests/means/mod.rs"]
mod means;

use means::Means;
use tallylog_event::{Entry, EventBody};

const GOLDEN: &str = include_str!("../golden/events.txt");

/// Lengths that no event has, as varints.
const CLAIMS: [&[u8]; 4] = [
    &[0x80, 0x80, 0x80, 0x08],
    &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
    &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
    &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
];

/// The most memory that this process has asked for so far, in KiB; absent where the system does not say.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmPeak:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn a_huge_length_costs_no_memory() {
    let golden: Vec<Vec<u8>> = GOLDEN
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(_, bytes)| hex::decode(bytes).ok())
        .collect();
    assert!(!golden.is_empty());
    let before = most_memory();
    for bytes in &golden {
        for at in 0..bytes.len() {
            for claim in CLAIMS {
                let forged = [&bytes[..at], claim, &bytes[at + 1..]].concat();
                let answer = EventBody::decode(&forged);
                assert!(answer.is_err() || answer.is_ok_and(|value| value.encode() == forged));
            }
        }
    }
    for claim in CLAIMS {
        // Version, index, time, previous, author; then the length of the body.
        assert!(Entry::decode(&[&[1; 1 + 1 + 1 + 32 + 32], claim].concat()).is_err());
    }
    let known = before.zip(most_memory());
    Means::Proc.noted(known.is_some());
    if let Some((before, after)) = known {
        assert!(after - before < 8 * 1_024, "{} KiB more", after - before);
    }
}
