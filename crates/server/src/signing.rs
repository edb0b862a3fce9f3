//! Signs checkpoints, apart from appends, and never one that contradicts another.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use std::time::Duration;

use tallylog_event::{Contest, PublicKey, Role, SigningKey};
use tallylog_projection::State;
use tallylog_store::{Checkpoints, Reader};
use tallylog_tlog::{Hash, KeyName, LogKey, LogSigner, Policy, PolicyFault, SignedCheckpoint, Size, prove_consistency};
use tokio::sync::watch;

use crate::clock::ClockGuard;
use crate::cosign::{CosignError, Cosigners, Heard, Witness};
use crate::problem::Problem;

/// How often a checkpoint is signed when there is something new.
pub const INTERVAL: Duration = Duration::from_millis(200);

/// Finds the key for the log's own events that the log names, where it is another than it was at the start.
pub type Successor = Arc<dyn Fn(&PublicKey) -> Option<SigningKey> + Send + Sync>;

/// With what a log signs its own statements, and where it keeps them.
#[derive(Clone)]
pub struct Signing {
    /// The key that signs checkpoints: that of the contest's log.
    pub log: SigningKey,
    /// The key that signs the log's own events.
    pub service: SigningKey,
    /// Looks for the successor's key, where the log names another than `service`.
    pub successor: Successor,
    /// The file of every checkpoint that was ever signed.
    pub checkpoints: PathBuf,
    /// How often a checkpoint is signed when there is something new.
    pub interval: Duration,
    /// Who is asked to cosign every checkpoint.
    pub witnesses: Vec<Witness>,
    /// How many of them must have done so for the server to say that a checkpoint has its quorum.
    pub quorum: usize,
}

/// A checkpoint that is on disk and may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The signed note.
    pub note: SignedCheckpoint,
    /// How many entries it covers.
    pub size: Size,
    /// The root of their tree.
    pub root: Hash,
}

/// Signs checkpoints of one log.
///
/// Invariant: whatever is signed is durable first, lies in the store as it was signed, and is not smaller than what was
/// signed before.
pub(crate) struct Signer {
    settings: Signing,
    /// The successor's key, once it was needed.
    successor: Mutex<Option<SigningKey>>,
    reader: Reader,
    state: Arc<RwLock<Arc<State>>>,
    /// Hears the witnesses' times, where there is one.
    guard: Option<Arc<ClockGuard>>,
    /// Held while a checkpoint is made, so that there is one at a time.
    file: Mutex<Checkpoints>,
    /// The log's key with the name that the contest gave it. The contest may come after the log was opened.
    named: OnceLock<LogSigner>,
    latest: watch::Sender<Option<Arc<Published>>>,
    /// Why nothing more is signed, once that is so.
    halted: OnceLock<Problem>,
    /// Those who ask the witnesses, from when there is a contest on.
    cosigners: OnceLock<Cosigners>,
}

impl Signer {
    /// Opens the file of checkpoints, and compares each of them with the log.
    ///
    /// # Errors
    ///
    /// [`Problem::BehindCheckpoint`] and [`Problem::NotAsSigned`] if the log is not the one that was signed,
    /// [`Problem::OtherLogKey`] if the keys are not the contest's, and what the store says.
    pub(crate) fn open(
        settings: Signing,
        reader: Reader,
        state: Arc<RwLock<Arc<State>>>,
        guard: Option<Arc<ClockGuard>>,
    ) -> Result<Self, Problem> {
        let file = Checkpoints::open(&settings.checkpoints)?;
        let last = file.latest().cloned();
        let signer = Self {
            settings,
            successor: Mutex::new(None),
            reader,
            state,
            guard,
            file: Mutex::new(file),
            named: OnceLock::new(),
            latest: watch::channel(None).0,
            halted: OnceLock::new(),
            cosigners: OnceLock::new(),
        };
        let named = signer.named()?;
        signer.warn_of_service()?;
        if let Some(named) = named {
            signer.independent(named.key())?;
        }
        if let Some(last) = last {
            let named = named.ok_or(Problem::BehindCheckpoint {
                signed: last.unverified().size.0,
                size: 0,
            })?;
            // All of them, since all are shown to whoever asks for the log's history.
            for note in Checkpoints::read(&signer.settings.checkpoints)? {
                signer.recall(note?, named.key())?;
            }
            let published = signer.recall(last, named.key())?;
            signer.latest.send_replace(Some(Arc::new(published)));
        }
        Ok(signer)
    }

