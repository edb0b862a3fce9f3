//! What somebody may try. A command names things by their number among those that there are, so that it still means
//! something when commands before it are left out.

use crate::trials::Random;

/// One attempt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Command {
    /// By whom, as a number among the keys; odd choices are made likelier to be fit for it.
    pub(super) author: u64,
    pub(super) fit: bool,
    pub(super) what: What,
    /// Which place, entry, case or sheet is meant.
    pub(super) picks: [u64; 4],
}

/// Kinds of attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Report,
    Amend,
    Enter,
    Files,
    Resolve,
    Decide,
    Hold,
    Lift,
    Open,
    Propose,
    Approve,
    Reject,
    Close,
    Release,
    Ask,
    Answer,
    Pause,
    Resume,
    Certify,
    Apportion,
    Enrol,
    Revoke,
}

/// Each with how often it comes.
const OFTEN: [(What, usize); 22] = [
    (What::Report, 14),
    (What::Amend, 8),
    (What::Enter, 22),
    (What::Files, 3),
    (What::Resolve, 16),
    (What::Decide, 12),
    (What::Hold, 2),
    (What::Lift, 3),
    (What::Open, 4),
    (What::Propose, 8),
    (What::Approve, 10),
    (What::Reject, 2),
    (What::Close, 2),
    (What::Release, 8),
    (What::Ask, 2),
    (What::Answer, 3),
    (What::Pause, 1),
    (What::Resume, 2),
    (What::Certify, 1),
    (What::Apportion, 2),
    (What::Enrol, 7),
    (What::Revoke, 2),
];

/// Between ten and seventy of them.
pub(super) fn random(random: &mut Random) -> Vec<Command> {
    let kinds: Vec<What> = OFTEN
        .iter()
        .flat_map(|(what, often)| std::iter::repeat_n(*what, *often))
        .collect();
    (0..10 + random.below(61))
        .map(|_| Command {
            author: random.next() >> 8,
            fit: random.below(8) > 0,
            what: *random.pick(&kinds),
            picks: [0; 4].map(|_: u64| random.next() >> 8),
        })
        .collect()
}
