//! A server's photos and documents, over HTTP: sent piece by piece from wherever it was cut, and fetched with every byte hashed.

use std::io::Read;
use std::time::{Duration, Instant};

use jiff::fmt::rfc2822;
use serde::Deserialize;
use tallylog_event::{FileHash, FileRef, UnixMillis};
use ureq::http::{Response, header::DATE};
use ureq::{Agent, Body};

use super::PhotoFault;
use crate::device::SignedReads;
use crate::failure::Failure;
use crate::source::Asked;

/// How many bytes go in one request, each acknowledged when they are on the server's disk: 30 seconds on a bad line.
const PIECE: usize = 256 << 10;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long fetching a whole file may take.
const FETCHING: Duration = Duration::from_mins(10);

/// How long an answer is waited for even by somebody without patience.
const SHORTEST: Duration = Duration::from_secs(3);

/// How often the server may name a place that does not fit the last, before it is left alone for a while.
const MOST_DETOURS: usize = 4;

/// Where files are.
#[derive(Clone)]
pub(crate) struct Shelf {
    agent: Agent,
    prefix: String,
    reads: Option<SignedReads>,
}

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Come {
    offset: usize,
    whole: bool,
}

/// What a server says of what it does not do; nothing where something else answers.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    title: String,
    code: String,
    offset: Option<String>,
    #[serde(rename = "now-ms")]
    now: Option<String>,
}

/// One request.
#[derive(Clone, Copy)]
enum Call<'a> {
    /// How far a file has come.
    Ask { length: u64 },
    /// The next bytes of it.
    Send {
        offset: usize,
        length: u64,
        piece: &'a [u8],
    },
    /// All of it.
    Fetch,
}

impl Shelf {
    pub(crate) fn new(Asked { url, reads }: Asked) -> Result<Self, Failure> {
        // Whoever writes https believes that nobody reads along.
        if !url.starts_with("http://") {
            return Err(Failure::BadUrl(url));
        }
        let config = Agent::config_builder().http_status_as_error(false).build();
        Ok(Self {
            agent: config.into(),
            prefix: url.trim_end_matches('/').to_owned(),
            reads,
        })
    }

    /// Sends what has not come of a file. Returns once the server has said that all of it is on its disk and is that file.
    ///
    /// It ends at `until` between two pieces; the server keeps what has come.
    pub(crate) fn send(&self, file: &FileRef, bytes: &[u8], until: Option<Instant>) -> Result<(), Failure> {
        let length = file.size;
        let mut come = self.ask(file, until)?;
        let mut detours = 0;
        while !come.whole {
            let end = bytes.len().min(come.offset.saturating_add(PIECE));
            let piece = bytes.get(come.offset..end).unwrap_or_default();
            let offset = come.offset;
            let next = match self.call(file.hash, Call::Send { offset, length, piece }, until) {
                Ok(answer) => of_headers(&answer)?,
                Err(Answered::Refused(refusal)) => {
                    detours += 1;
                    self.elsewhere(file, refusal, detours, until)?
                }
                Err(Answered::Failed(failure)) => return Err(failure),
            };
            if !next.whole && until.is_some_and(|until| Instant::now() >= until) {
                return Err(PhotoFault::InPart.into());
            }
            come = next;
        }
        Ok(())
    }

    /// Where a file stands that the server says is at another place.
    fn elsewhere(
        &self,
        file: &FileRef,
        refusal: (u16, Refusal),
        detours: usize,
        until: Option<Instant>,
    ) -> Result<Come, Failure> {
        let is_elsewhere = refusal.1.code == "other-offset" && refusal.1.offset.is_some();
        if !is_elsewhere || detours > MOST_DETOURS {
            return Err(fault(refusal).into());
        }
        self.ask(file, until)
    }

    /// Asks how far a file has come.
    fn ask(&self, file: &FileRef, until: Option<Instant>) -> Result<Come, Failure> {
        match self.call(file.hash, Call::Ask { length: file.size }, until) {
            Ok(answer) => of_headers(&answer),
            // The answer to HEAD has no words. The same without bytes, from the first on, has the same reason, and some.
            Err(Answered::Refused(_)) => {
                let nothing = Call::Send {
                    offset: 0,
                    length: file.size,
                    piece: &[],
                };
                match self.call(file.hash, nothing, until) {
                    Ok(answer) => of_headers(&answer),
                    Err(Answered::Refused(refusal)) => Err(fault(refusal).into()),
                    Err(Answered::Failed(failure)) => Err(failure),
                }
            }
            Err(Answered::Failed(failure)) => Err(failure),
        }
    }

