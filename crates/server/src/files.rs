//! Photos and documents over HTTP: fetched whole, and sent piece by piece.
//!
//! `HEAD` says how far a file has come, `PATCH` goes on from there, and `GET` fetches it: resumable uploads in their simplest
//! form (draft-ietf-httpbis-resumable-upload). A file is taken because an event of the log names it by its hash, and it is
//! the file when its bytes have that hash; who sent it makes no difference to what it is.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use tallylog_event::FileHash;
use tallylog_store::{FileId, Progress, StoreError, Upload};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use crate::Log;
use crate::access::Reader;
use crate::apart::apart;
use crate::http;
use crate::problem::Problem;
use crate::shelf::{FileProblem, LARGEST_FILE, Shelf, Shown, Taken};

/// How long the next piece of a file is waited for, in both directions.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many bytes are read and sent at a time.
const PIECE: usize = 64 << 10;

const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_COMPLETE: HeaderName = HeaderName::from_static("upload-complete");

/// What a page can do with a file that it opens: show it, and nothing else.
const INERT: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// What is public stays so, and a hash has one file. Whatever is for one reader is marked as private at the door.
const IMMUTABLE: HeaderValue = HeaderValue::from_static(http::IMMUTABLE);
const ANYBODY: HeaderValue = HeaderValue::from_static("*");

/// The media types that are given out as events say, each with the end of a file's name. An event may say anything: what is
/// not here is given out as bytes.
const KINDS: [(&str, &str); 6] = [
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/webp", "webp"),
    ("image/heic", "heic"),
    ("image/heif", "heif"),
    ("application/pdf", "pdf"),
];
const BYTES: (&str, &str) = ("application/octet-stream", "bin");

/// The route of files.
pub(crate) fn routes() -> Router<Log> {
    Router::new().route("/file/{hash}", get(fetch).head(ask).patch(take))
}

/// Fetches a file. Every byte of it was hashed before the first is sent.
async fn fetch(
    State(log): State<Log>,
    Extension(reader): Extension<Reader>,
    Path(hash): Path<String>,
) -> Result<Response, Problem> {
    let hash = parse(&hash)?;
    let shelf = Arc::clone(log.shelf()?);
    let place = shelf.place(&reader)?;
    let (shown, file) = apart(move || {
        let shown = shelf.find(&*log.state()?, &reader, &hash, None)?;
        let file = shelf.files.read(shown.id)?;
        Ok((shown, file))
    })
    .await?;
    Ok((head(&shown), stream(file, place)).into_response())
}

/// Says how far a file has come. Of one that is whole every byte is hashed: whoever hears that it is here may rely on it.
async fn ask(
    State(log): State<Log>,
    Extension(reader): Extension<Reader>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let hash = parse(&hash)?;
    let length = number(&headers, &UPLOAD_LENGTH)?;
    let shelf = Arc::clone(log.shelf()?);
    let _place = shelf.place(&reader)?;
    let (shown, come) = apart(move || {
        let shown = shelf.find(&*log.state()?, &reader, &hash, length)?;
        let come = come(&shelf, &reader, &shown)?;
        Ok((shown, come))
    })
    .await?;
    let kind = match come {
        Progress::Whole => head(&shown),
        Progress::Partial(_) => HeaderMap::from_iter([(CACHE_CONTROL, NO_STORE)]),
    };
    let length = [(UPLOAD_LENGTH, HeaderValue::from(shown.id.size))];
    Ok((kind, progress(shown.id, come), length).into_response())
}

/// How much of a file is here: all of it, or what this reader has sent.
fn come(shelf: &Shelf, reader: &Reader, shown: &Shown) -> Result<Progress, Problem> {
    match shelf.files.read(shown.id).map_err(Problem::from) {
        Ok(_) => Ok(Progress::Whole),
        Err(Problem::File(FileProblem::NotHere | FileProblem::Damaged)) if shown.is_theirs => {
            let offset = shelf.files.offset(shown.id, &reader.known()?.key.0);
            Ok(Progress::Partial(offset))
        }
        Err(problem) => Err(problem),
    }
}

/// Takes the next bytes of a file. Nothing is answered before what has come is on disk.
async fn take(
    State(log): State<Log>,
    Extension(reader): Extension<Reader>,
    Path(hash): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let hash = parse(&hash)?;
    let missing = || FileProblem::MalformedUpload;
    let offset = number(&headers, &UPLOAD_OFFSET)?.ok_or_else(missing)?;
    let length = number(&headers, &UPLOAD_LENGTH)?.ok_or_else(missing)?;
    let shelf = Arc::clone(log.shelf()?);
    let _place = shelf.place(&reader)?;
    let announced = FileId {
        hash: hash.0,
        size: length,
    };
    let at = Arc::clone(&shelf);
    let (upload, room) = apart(move || begin(&log, &at, &reader, announced, offset)).await?;
    let upload = receive(&shelf, upload, body).await?;
    let come = apart(move || {
        let come = upload.end().map_err(unwritten)?;
        if come == Progress::Whole {
            room.settle();
        }
        Ok(come)
    })
    .await?;
    let kept = [(CACHE_CONTROL, NO_STORE)];
    Ok((StatusCode::NO_CONTENT, kept, progress(announced, come)).into_response())
}

