//! A log that is open: takes events, and shows what is durable.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock, RwLock, RwLockReadGuard};
use std::thread::JoinHandle;

use tallylog_event::{EntryHash, EntryIndex, Envelope, PublicKey, SubmissionId, UnixMillis};
use tallylog_projection::{Fold, Signatures, State};
use tallylog_store::{Reader, Store};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

use crate::clock;
use crate::codes::CodeSecret;
use crate::limits::{Limit, grouped};
use crate::notebook::Notebook;
use crate::problem::Problem;
use crate::replay::Replay;
use crate::sequencer::{Job, Order, Receipt, Sequencer};
use crate::shelf::{FileProblem, Shelf, Shelving};
use crate::signing::{Signer, Signing};

/// How many events may wait. Beyond that senders are told to come back.
pub const QUEUE: usize = 16_384;

/// The limits of the queue.
pub(crate) fn limits() -> Vec<Limit> {
    let queue = u64::try_from(QUEUE).unwrap_or(u64::MAX);
    vec![
        Limit::new("events that wait to be looked at", grouped(queue))
            .flag("--queue")
            .code("busy"),
    ]
}

/// What will receive the answer to an event.
pub type Answer = oneshot::Receiver<Result<Receipt, Problem>>;

/// A log that is open for writing and reading.
#[derive(Clone)]
pub struct Log {
    orders: Sender<Order>,
    /// Why the writer takes nothing more, once it does not.
    ended: Arc<OnceLock<Problem>>,
    places: Arc<Semaphore>,
    published: Arc<RwLock<State>>,
    size: watch::Receiver<u64>,
    reader: Reader,
    /// Absent where nothing is signed.
    pub(crate) signer: Option<Arc<Signer>>,
    /// Absent where nothing is noted.
    notebook: Option<Arc<Notebook>>,
    /// Absent where no enrolment codes are made.
    codes: Option<CodeSecret>,
    /// Absent where no files are kept.
    shelf: Option<Arc<Shelf>>,
}

/// The writer's thread.
#[derive(Debug)]
pub struct Writer {
    orders: Sender<Order>,
    thread: JoinHandle<Result<(), Problem>>,
}

/// How a log is opened.
#[derive(Clone)]
pub struct Settings {
    /// How many events may wait.
    pub queue: usize,
    /// Where received times come from.
    pub clock: Clock,
    /// With what the log signs checkpoints and its own events; without it, it signs none.
    pub signing: Option<Signing>,
    /// The file of the private notebook, made where there is none; without it, nothing can be noted.
    pub notebook: Option<PathBuf>,
    /// What enrolment codes are made from; without it, there are none.
    pub codes: Option<CodeSecret>,
    /// Where photos and documents are kept; without it, none are taken or given out.
    pub files: Option<Shelving>,
}

/// What opening a log makes before its writer starts.
struct Prepared {
    fold: Fold,
    published: Arc<RwLock<State>>,
    signer: Option<Arc<Signer>>,
    notebook: Option<Arc<Notebook>>,
    shelf: Option<Arc<Shelf>>,
}

/// Where received times come from: the system, or the night that is simulated.
pub type Clock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue: QUEUE,
            clock: Arc::new(clock::now),
            signing: None,
            notebook: None,
            codes: None,
            files: None,
        }
    }
}

impl Log {
    /// Opens the log of a folder, replays it, and starts its writer.
    ///
    /// # Errors
    ///
    /// [`Problem::Damaged`] if an entry is not what it must be; [`Problem::BehindCheckpoint`] and its like if the log is
    /// not the one over which the last checkpoint was signed.
    pub fn open(store: Store, settings: Settings) -> Result<(Self, Writer), Problem> {
        match Self::prepare(&store, &settings) {
            Ok(prepared) => Self::start(store, prepared, settings),
            Err(problem) => {
                store.close()?;
                Err(problem)
            }
        }
    }

    fn prepare(store: &Store, settings: &Settings) -> Result<Prepared, Problem> {
        let fold = Replay::of(&store.reader(), Signatures::Trust)?;
        let published = Arc::new(RwLock::new(fold.state().clone()));
        let signing = settings.signing.clone();
        let signer = signing
            .map(|signing| Signer::open(signing, store.reader(), Arc::clone(&published)))
            .transpose()?;
        let notebook = settings.notebook.as_deref().map(Notebook::open).transpose()?;
        let shelf = settings.files.as_ref().map(Shelf::open).transpose()?;
        Ok(Prepared {
            fold,
            published,
            signer: signer.map(Arc::new),
            notebook: notebook.map(Arc::new),
            shelf: shelf.map(Arc::new),
        })
    }

    fn start(store: Store, prepared: Prepared, settings: Settings) -> Result<(Self, Writer), Problem> {
        let Prepared {
            fold,
            published,
            signer,
            notebook,
            shelf,
        } = prepared;
        let reader = store.reader();
        let head = store.head();
        let (size, sizes) = watch::channel(head.size);
        let (orders, queue) = channel();
        let ended = Arc::new(OnceLock::new());
        let sequencer = Sequencer {
            last: EntryHash(head.last),
            store,
            fold,
            published: Arc::clone(&published),
            size,
            clock: settings.clock,
            signer: signer.clone(),
            results: Vec::new(),
            committed_at: None,
            uncommitted: None,
        };
        let why = Arc::clone(&ended);
        let thread = std::thread::Builder::new()
            .name("sequencer".to_owned())
            .spawn(move || {
                let outcome = sequencer.run(&queue);
                // Before the queue goes, and with it whoever still waits there.
                why.get_or_init(|| outcome.clone().err().unwrap_or(Problem::Stopping));
                outcome
            })
            .map_err(|_| Problem::LogFailed)?;
        let writer = Writer {
            orders: orders.clone(),
            thread,
        };
        let log = Self {
            orders,
            ended,
            places: Arc::new(Semaphore::new(settings.queue)),
            published,
            size: sizes,
            reader,
            signer,
            notebook,
            codes: settings.codes,
            shelf,
        };
        Ok((log, writer))
    }