    /// Fetches a file, and hashes it: what comes back is the file that the log names.
    pub(crate) fn fetch(&self, file: &FileRef) -> Result<Vec<u8>, Failure> {
        let mut answer = self
            .call(file.hash, Call::Fetch, None)
            .map_err(|answered| match answered {
                Answered::Refused(refusal) => fault(refusal).into(),
                Answered::Failed(failure) => failure,
            })?;
        let mut bytes = Vec::new();
        let mut body = answer.body_mut().as_reader().take(file.size + 1);
        body.read_to_end(&mut bytes).map_err(|error| self.lost(error.into()))?;
        let is_it = *blake3::hash(&bytes).as_bytes() == file.hash.0;
        if !is_it || u64::try_from(bytes.len()) != Ok(file.size) {
            return Err(PhotoFault::OtherBytes.into());
        }
        Ok(bytes)
    }

    /// Asks once, and once more by the server's clock where this device's is wrong.
    fn call(&self, hash: FileHash, call: Call<'_>, until: Option<Instant>) -> Result<Response<Body>, Answered> {
        let answer = self.once(hash, call, until).map_err(Answered::Failed)?;
        let status = answer.status().as_u16();
        if answer.status().is_success() {
            return Ok(answer);
        }
        let date = date(&answer);
        let refusal = refusal(answer);
        let now = refusal.now.as_deref().and_then(|now| now.parse().ok()).map(UnixMillis);
        let learns = |reads: &SignedReads| now.or(date).is_some_and(|now| reads.learn_time(now));
        if status != 401 || !self.reads.as_ref().is_some_and(learns) {
            return Err(Answered::Refused((status, refusal)));
        }
        let answer = self.once(hash, call, until).map_err(Answered::Failed)?;
        let status = answer.status().as_u16();
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(Answered::Refused((status, self::refusal(answer))))
    }

    fn once(&self, hash: FileHash, call: Call<'_>, until: Option<Instant>) -> Result<Response<Body>, Failure> {
        let path = format!("/file/{hash}");
        let url = format!("{}{path}", self.prefix);
        let left = until.map_or(PATIENCE, |until| until.saturating_duration_since(Instant::now()));
        let left = Some(left.clamp(SHORTEST, PATIENCE));
        let signed = |path: &str| {
            let reads = self.reads.as_ref().map(|reads| reads.sign(path)).transpose();
            let headers = reads.map(|read| read.into_iter().flat_map(|read| read.headers()));
            headers.map_err(|_| Failure::Randomness)
        };
        let answered = match call {
            Call::Ask { length } => {
                let mut request = self.agent.head(&url).config().timeout_global(left).build();
                for (name, value) in signed(&path)? {
                    request = request.header(name, value);
                }
                request.header("upload-length", length).call()
            }
            Call::Fetch => {
                let mut request = self.agent.get(&url).config().timeout_global(Some(FETCHING)).build();
                for (name, value) in signed(&path)? {
                    request = request.header(name, value);
                }
                request.call()
            }
            Call::Send { offset, length, piece } => {
                let mut request = self.agent.patch(&url).config().timeout_global(left).build();
                for (name, value) in signed(&format!("PATCH {path}"))? {
                    request = request.header(name, value);
                }
                let request = request.header("upload-offset", offset).header("upload-length", length);
                request.content_type("application/partial-upload").send(piece)
            }
        };
        answered.map_err(|error| self.lost(error))
    }

    fn lost(&self, error: ureq::Error) -> Failure {
        Failure::Http {
            url: self.prefix.clone(),
            error: Box::new(error),
        }
    }
}

/// Anything but yes.
enum Answered {
    Refused((u16, Refusal)),
    Failed(Failure),
}

fn fault((status, refusal): (u16, Refusal)) -> PhotoFault {
    let message = if refusal.code.is_empty() {
        format!("the server answered with status {status}, and is none of a log; check the address")
    } else {
        refusal.title
    };
    PhotoFault::Refused {
        status,
        code: refusal.code,
        message,
    }
}

fn refusal(mut answer: Response<Body>) -> Refusal {
    let body = answer.body_mut().with_config().limit(64 << 10).read_to_vec();
    let said = body.ok().and_then(|body| serde_json::from_slice(&body).ok());
    said.unwrap_or_default()
}

/// The server's time, as every answer has it.
fn date(answer: &Response<Body>) -> Option<UnixMillis> {
    let date = answer.headers().get(DATE)?.to_str().ok()?;
    let then = rfc2822::parse(date).ok()?.timestamp().as_millisecond();
    u64::try_from(then).ok().map(UnixMillis)
}

fn of_headers(answer: &Response<Body>) -> Result<Come, Failure> {
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let offset = header("upload-offset").and_then(|offset| offset.parse().ok());
    let whole = header("upload-complete").map(|complete| complete == "?1");
    let come = offset.zip(whole).map(|(offset, whole)| Come { offset, whole });
    come.ok_or_else(|| {
        let nothing = (answer.status().as_u16(), Refusal::default());
        fault(nothing).into()
    })
}