fn begin(
    log: &Log,
    shelf: &Arc<Shelf>,
    reader: &Reader,
    announced: FileId,
    offset: u64,
) -> Result<(Upload, Taken), Problem> {
    let known = reader.known()?;
    let hash = FileHash(announced.hash);
    let shown = shelf.find(&*log.state()?, reader, &hash, Some(announced.size))?;
    if !shown.is_theirs {
        return Err(FileProblem::NotTheirs.into());
    }
    if announced.size > LARGEST_FILE {
        return Err(FileProblem::TooLarge(announced.size).into());
    }
    if offset == 0 {
        shelf.sweep()?;
    }
    // What is here already needs no room, and whoever sends it again is told so.
    if shelf.files.holds(shown.id) {
        return Err(FileProblem::OtherOffset(shown.id.size).into());
    }
    let room = shelf.room_for(&*log.state()?, known, shown.id, offset)?;
    let upload = shelf.files.resume(shown.id, &known.key.0, offset).map_err(unwritten)?;
    Ok((upload, room))
}

/// Senders are not told where files lie.
fn unwritten(error: StoreError) -> Problem {
    if error.is_full() {
        tracing::warn!(code = error.code(), %error, "a file could not be taken");
        return Problem::DiskFull;
    }
    error.into()
}

/// Writes what comes until the sender has ended, or has gone: what had come by then is kept.
async fn receive(shelf: &Arc<Shelf>, mut upload: Upload, body: Body) -> Result<Upload, Problem> {
    let mut pieces = body.into_data_stream();
    while let Ok(Some(Ok(piece))) = tokio::time::timeout(PATIENCE, pieces.next()).await {
        let shelf = Arc::clone(shelf);
        upload = apart(move || {
            shelf.room_for_more()?;
            upload.write(&piece).map_err(unwritten)?;
            Ok(upload)
        })
        .await?;
    }
    Ok(upload)
}

/// The bytes of a file, as fast as they are read at the other end; a reader who does not read is let go.
fn stream(file: File, place: OwnedSemaphorePermit) -> Body {
    let (pieces, read) = mpsc::channel(2);
    tokio::spawn(async move {
        let _place = place;
        let mut left = Some(file);
        while let Some(mut file) = left.take() {
            let read = tokio::task::spawn_blocking(move || piece(&mut file).map(|piece| (piece, file)));
            let (piece, more) = match read.await.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into())) {
                Ok((piece, _)) if piece.is_empty() => return,
                Ok((piece, file)) => (Ok(piece), Some(file)),
                Err(error) => (Err(error), None),
            };
            if !matches!(tokio::time::timeout(PATIENCE, pieces.send(piece)).await, Ok(Ok(()))) {
                return;
            }
            left = more;
        }
    });
    Body::from_stream(ReceiverStream::new(read))
}

fn piece(file: &mut File) -> io::Result<Bytes> {
    let mut piece = vec![0; PIECE];
    let read = file.read(&mut piece)?;
    piece.truncate(read);
    Ok(piece.into())
}

/// What goes with a file, so that a browser takes it for what it is, and for nothing that it could run.
fn head(shown: &Shown) -> HeaderMap {
    let known = KINDS.iter().find(|(kind, _)| *kind == shown.media_type);
    let (kind, end) = known.copied().unwrap_or(BYTES);
    let name = format!("attachment; filename=\"{}.{end}\"", FileHash(shown.id.hash));
    let name = HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment"));
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_LENGTH, shown.id.size.into()),
        (CONTENT_DISPOSITION, name),
        (CONTENT_SECURITY_POLICY, INERT),
        (X_CONTENT_TYPE_OPTIONS, NOSNIFF),
        (CACHE_CONTROL, IMMUTABLE),
        (ACCESS_CONTROL_ALLOW_ORIGIN, ANYBODY),
    ])
}

fn progress(file: FileId, come: Progress) -> [(HeaderName, HeaderValue); 2] {
    let (offset, complete) = match come {
        Progress::Whole => (file.size, "?1"),
        Progress::Partial(offset) => (offset, "?0"),
    };
    [
        (UPLOAD_OFFSET, offset.into()),
        (UPLOAD_COMPLETE, HeaderValue::from_static(complete)),
    ]
}

fn parse(hash: &str) -> Result<FileHash, Problem> {
    let is_spelled = hash
        .bytes()
        .all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit));
    let parsed = blake3::Hash::from_hex(hash).ok().filter(|_| is_spelled);
    parsed
        .map(|hash| FileHash(*hash.as_bytes()))
        .ok_or(FileProblem::Unknown.into())
}

/// A header with a number; `None` where it did not come.
fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| FileProblem::MalformedUpload)?;
    text.parse().map(Some).map_err(|_| FileProblem::MalformedUpload.into())
}