    /// Opens the log in `dir`, or makes one.
    ///
    /// # Errors
    ///
    /// The same as [`Log::open`].
    pub fn open_or_create(dir: &Path, settings: Settings) -> Result<(Self, Writer), Problem> {
        let store = if dir.exists() {
            Store::open(dir)?
        } else {
            Store::create(dir)?
        };
        Self::open(store, settings)
    }

    /// Takes an event. Returns once it is on disk.
    ///
    /// Events are sequenced in the order in which this is called; signatures are checked meanwhile, on all cores.
    ///
    /// # Errors
    ///
    /// The refusal, or [`Problem::Busy`] with nothing decided when too many are waiting.
    pub async fn submit(&self, envelope: Envelope) -> Result<Receipt, Problem> {
        self.enqueue(envelope)?.await.unwrap_or_else(|_| Err(self.ended()))
    }

    /// Puts an event into the queue at once, and returns what will receive its answer.
    ///
    /// # Errors
    ///
    /// [`Problem::Busy`] when too many are waiting; [`Problem::Stopping`] or [`Problem::LogFailed`] when the writer has
    /// ended.
    pub fn enqueue(&self, envelope: Envelope) -> Result<Answer, Problem> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| Problem::Busy)?;
        self.enqueue_at(place, envelope)
    }

    /// The same, but waits for a place in the queue: for a stream, whose events must keep their order.
    ///
    /// # Errors
    ///
    /// [`Problem::Stopping`] or [`Problem::LogFailed`] when the writer has ended.
    pub async fn enqueue_in_turn(&self, envelope: Envelope) -> Result<Answer, Problem> {
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| Problem::Stopping)?;
        self.enqueue_at(place, envelope)
    }

    fn enqueue_at(&self, place: OwnedSemaphorePermit, envelope: Envelope) -> Result<Answer, Problem> {
        let (verdict, verified) = oneshot::channel();
        let (answer, receipt) = oneshot::channel();
        let job = Job {
            verified,
            answer,
            place,
        };
        self.orders.send(Order::Take(job)).map_err(|_| self.ended())?;
        rayon::spawn(move || {
            let _stopped = verdict.send(envelope.verify());
        });
        Ok(receipt)
    }

    /// The entry of an author's submission, as the writer knows it.
    pub(crate) async fn ask_writer(
        &self,
        author: PublicKey,
        submission: SubmissionId,
    ) -> Result<Option<EntryIndex>, Problem> {
        let (answer, found) = oneshot::channel();
        let order = Order::Find {
            author,
            submission,
            answer,
        };
        self.orders.send(order).map_err(|_| self.ended())?;
        found.await.map_err(|_| self.ended())
    }

    /// Commits to the figures of everything that is recorded by now; says where.
    ///
    /// # Errors
    ///
    /// [`Problem::CommittedRecently`] if somebody asked for that a moment ago.
    pub async fn commit(&self) -> Result<EntryIndex, Problem> {
        let (answer, committed) = oneshot::channel();
        self.orders.send(Order::Commit { answer }).map_err(|_| self.ended())?;
        committed.await.unwrap_or_else(|_| Err(self.ended()))
    }

    /// Why an event was not taken: the writer has ended, or is about to.
    #[must_use]
    pub fn ended(&self) -> Problem {
        self.ended.get().cloned().unwrap_or(Problem::Stopping)
    }

    /// The durable state. Hold it no longer than a query takes: the writer waits for it.
    ///
    /// # Errors
    ///
    /// [`Problem::LogFailed`] when the writer has stopped in the middle.
    pub fn state(&self) -> Result<RwLockReadGuard<'_, State>, Problem> {
        self.published.read().map_err(|_| Problem::LogFailed)
    }

    /// The size of the durable log, and news of it.
    #[must_use]
    pub fn sizes(&self) -> watch::Receiver<u64> {
        self.size.clone()
    }

    /// The private notebook.
    pub(crate) fn notebook(&self) -> Result<&Notebook, Problem> {
        self.notebook.as_deref().ok_or(Problem::NoNotebook)
    }

    /// What enrolment codes are made from.
    pub(crate) fn codes(&self) -> Result<&CodeSecret, Problem> {
        self.codes.as_ref().ok_or(Problem::NoCodes)
    }

    /// Photos and documents.
    pub(crate) fn shelf(&self) -> Result<&Arc<Shelf>, Problem> {
        self.shelf.as_ref().ok_or(FileProblem::NotKept.into())
    }

    /// The entries on disk.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }
}

impl Writer {
    /// Lets the writer write everything that was sent to it before, seal the store and end. Whoever sends more is told
    /// that the server is stopping.
    ///
    /// # Errors
    ///
    /// What stopped it.
    pub fn join(self) -> Result<(), Problem> {
        let _ended = self.orders.send(Order::Stop);
        self.thread.join().unwrap_or(Err(Problem::LogFailed))
    }
}
