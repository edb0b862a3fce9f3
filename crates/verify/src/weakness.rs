//! What a verdict is weaker for, each by name.

use tallylog_projection::FOLD_VERSION;
use thiserror::Error;

use crate::Report;

/// Something that a verdict rests on and that a reader might not expect. It is no flaw: the night may verify all the same.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Weakness {
    /// The log's key is that of the file.
    #[error("nobody but this file says that the log's key is the log's; ask somebody you trust, and give --log-key")]
    LogKeyUnvouched,
    /// Nobody has to cosign.
    #[error("nobody has to cosign: the log could show somebody else another history; give --policy")]
    NoQuorum,
    /// The witnesses are of the contest's own choice.
    #[error("the contest chose its own witnesses; give --policy to say whose cosignatures are enough for you")]
    OwnQuorum,
    /// No witness saw the end.
    #[error("no witness cosigned the last checkpoint")]
    NoCosignature,
    /// A practice night.
    #[error("this is a rehearsal: nothing in it counts")]
    Rehearsal,
    /// Published results of a past night.
    #[error("this is an archive: an importer recorded it from what was published")]
    Archive,
    /// An earlier version of admission.
    #[error("fold {0} admits what the present version, {FOLD_VERSION}, refuses; docs/EVENTS.md says what")]
    OlderFold(u16),
    /// Releases are not held up by anything.
    #[error("a release may list blocked and unreviewed reports: the contest asks for nothing")]
    BlockedReleased,
    /// One source is enough.
    #[error("a release may list reports that no second source confirmed")]
    UnconfirmedReleased,
    /// One person could do alone what takes two.
    #[error("a single registrar could enroll staff and end keys alone for some of the night, or all of it")]
    SingleRegistrar,
    /// Samples of the paper audit were given up.
    #[error("samples of the paper audit were announced and then abandoned: {0}")]
    SampleAbandoned(usize),
}

impl Weakness {
    /// The code, which never changes its meaning. `docs/PROBLEMS.md` lists them.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::LogKeyUnvouched => "log-key-unvouched",
            Self::NoQuorum => "no-quorum",
            Self::OwnQuorum => "own-quorum",
            Self::NoCosignature => "no-cosignature",
            Self::Rehearsal => "rehearsal",
            Self::Archive => "archive",
            Self::OlderFold(_) => "older-fold",
            Self::BlockedReleased => "blocked-released",
            Self::UnconfirmedReleased => "unconfirmed-released",
            Self::SingleRegistrar => "single-registrar",
            Self::SampleAbandoned(_) => "sample-abandoned",
        }
    }
}

/// The weaknesses of a report's night; none where nobody can say what the night is.
pub(crate) fn of(report: &Report) -> Vec<Weakness> {
    let Some(night) = &report.night else {
        return Vec::new();
    };
    let abandoned = report.abandoned_samples.len();
    let is_alone = night.registrars == 1 || !report.sole_registrars.is_empty();
    let found = [
        night.vouched.is_empty().then_some(Weakness::LogKeyUnvouched),
        (night.quorum.needed == 0).then_some(Weakness::NoQuorum),
        (night.quorum.needed > 0 && !night.quorum.by_reader).then_some(Weakness::OwnQuorum),
        night.cosigners.is_empty().then_some(Weakness::NoCosignature),
        (night.kind == "rehearsal").then_some(Weakness::Rehearsal),
        (night.kind == "archive").then_some(Weakness::Archive),
        (night.fold < FOLD_VERSION).then_some(Weakness::OlderFold(night.fold)),
        (night.release == "as-listed").then_some(Weakness::BlockedReleased),
        (night.release == "clear").then_some(Weakness::UnconfirmedReleased),
        is_alone.then_some(Weakness::SingleRegistrar),
        (abandoned > 0).then_some(Weakness::SampleAbandoned(abandoned)),
    ];
    found.into_iter().flatten().collect()
}
