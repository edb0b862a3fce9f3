//! Photos, scans and documents: which the log names, which are there, and how they come and go.

mod fault;
mod list;
mod shelf;

use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;
use tallylog_event::FileRef;
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;

pub(crate) use self::fault::PhotoFault;
pub(crate) use self::shelf::Shelf;
use crate::args::Format;
use crate::args::photo::{PhotoCommand, PhotoFetchArgs, PhotoSendArgs, PhotoSourceArgs};
use crate::device::{Device, write_private};
use crate::failure::{Failure, Outcome};
use crate::outbox;
use crate::show;
use crate::source::Asked;

pub(crate) async fn run(command: PhotoCommand) -> Result<Outcome, Failure> {
    match command {
        PhotoCommand::List(args) => list::run(&args, false).await,
        PhotoCommand::Missing(args) => list::run(&args, true).await,
        PhotoCommand::Fetch(args) => fetch(args).await,
        PhotoCommand::Send(args) => send(args).await,
    }
}

impl PhotoSourceArgs {
    /// The server, and in whose name it is asked. Without a device the server was said: the arguments want one of both.
    fn asked(&self) -> Result<Asked, Failure> {
        let asked = Asked::new(
            self.server.as_deref(),
            self.device.as_deref(),
            self.passphrase_file.as_deref(),
        )?;
        asked.ok_or_else(|| Failure::BadUrl(String::new()))
    }
}

/// The files that are for whoever asks.
async fn files(asked: &Asked, request: v1::FilesRequest) -> Result<v1::FilesResponse, Failure> {
    let asking = asked.connect().await?;
    let ask = async |service| {
        let mut cases = CasesClient::new(service).max_decoding_message_size(64 << 20);
        cases.files(request.clone()).await
    };
    asking.ask(ask).await
}

/// A file that was fetched.
#[derive(Serialize)]
struct Fetched {
    hash: String,
    size: u64,
    media_type: String,
    output: String,
}

async fn fetch(args: PhotoFetchArgs) -> Result<Outcome, Failure> {
    let asked = args.source.asked()?;
    let all = files(&asked, v1::FilesRequest::default()).await?;
    let file = named(&all, &args.hash)?;
    let shelf = Shelf::new(asked)?;
    let (wanted, output) = (file.clone(), args.output.clone());
    apart(move || {
        let bytes = shelf.fetch(&wanted)?;
        write_private(&output, &bytes)
    })
    .await?;
    let fetched = Fetched {
        hash: file.hash.to_string(),
        size: file.size,
        media_type: file.media_type.to_string(),
        output: args.output.display().to_string(),
    };
    match args.source.format {
        Format::Json => show::json(&fetched)?,
        Format::Csv => show::csv(&[fetched])?,
        Format::Table => show::data(&format!(
            "{} bytes ({}), whose BLAKE3 hash is the one that the log names, in {}\n",
            show::grouped(fetched.size),
            fetched.media_type,
            fetched.output
        ))?,
    }
    Ok(Outcome::Yes)
}

/// The one file whose hash begins so.
fn named(all: &v1::FilesResponse, beginning: &str) -> Result<FileRef, PhotoFault> {
    let wanted = beginning.to_lowercase();
    let mut found = all
        .files
        .iter()
        .filter_map(|named| list::file(named.file.as_ref()?))
        .filter(|file| file.hash.to_string().starts_with(&wanted));
    let first = found.next().ok_or_else(|| PhotoFault::NoneSuch(beginning.to_owned()))?;
    match found.next() {
        Some(_) => Err(PhotoFault::Several(beginning.to_owned())),
        None => Ok(first),
    }
}

/// A file that the server has by now.
#[derive(Serialize)]
struct Sent {
    file: String,
    hash: String,
    size: u64,
}

/// Sends files that the log names already, in this person's name.
async fn send(args: PhotoSendArgs) -> Result<Outcome, Failure> {
    let read = args.files.iter().map(|path| outbox::document(path));
    let read = read.collect::<Result<Vec<_>, _>>()?;
    let device = Device::open(&args.device)?;
    let shelf = Shelf::of(&device)?;
    let until = Some(Instant::now() + Duration::from_secs(args.patience));
    let mut sent = Vec::new();
    for (path, (file, bytes)) in args.files.iter().zip(read) {
        sent.push(Sent {
            file: path.display().to_string(),
            hash: file.hash.to_string(),
            size: file.size,
        });
        let shelf = shelf.clone();
        apart(move || shelf.send(&file, &bytes, until)).await?;
        show::talk(&format!(
            "{}: sent; the server says that it is on its disk",
            path.display()
        ));
    }
    match args.format {
        Format::Json => show::json(&sent)?,
        Format::Csv => show::csv(&sent)?,
        Format::Table => show::data(&format!("{} sent\n", sent.len()))?,
    }
    Ok(Outcome::Yes)
}

impl Shelf {
    /// The files of a device's server, asked for in the name of its person.
    pub(crate) fn of(device: &Device) -> Result<Self, Failure> {
        Self::new(Asked {
            url: device.about().server.clone(),
            reads: Some(device.signed_reads()),
        })
    }
}

/// The bytes of a file of the outbox, which must be those that an event names.
pub(crate) fn read_signed(file: &FileRef, path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })?;
    if *blake3::hash(&bytes).as_bytes() != file.hash.0 {
        return Err(PhotoFault::Changed(path.to_owned()).into());
    }
    Ok(bytes)
}

/// Work that waits for disk and network without a pause.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}