    /// Checks that the log still is what was signed.
    fn recall(&self, note: SignedCheckpoint, key: &LogKey) -> Result<Published, Problem> {
        let trusted = note
            .verify(std::slice::from_ref(key), &[])
            .map_err(Problem::BadCheckpoint)?;
        let (size, root) = (trusted.checkpoint().size, trusted.checkpoint().root);
        let durable = self.reader.head().size;
        if size.0 > durable {
            return Err(Problem::BehindCheckpoint {
                signed: size.0,
                size: durable,
            });
        }
        if self.reader.root(size)? != root {
            return Err(Problem::NotAsSigned(size.0));
        }
        Ok(Published { note, size, root })
    }

    /// The signer with the log's name; `None` until there is a contest.
    fn named(&self) -> Result<Option<&LogSigner>, Problem> {
        if let Some(named) = self.named.get() {
            return Ok(Some(named));
        }
        let state = self.state.read().map_err(|_| Problem::LogFailed)?;
        let Some(contest) = state.contest() else {
            return Ok(None);
        };
        let named = name(&self.settings, &state, contest)?;
        Ok(Some(self.named.get_or_init(|| named)))
    }

    /// Signs the durable log, if it has grown since the last time, and keeps the checkpoint. It is not shown yet.
    ///
    /// # Errors
    ///
    /// What the store says, or why nothing more is signed.
    pub(crate) fn sign(&self) -> Result<Option<SignedCheckpoint>, Problem> {
        if let Some(why) = self.halted.get() {
            return Err(why.clone());
        }
        let mut file = self.file.lock().map_err(|_| Problem::LogFailed)?;
        let size = Size(self.reader.head().size);
        let signed = file.latest().map_or(Size(0), |last| last.unverified().size);
        if size <= signed {
            return Ok(None);
        }
        let Some(named) = self.named()? else {
            return Ok(None);
        };
        let note = named.sign_checkpoint(size, self.reader.root(size)?);
        // On disk before anybody sees it: a server that starts again knows what it has said.
        self.keep(&mut file, &note)?;
        Ok(Some(note))
    }

    /// Shows a checkpoint that was signed here, with the cosignatures that it has by now.
    ///
    /// # Errors
    ///
    /// What the store says.
    pub(crate) fn publish(&self, note: SignedCheckpoint) -> Result<(), Problem> {
        let mut file = self.file.lock().map_err(|_| Problem::LogFailed)?;
        if file.latest().is_none_or(|last| *last != note) {
            // A cosignature may come when a later checkpoint has been signed: the later one goes on without it.
            if file.latest().is_some_and(|last| last.unverified() != note.unverified()) {
                return Ok(());
            }
            self.keep(&mut file, &note)?;
        }
        let checkpoint = note.unverified();
        let published = Published {
            size: checkpoint.size,
            root: checkpoint.root,
            note,
        };
        self.latest.send_replace(Some(Arc::new(published)));
        Ok(())
    }

    /// Signs the durable log, if it has grown, and shows the checkpoint at once.
    ///
    /// # Errors
    ///
    /// What [`Signer::sign`] and [`Signer::publish`] say.
    pub(crate) fn sign_and_publish(&self) -> Result<(), Problem> {
        self.sign()?.map_or(Ok(()), |note| self.publish(note))
    }

    fn keep(&self, file: &mut Checkpoints, note: &SignedCheckpoint) -> Result<(), Problem> {
        file.append(note).map_err(|error| {
            // Nothing of it was shown or kept, so another may be signed once there is room.
            if error.is_full() {
                return error.into();
            }
            tracing::error!(code = error.code(), %error, "a checkpoint could not be kept");
            self.halt(error.into())
        })
    }

    /// Signs nothing more.
    pub(crate) fn halt(&self, why: Problem) -> Problem {
        let why = self.halted.get_or_init(|| why).clone();
        // Whoever waits for a checkpoint is told that there will be none.
        self.latest.send_modify(|_| {});
        why
    }

    /// Why nothing more is signed, if that is so.
    pub(crate) fn halted(&self) -> Option<Problem> {
        self.halted.get().cloned()
    }

    /// The latest checkpoint that is shown, and news of it.
    pub(crate) fn latest(&self) -> watch::Receiver<Option<Arc<Published>>> {
        self.latest.subscribe()
    }

    /// The log's verifier key; `None` until there is a contest.
    pub(crate) fn key(&self) -> Result<Option<LogKey>, Problem> {
        Ok(self.named()?.map(|named| named.key().clone()))
    }

