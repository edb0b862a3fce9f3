//! One question to one witness: will you cosign this?

use tallylog_tlog::{
    AddCheckpoint, LogKey, SignatureLine, SignedCheckpoint, Size, UnixSeconds, WitnessKey, parse_conflict,
};

use super::claim::{Claim, Examined};
use super::client::{Client, Reply};
use super::{Prove, Witness, WitnessFault, claim};

/// What it takes to ask: shared by all questions to a witness.
pub(super) struct Asker<'a> {
    pub(super) client: Client,
    pub(super) log: &'a LogKey,
    pub(super) witness: &'a Witness,
    pub(super) prove: &'a Prove,
}

/// What is asked.
pub(super) struct Question<'a> {
    /// What the witness cosigned last, as far as it is known.
    pub(super) from: Size,
    pub(super) checkpoint: &'a SignedCheckpoint,
    /// The newest checkpoint of the log, which may have grown since.
    pub(super) newest: &'a dyn Fn() -> SignedCheckpoint,
}

/// How a witness answered, if it was at fault in nothing.
#[derive(Debug)]
pub(super) enum Answer {
    Cosigned(Cosignature),
    /// It showed that the log broke its promise.
    Shown(Box<super::Alarm>),
}

/// A cosignature that holds for the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cosignature {
    pub(super) line: SignatureLine,
    pub(super) at: UnixSeconds,
}

/// How a witness took one request.
enum Taken {
    Cosigned(Cosignature),
    StandsAt(Size),
    Inconsistent,
}

impl Asker<'_> {
    /// Asks, and once more from where the witness says that it stands.
    pub(super) fn ask(&self, question: &Question<'_>) -> Result<Answer, WitnessFault> {
        let size = question.checkpoint.unverified().size;
        let mut from = question.from.min(size);
        let mut taken = self.request(from, question.checkpoint)?;
        if let Taken::StandsAt(stands) = taken
            && stands != from
            && stands <= size
        {
            from = stands;
            taken = self.request(from, question.checkpoint)?;
        }
        match taken {
            Taken::Cosigned(cosignature) => Ok(Answer::Cosigned(cosignature)),
            // Others may have sent it what this log signed meanwhile: then the next question goes well.
            Taken::StandsAt(stands) if stands <= (question.newest)().unverified().size => {
                Err(WitnessFault::Wavers(stands))
            }
            Taken::StandsAt(theirs) => self.examine(Claim::More { theirs }, question),
            Taken::Inconsistent => self.examine(Claim::Fork { old: from, new: size }, question),
        }
    }

    fn examine(&self, claim: Claim, question: &Question<'_>) -> Result<Answer, WitnessFault> {
        match claim::examine(self, claim, question.newest) {
            Examined::Proven(alarm) => Ok(Answer::Shown(alarm)),
            Examined::Unproven(fault) => Err(fault),
        }
    }

    fn request(&self, from: Size, checkpoint: &SignedCheckpoint) -> Result<Taken, WitnessFault> {
        let path = (self.prove)(from, checkpoint.unverified().size).ok_or(WitnessFault::NoProof(from))?;
        let request = AddCheckpoint::new(from, path, checkpoint.clone())?;
        let reply = self.client.add_checkpoint(self.witness.url(), &request.to_string())?;
        self.read(&reply, checkpoint)
    }

    /// C2SP tlog-witness, "add-checkpoint".
    fn read(&self, Reply { status, body }: &Reply, checkpoint: &SignedCheckpoint) -> Result<Taken, WitnessFault> {
        match status {
            200 => cosignature(body, checkpoint, self.log, self.witness.key()).map(Taken::Cosigned),
            403 => Err(WitnessFault::Untrusted),
            404 => Err(WitnessFault::UnknownLog),
            409 => Ok(Taken::StandsAt(parse_conflict(body)?)),
            422 => Ok(Taken::Inconsistent),
            other => Err(WitnessFault::Status(*other)),
        }
    }
}

/// Takes the witness's cosignature out of its answer. What others sign in it is left alone.
fn cosignature(
    body: &[u8],
    checkpoint: &SignedCheckpoint,
    log: &LogKey,
    witness: &WitnessKey,
) -> Result<Cosignature, WitnessFault> {
    let text = str::from_utf8(body).map_err(|_| WitnessFault::NoCosignature)?;
    let mut lines = SignatureLine::parse_all(text).map_err(WitnessFault::Lines)?;
    lines.retain(|line| line.claims(witness.verifier()));
    // The last one, if it sends several: they are all checked.
    let line = lines.last().cloned().ok_or(WitnessFault::NoCosignature)?;
    let known = [witness.clone()];
    let cosigned = checkpoint.with_cosignatures(&lines, &known);
    let cosigned = cosigned.map_err(|_| WitnessFault::BadCosignature)?;
    let trusted = cosigned.verify(std::slice::from_ref(log), &known);
    let trusted = trusted.map_err(|_| WitnessFault::BadCosignature)?;
    let (_, at) = trusted.cosigners().first().ok_or(WitnessFault::NoCosignature)?;
    Ok(Cosignature { line, at: *at })
}
