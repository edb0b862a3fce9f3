//! Asks a server everything that there is to ask, as one reader.

use std::fmt::{Debug, Write as _};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prost::Message;
use tallylog_event::{ContestId, ReadRequest, SignedRead, SigningKey};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{GrpcMethod, Request, Response, Status, Streaming};

use super::night::Hidden;
use super::veil::Veil;

/// Signs requests in a reader's name, or leaves them as they are.
#[derive(Clone)]
pub(super) struct Signs {
    key: Option<SigningKey>,
    contest: ContestId,
    origin: Arc<str>,
}

/// No two requests of this process have the same nonce.
static NONCE: AtomicU64 = AtomicU64::new(1);

impl Signs {
    fn read(&self, path: &str) -> Option<SignedRead> {
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&NONCE.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let request = ReadRequest {
            contest: self.contest,
            origin: &self.origin,
            path,
            time: tallylog_server::now(),
            nonce,
        };
        Some(request.sign(self.key.as_ref()?))
    }
}

impl Interceptor for Signs {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let method = request.extensions().get::<GrpcMethod<'_>>().unwrap();
        let path = format!("/{}/{}", method.service(), method.method());
        for (name, value) in self.read(&path).iter().flat_map(SignedRead::headers) {
            request.metadata_mut().insert(name, value.parse().unwrap());
        }
        Ok(request)
    }
}

/// What was asked and what came back.
pub(super) struct Answer {
    pub(super) question: String,
    /// The answer with a veil over what may differ.
    pub(super) shown: String,
    /// Its bytes as they came.
    pub(super) raw: Vec<u8>,
}

/// Everything that one reader asks of a night.
pub(super) struct Reading<'a> {
    pub(super) night: &'a Hidden,
    pub(super) veil: Veil,
    /// How long the log was before anybody asked.
    pub(super) end: u64,
    signs: Signs,
    pub(super) answers: Vec<Answer>,
}

impl<'a> Reading<'a> {
    pub(super) async fn by(night: &'a Hidden, key: Option<&SigningKey>) -> Self {
        let contest = &night.served.night.contest;
        Self {
            night,
            veil: Veil { first: night.first },
            end: night.served.client.size().await,
            signs: Signs {
                key: key.cloned(),
                contest: contest.id,
                origin: contest.log.origin.as_str().into(),
            },
            answers: Vec::new(),
        }
    }

    pub(super) fn service(&self) -> InterceptedService<Channel, Signs> {
        InterceptedService::new(self.night.served.client.channel.clone(), self.signs.clone())
    }

    /// Keeps an answer, and a veiled copy of it.
    pub(super) fn keep<A: Message + Debug>(
        &mut self,
        question: String,
        answered: Result<Response<A>, Status>,
        veil: impl FnOnce(Veil, &mut A),
    ) {
        let (shown, raw) = match answered {
            Err(status) => refused(&status),
            Ok(answer) => {
                let mut answer = answer.into_inner();
                let raw = answer.encode_to_vec();
                veil(self.veil, &mut answer);
                (format!("{answer:?}"), raw)
            }
        };
        self.answers.push(Answer { question, shown, raw });
    }

    /// The same of a stream, of which `most` messages are read.
    pub(super) async fn keep_stream<A: Message + Debug>(
        &mut self,
        question: String,
        answered: Result<Response<Streaming<A>>, Status>,
        most: usize,
        veil: impl Fn(Veil, &mut A),
    ) {
        let (mut shown, mut raw) = (String::new(), Vec::new());
        let mut stream = match answered {
            Ok(stream) => stream.into_inner(),
            Err(status) => {
                let (shown, raw) = refused(&status);
                self.answers.push(Answer { question, shown, raw });
                return;
            }
        };
        for _ in 0..most {
            match stream.message().await {
                Ok(None) => break,
                Ok(Some(mut message)) => {
                    raw.extend(message.encode_to_vec());
                    veil(self.veil, &mut message);
                    write!(shown, "{message:?};").unwrap();
                }
                Err(status) => {
                    let (last, further) = refused(&status);
                    shown.push_str(&last);
                    raw.extend(further);
                    break;
                }
            }
        }
        self.answers.push(Answer { question, shown, raw });
    }

    /// Asks over HTTP; the veil is for the body of what is found.
    pub(super) async fn get(&mut self, path: String, veil: impl FnOnce(Veil, &mut Vec<u8>)) {
        let (address, signed) = (self.night.served.address, self.signs.read(&path));
        let asked = path.clone();
        let answered = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            let mut lines = format!("GET {asked} HTTP/1.1\r\nHost: log\r\nConnection: close\r\n");
            for (name, value) in signed.iter().flat_map(SignedRead::headers) {
                write!(lines, "{name}: {value}\r\n").unwrap();
            }
            stream.write_all(format!("{lines}\r\n").as_bytes()).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            answer
        });
        let raw = answered.await.unwrap();
        let end = raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        let head = String::from_utf8(raw[..end].to_vec()).unwrap().to_lowercase();
        let found = head.starts_with("http/1.1 200");
        // Which checkpoints were signed is a matter of time, and so is how much there is of them.
        let of_time =
            |line: &str| line.starts_with("date: ") || (path == "/checkpoints" && line.starts_with("content-length: "));
        let head: Vec<_> = head.lines().filter(|line| !of_time(line)).collect();
        let mut body = raw[end..].to_vec();
        if found {
            veil(self.veil, &mut body);
        }
        let shown = format!("{head:?} {}", hex::encode(body));
        let question = format!("GET {path}");
        self.answers.push(Answer { question, shown, raw });
    }
}

fn refused(status: &Status) -> (String, Vec<u8>) {
    let shown = format!(
        "{:?} {} {}",
        status.code(),
        status.message(),
        hex::encode(status.details())
    );
    (shown.clone(), [shown.as_bytes(), status.details()].concat())
}
