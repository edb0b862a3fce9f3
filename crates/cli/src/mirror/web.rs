//! Reads a log over HTTP.

use std::time::Duration;

use serde::Deserialize;
use tallylog_event::UnixMillis;
use tallylog_server::Problem;
use tallylog_tlog::{BundleId, EntryBundle, LogKey, Policy, SignedCheckpoint, Tile, TileId, TilePath};
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::device::SignedReads;
use crate::failure::Failure;
use crate::source::Asked;

/// The most bytes of an answer: a bundle of 256 of the largest entries, or the checkpoints of a long night.
const LARGEST: u64 = 64 << 20;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A log's address.
pub(crate) struct Web {
    agent: Agent,
    prefix: String,
    /// Signs what is asked, for whoever may read more than everybody.
    reads: Option<SignedReads>,
}

impl Web {
    pub(crate) fn new(Asked { url, reads }: Asked) -> Result<Self, Failure> {
        let prefix = url.trim_end_matches('/');
        if !["http://", "https://"].iter().any(|scheme| prefix.starts_with(scheme)) {
            return Err(Failure::BadUrl(url));
        }
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .build();
        Ok(Self {
            agent: config.into(),
            prefix: prefix.to_owned(),
            reads,
        })
    }

    pub(crate) fn note(&self, path: &str) -> Result<SignedCheckpoint, Failure> {
        let bytes = self.ask(path)?;
        SignedCheckpoint::parse(&bytes).map_err(|error| self.malformed(path, error.code()))
    }

    /// Signed notes with an empty line after each.
    pub(crate) fn notes(&self, path: &str) -> Result<Vec<SignedCheckpoint>, Failure> {
        let bytes = self.ask(path)?;
        let mut notes = Vec::new();
        let mut rest = bytes.as_slice();
        // The first empty line ends a note's text, and the second the note.
        while !rest.is_empty() {
            let text = end_of(rest).ok_or_else(|| self.malformed(path, "note-layout"))?;
            let note = end_of(&rest[text..]).ok_or_else(|| self.malformed(path, "note-layout"))? + text;
            let parsed = SignedCheckpoint::parse(&rest[..note - 1]);
            notes.push(parsed.map_err(|error| self.malformed(path, error.code()))?);
            rest = &rest[note..];
        }
        Ok(notes)
    }

    /// A page of what is shown of the first `size` entries, from one of them on; `None` where the other side does not say.
    pub(crate) fn shown(&self, size: u64, from: u64) -> Result<Option<Vec<u8>>, Failure> {
        match self.try_ask(&format!("shown/{size}/{from}")) {
            // Whoever serves entries alone says this of every path behind the first that is withheld.
            Err(Failure::Problem(Problem::Embargoed)) => Ok(None),
            page => page,
        }
    }

    pub(crate) fn log_key(&self) -> Result<LogKey, Failure> {
        let bytes = self.ask("log-key")?;
        let text = String::from_utf8_lossy(&bytes);
        let key = text.trim_end_matches('\n').parse();
        key.map_err(|_| self.malformed("log-key", "bad-verifier-key"))
    }

    pub(crate) fn policy(&self) -> Result<Option<Policy>, Failure> {
        let Some(bytes) = self.try_ask("policy")? else {
            return Ok(None);
        };
        let policy = Policy::parse(&bytes).map_err(|error| self.malformed("policy", error.code()))?;
        Ok(Some(policy))
    }

    /// What stands at a path. A partial tile may be gone once it is full: then it is cut out of the full one.
    pub(crate) fn tile(&self, path: TilePath) -> Result<Vec<u8>, Failure> {
        let exact = path.to_string();
        if let Some(bytes) = self.try_ask(&exact)? {
            return Ok(bytes);
        }
        let gone = || self.missing(&exact);
        let (full, cut) = match path {
            TilePath::Tile(id) => {
                let full = id.full().map_err(|_| gone())?;
                (TilePath::Tile(full), Cut::Tile(full, id.width()))
            }
            TilePath::Bundle(id) => {
                let full = BundleId::new(id.index(), tallylog_tlog::TILE_WIDTH).map_err(|_| gone())?;
                (TilePath::Bundle(full), Cut::Bundle(full, id.width()))
            }
        };
        let bytes = self.try_ask(&full.to_string())?.ok_or_else(gone)?;
        cut.apply(&bytes)
            .ok_or_else(|| self.malformed(&full.to_string(), "tile-length"))
    }

    fn ask(&self, path: &str) -> Result<Vec<u8>, Failure> {
        self.try_ask(path)?.ok_or_else(|| self.missing(path))
    }

    /// `None` where the other side has nothing at that path.
    fn try_ask(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let url = self.url(path);
        let failed = |error| Failure::Http {
            url: url.clone(),
            error: Box::new(error),
        };
        let (mut status, mut body) = self.call(&url)?.map_err(failed)?;
        if status == 401 && self.learns(&body) {
            (status, body) = self.call(&url)?.map_err(failed)?;
        }
        match status {
            200 => Ok(Some(body)),
            404 if Refused::of(&body).code == "embargoed" => Err(Problem::Embargoed.into()),
            404 => Ok(None),
            status => Err(Failure::HttpStatus { url, status }),
        }
    }

    /// Asks once, in the person's name if there is one.
    fn call(&self, url: &str) -> Result<Result<(u16, Vec<u8>), ureq::Error>, Failure> {
        let mut request = self.agent.get(url);
        if let Some(reads) = &self.reads {
            let signed = reads.sign(path_of(url)).map_err(|_| Failure::Randomness)?;
            for (name, value) in signed.headers() {
                request = request.header(name, value);
            }
        }
        let read = |mut answer: Response<Body>| {
            let status = answer.status().as_u16();
            let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec()?;
            Ok((status, body))
        };
        Ok(request.call().and_then(read))
    }

    /// Takes up the server's time, where that is why it refused.
    fn learns(&self, body: &[u8]) -> bool {
        let now = Refused::of(body).now.and_then(|now| now.parse().ok());
        let reads = self.reads.as_ref().zip(now);
        reads.is_some_and(|(reads, now)| reads.learn_time(UnixMillis(now)))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.prefix)
    }

    fn missing(&self, path: &str) -> Failure {
        Failure::HttpStatus {
            url: self.url(path),
            status: 404,
        }
    }

    fn malformed(&self, path: &str, code: &'static str) -> Failure {
        Failure::MalformedAnswer {
            url: self.url(path),
            code,
        }
    }
}

/// Path and query of a URL, as a server is asked for them.
fn path_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[path..]
}

/// What a server says of what it does not give; nothing where something else answers.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    code: String,
    #[serde(rename = "now-ms")]
    now: Option<String>,
}

impl Refused {
    fn of(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }
}

/// Behind the next empty line.
fn end_of(bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, b"\n\n").map(|at| at + 2)
}

/// How to get a partial tile out of a full one.
enum Cut {
    Tile(TileId, u16),
    Bundle(BundleId, u16),
}

impl Cut {
    fn apply(&self, full: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Tile(id, width) => {
                Tile::parse(*id, full).ok()?;
                full.get(..usize::from(*width) * 32).map(<[u8]>::to_vec)
            }
            Self::Bundle(id, width) => {
                let bundle = EntryBundle::parse(*id, full).ok()?;
                let entries = bundle.entries().get(..usize::from(*width))?.to_vec();
                Some(EntryBundle::new(entries).ok()?.encode())
            }
        }
    }
}
