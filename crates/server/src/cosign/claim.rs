//! A witness says that the log broke its promise. Whether it shows that too.

use tallylog_tlog::{Checkpoint, Consistency, SignedCheckpoint, Size};

use super::ask::Asker;
use super::{Alarm, WitnessFault};

/// What a witness says of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// That it cosigned more than the log has signed.
    More { theirs: Size },
    /// That the checkpoint did not grow from what it cosigned.
    Fork { old: Size, new: Size },
}

/// What became of a claim.
pub(super) enum Examined {
    Proven(Box<Alarm>),
    Unproven(WitnessFault),
}

/// Asks the witness for the checkpoint that it cosigned last, and believes the log's own signature alone: a witness that
/// only says so could stop a night.
pub(super) fn examine(asker: &Asker<'_>, claim: Claim, newest: &dyn Fn() -> SignedCheckpoint) -> Examined {
    let shown = shown(asker);
    // Only now: the log may have grown while the witness was asked.
    let ours = newest();
    let alarm = shown.and_then(|theirs| compare(asker, ours.clone(), theirs));
    alarm.map_or_else(
        || Examined::Unproven(unproven(claim, ours.unverified().size)),
        |alarm| Examined::Proven(Box::new(alarm)),
    )
}

/// The checkpoint that the witness shows, if this log's key signed it.
fn shown(asker: &Asker<'_>) -> Option<SignedCheckpoint> {
    let reply = asker.client.latest(asker.witness.url(), asker.log.name()).ok()?;
    let theirs = SignedCheckpoint::parse(&reply.body)
        .ok()
        .filter(|_| reply.status == 200)?;
    theirs.verify(std::slice::from_ref(asker.log), &[]).ok()?;
    Some(theirs)
}

fn compare(asker: &Asker<'_>, ours: SignedCheckpoint, theirs: SignedCheckpoint) -> Option<Alarm> {
    let witness = asker.witness.key().name().clone();
    let (Checkpoint { size, root, .. }, there) = (ours.unverified(), theirs.unverified());
    if there.size > *size {
        let (ours, theirs) = (*size, Box::new(theirs));
        return Some(Alarm::Behind { witness, ours, theirs });
    }
    let path = (asker.prove)(there.size, *size)?;
    let grew = Consistency {
        old_size: there.size,
        old_root: there.root,
        new_size: *size,
        new_root: *root,
        path: &path,
    };
    let forked = grew.verify().is_err();
    forked.then(|| Alarm::Forked {
        witness,
        ours: Box::new(ours),
        theirs: Box::new(theirs),
    })
}

const fn unproven(claim: Claim, ours: Size) -> WitnessFault {
    match claim {
        Claim::More { theirs } => WitnessFault::ClaimsMore { theirs, ours },
        Claim::Fork { old, new } => WitnessFault::ClaimsFork { old, new },
    }
}
