//! A log that is open: takes events, and shows what is durable.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock, RwLock};
use std::thread::JoinHandle;

use tallylog_event::{EntryHash, EntryIndex, Envelope, PublicKey, SubmissionId, UnixMillis};
use tallylog_projection::{Fold, Signatures, State};
use tallylog_store::{Reader, Store};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

use crate::books::{Again, Books};
use crate::clock::{self, ClockGuard, Guarding, Stamps};
use crate::codes::CodeSecret;
use crate::committed::Trees;
use crate::gate::{Allowances, Enrolling, Gate, Open, Rates, Sender as Remote, Uptime, WhenFull, uptime};
use crate::limits::{Limit, grouped};
use crate::notebook::{Begun, Notebook};
use crate::problem::Problem;
use crate::replay::Replay;
use crate::room::{Budget, Reserve};
use crate::sequencer::{Job, Order, Place, Receipt, Sequencer};
use crate::shelf::{FileProblem, Quotas, Shelf, Shelving};
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
    gate: Arc<Gate>,
    published: Arc<RwLock<Arc<State>>>,
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
    /// The results trees that proofs were asked for in.
    pub(crate) trees: Arc<Trees>,
    /// Absent where the clock is believed whatever it says.
    guard: Option<Arc<ClockGuard>>,
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
    /// Where received times come from, unless the clock is guarded.
    pub clock: Clock,
    /// How the clock is guarded; without it, it is believed whatever it says.
    pub guarding: Option<Guarding>,
    /// With what the log signs checkpoints and its own events; without it, it signs none.
    pub signing: Option<Signing>,
    /// The file of the private notebook, made where there is none; without it, nothing can be noted.
    pub notebook: Option<PathBuf>,
    /// What enrolment codes are made from; without it, there are none.
    pub codes: Option<CodeSecret>,
    /// Where photos and documents are kept; without it, none are taken or given out.
    pub files: Option<Shelving>,
    /// How much of the disk is kept free for the log.
    pub reserve: Reserve,
    /// How many bytes of files people may have on it.
    pub quotas: Quotas,
    /// How much each key may say in an hour over the network.
    pub allowances: Allowances,
    /// By which clock an hour is measured.
    pub uptime: Uptime,
}

/// What opening a log makes before its writer starts.
struct Prepared {
    reader: Reader,
    fold: Fold,
    published: Arc<RwLock<Arc<State>>>,
    signer: Option<Arc<Signer>>,
    notebook: Option<Arc<Notebook>>,
    shelf: Option<Arc<Shelf>>,
    guard: Option<Arc<ClockGuard>>,
}

/// Where received times come from: the system, or the night that is simulated.
pub type Clock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue: QUEUE,
            clock: Arc::new(clock::now),
            guarding: None,
            signing: None,
            notebook: None,
            codes: None,
            files: None,
            reserve: Reserve::default(),
            quotas: Quotas::default(),
            allowances: Allowances::DEFAULT,
            uptime: uptime(),
        }
    }
}

impl Log {
    /// Opens the log of a folder, replays it, and starts its writer.
    ///
    /// Of a store that is open for reading alone everything is answered and nothing is taken, until its disk has room:
    /// then the writer opens it by itself.
    ///
    /// # Errors
    ///
    /// [`Problem::Damaged`] if an entry is not what it must be; [`Problem::BehindCheckpoint`] and its like if the log is
    /// not the one over which the last checkpoint was signed.
    pub fn open(store: impl Into<Books>, settings: Settings) -> Result<(Self, Writer), Problem> {
        let books = store.into();
        match Self::prepare(&books, &settings) {
            Ok(prepared) => Self::start(books, prepared, settings),
            Err(problem) => {
                books.close()?;
                Err(problem)
            }
        }
    }

    fn prepare(books: &Books, settings: &Settings) -> Result<Prepared, Problem> {
        let reader = books.reader()?;
        let fold = Replay::of(&reader, Signatures::Trust)?;
        let published = Arc::new(RwLock::new(Arc::new(fold.state().clone())));
        let last = fold.state().last_received_at();
        let guard = settings
            .guarding
            .as_ref()
            .map(|guarding| Arc::new(ClockGuard::new(guarding, last)));
        let signing = settings.signing.clone();
        let signer = signing
            .map(|signing| Signer::open(signing, reader.clone(), Arc::clone(&published), guard.clone()))
            .transpose()?;
        let notebook = settings.notebook.as_deref();
        let begun = Begun {
            size: fold.state().size(),
            at_ms: clock::now().0,
        };
        let notebook = notebook
            .map(|path| Notebook::open(path, settings.reserve.clone(), begun))
            .transpose()?;
        let shelf = settings.files.as_ref();
        let shelf = shelf
            .map(|shelving| Shelf::open(shelving, settings.reserve.clone(), settings.quotas, fold.state()))
            .transpose()?;
        Ok(Prepared {
            reader,
            fold,
            published,
            signer: signer.map(Arc::new),
            notebook: notebook.map(Arc::new),
            shelf: shelf.map(Arc::new),
            guard,
        })
    }