    /// The key for the log's own events, as `state` names it.
    ///
    /// # Errors
    ///
    /// [`Problem::NoServiceKey`] if that key was revoked, or is not here.
    pub(crate) fn service(&self, state: &State) -> Result<SigningKey, Problem> {
        let named = state.service().ok_or(Problem::Empty)?;
        if let revoked @ Some(_) = state.key(&named).and_then(|key| key.revoked) {
            return Err(Problem::NoServiceKey { revoked });
        }
        let mut successor = self.successor.lock().map_err(|_| Problem::LogFailed)?;
        let is_named = |key: &&SigningKey| PublicKey::of(key) == named;
        let known = [Some(&self.settings.service), successor.as_ref()];
        if let Some(key) = known.into_iter().flatten().find(is_named) {
            return Ok(key.clone());
        }
        // What was found once is kept: the folder is not looked into for every event.
        *successor = (self.settings.successor)(&named);
        successor.clone().ok_or(Problem::NoServiceKey { revoked: None })
    }

    /// A server without the key serves, takes and signs checkpoints all the same: two persons may give it another.
    fn warn_of_service(&self) -> Result<(), Problem> {
        let state = self.state.read().map_err(|_| Problem::LogFailed)?;
        if let Err(problem @ Problem::NoServiceKey { .. }) = self.service(&state) {
            tracing::warn!(code = problem.code(), "{problem}");
        }
        Ok(())
    }

    pub(crate) const fn interval(&self) -> Duration {
        self.settings.interval
    }

    pub(crate) const fn quorum(&self) -> usize {
        self.settings.quorum
    }

    pub(crate) const fn file(&self) -> &PathBuf {
        &self.settings.checkpoints
    }

    /// The witnesses that were asked the last time, where nobody is asked now.
    pub(crate) fn former_policy(&self) -> Option<Policy> {
        Policy::parse(&fs::read(self.policy_file()).ok()?).ok()
    }

    fn policy_file(&self) -> PathBuf {
        self.settings.checkpoints.with_file_name("policy")
    }

    /// Those who ask the witnesses, if there are any to ask.
    pub(crate) fn cosigners(&self) -> Option<&Cosigners> {
        self.cosigners.get()
    }

    /// Wants no witness to be the log, its service or a registrar: it would cosign whatever its own other key did. Of keys
    /// that were revoked as well, since nobody else has them for that.
    fn independent(&self, log: &LogKey) -> Result<(), Problem> {
        let state = Arc::clone(&*self.state.read().map_err(|_| Problem::LogFailed)?);
        for witness in self.settings.witnesses.iter().map(Witness::key) {
            let key = witness.public_key();
            let owner = state.key(&PublicKey(*key));
            let is_own = owner.is_some_and(|owner| matches!(owner.role, Role::Registrar | Role::Service));
            if key == log.public_key() {
                return Err(Problem::BadWitnesses(PolicyFault::WitnessIsLog.into()));
            }
            if is_own {
                let fault = CosignError::NotIndependent(witness.name().clone());
                return Err(Problem::BadWitnesses(fault));
            }
        }
        Ok(())
    }

    /// Begins to ask the witnesses, as soon as the log has a name.
    pub(crate) fn start_cosigners(&self) -> Result<(), Problem> {
        let Some(named) = self
            .named()?
            .filter(|_| self.cosigners.get().is_none() && !self.settings.witnesses.is_empty())
        else {
            return Ok(());
        };
        self.independent(named.key())?;
        let nodes = self.reader.nodes();
        let prove = Arc::new(move |old, new| prove_consistency(old, new, &nodes).ok());
        let witnesses = self.settings.witnesses.clone();
        let guard = self.guard.clone();
        let heard: Heard = Arc::new(move |witness, at| {
            if let Some(guard) = &guard {
                guard.heard(witness, at);
            }
        });
        let started = Cosigners::start(named.key().clone(), witnesses, self.settings.quorum, prove, heard);
        let cosigners = started.map_err(Problem::BadWitnesses)?;
        // For whoever makes a bundle of the folder later, and must know whose cosignatures these are.
        match tallylog_store::replace(&self.policy_file(), &cosigners.policy().encode()) {
            Err(error) if error.is_full() => tracing::warn!(code = error.code(), %error, "the policy was not kept"),
            kept => kept?,
        }
        let _there = self.cosigners.set(cosigners);
        Ok(())
    }
}

fn name(settings: &Signing, state: &State, contest: &Contest) -> Result<LogSigner, Problem> {
    // Where the service's key can have a successor, another key than the contest's is no mistake.
    let is_service = state.has_acts() || PublicKey::of(&settings.service) == contest.service;
    if PublicKey::of(&settings.log) != contest.log.key || !is_service {
        return Err(Problem::OtherLogKey);
    }
    let origin = KeyName::new(contest.log.origin.as_str()).map_err(Problem::BadOrigin)?;
    Ok(LogSigner::new(origin, settings.log.clone()))
}