    fn start(books: Books, prepared: Prepared, settings: Settings) -> Result<(Self, Writer), Problem> {
        let Prepared {
            reader,
            fold,
            published,
            signer,
            notebook,
            shelf,
            guard,
        } = prepared;
        let head = books.head();
        let (size, sizes) = watch::channel(head.size);
        let (orders, queue) = channel();
        let ended = Arc::new(OnceLock::new());
        let gate = Arc::new(Gate::new(Open {
            fold: &fold,
            reader: reader.clone(),
            size: sizes.clone(),
            orders: orders.clone(),
            queue: settings.queue,
            rates: Rates::new(settings.allowances, settings.uptime),
            notebook: notebook.clone(),
        }));
        let sequencer = Sequencer {
            last: EntryHash(head.last),
            budget: Budget::new(settings.reserve, books.dir()),
            again: Again::new(),
            books,
            reader: reader.clone(),
            fold,
            published: Arc::clone(&published),
            size,
            stamps: stamps(guard.clone(), settings.clock),
            gate: Arc::clone(&gate),
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
            gate,
            published,
            size: sizes,
            reader,
            signer,
            notebook,
            codes: settings.codes,
            shelf,
            trees: Arc::default(),
            guard,
        };
        Ok((log, writer))
    }

    /// Opens the log in `dir`, or makes one.
    ///
    /// # Errors
    ///
    /// The same as [`Log::open`].
    pub fn open_or_create(dir: &Path, settings: Settings) -> Result<(Self, Writer), Problem> {
        let books = if dir.exists() {
            Books::at(dir, &settings.reserve)?
        } else {
            Store::create(dir)?.into()
        };
        Self::open(books, settings)
    }

    /// Takes an event. Returns once it is on disk.
    ///
    /// Events are sequenced in the order in which this is called; signatures are checked meanwhile, on all cores.
    ///
    /// # Errors
    ///
    /// The refusal, or [`Problem::Busy`] with nothing decided when too many are waiting.
    pub async fn submit(&self, envelope: Envelope) -> Result<Receipt, Problem> {
        self.settled(self.enqueue(envelope)?).await
    }

    /// The same, of an event by which the server enrols a key: whatever that key says from now on comes after it.
    pub(crate) async fn submit_enrolling(&self, key: PublicKey, envelope: Envelope) -> Result<Receipt, Problem> {
        let place = self.place()?;
        let enrolling = self.gate.enrolments.at_writer(key);
        self.settled(self.enqueue_at(place, Some(enrolling), envelope)?).await
    }

    /// Takes an event of somebody who sends over the network, and returns what will receive its answer.
    ///
    /// # Errors
    ///
    /// The refusal, or [`Problem::Busy`] with nothing decided when the sender has too many waiting.
    pub(crate) async fn take(&self, sender: &Remote, envelope: Envelope, when: WhenFull) -> Result<Answer, Problem> {
        self.gate.take(sender, envelope, when).await
    }

    /// The outcome, when it is there.
    pub(crate) async fn settled(&self, answer: Answer) -> Result<Receipt, Problem> {
        answer.await.unwrap_or_else(|_| Err(self.ended()))
    }

    /// Waits until an entry that the writer has taken is on disk.
    ///
    /// # Errors
    ///
    /// [`Problem::Stopping`] or [`Problem::LogFailed`] when the writer has ended before.
    pub(crate) async fn durable(&self, entry: EntryIndex) -> Result<(), Problem> {
        let mut sizes = self.size.clone();
        let reached = sizes.wait_for(|size| *size > entry.0).await;
        reached.map(|_| ()).map_err(|_| self.ended())
    }

    /// Puts an event into the queue at once, and returns what will receive its answer.
    ///
    /// # Errors
    ///
    /// [`Problem::Busy`] when too many are waiting; [`Problem::Stopping`] or [`Problem::LogFailed`] when the writer has
    /// ended.
    pub fn enqueue(&self, envelope: Envelope) -> Result<Answer, Problem> {
        self.enqueue_at(self.place()?, None, envelope)
    }

    fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let places = Arc::clone(&self.places);
        places.try_acquire_owned().map_err(|_| Problem::Busy)
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
        self.enqueue_at(place, None, envelope)
    }

    fn enqueue_at(
        &self,
        place: OwnedSemaphorePermit,
        enrolling: Option<Enrolling>,
        envelope: Envelope,
    ) -> Result<Answer, Problem> {
        let (verdict, verified) = oneshot::channel();
        let (answer, receipt) = oneshot::channel();
        let job = Job {
            verified,
            answer,
            place: Place::Inside(place, enrolling),
            is_charged: false,
        };
        self.orders.send(Order::Take(job)).map_err(|_| self.ended())?;
        rayon::spawn(move || {
            let _stopped = verdict.send(envelope.verify().map_err(Problem::from));
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

    /// Does what was left undone while the clock was not believed.
    pub(crate) fn resume(&self) {
        let _ended = self.orders.send(Order::Resume);
    }

    /// What guards the clock, if it is guarded.
    #[must_use]
    pub const fn clock_guard(&self) -> Option<&Arc<ClockGuard>> {
        self.guard.as_ref()
    }

    /// Why nothing is stamped with a time now, if that is so.
    pub(crate) fn doubts_clock(&self) -> Option<Problem> {
        self.guard.as_ref()?.time().err()
    }

    /// Why an event was not taken: the writer has ended, or is about to.
    #[must_use]
    pub fn ended(&self) -> Problem {
        self.ended.get().cloned().unwrap_or(Problem::Stopping)
    }

    /// The durable state. The log goes on without whoever holds it.
    ///
    /// # Errors
    ///
    /// [`Problem::LogFailed`] when the writer has stopped in the middle.
    pub fn state(&self) -> Result<Arc<State>, Problem> {
        let published = self.published.read().map_err(|_| Problem::LogFailed)?;
        Ok(Arc::clone(&published))
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

fn stamps(guard: Option<Arc<ClockGuard>>, clock: Clock) -> Stamps {
    match guard {
        Some(guard) => Arc::new(move || guard.time()),
        None => Arc::new(move || Ok(clock())),
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
