//! The attackers. Each is bounded in count and in time, and reaches nothing but the loopback address that it is given.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use tallylog_event::{
    Channel, Envelope, Event, EventBody, FileHash, FileRef, FilesAdded, PublicKey, Report, Signature, SigningKey,
    SubmissionId, Text, UnixMillis, chain,
};
use tallylog_simulate::Night;
use tallylog_wire::v1::intake_client::IntakeClient;
use tallylog_wire::v1::results_client::ResultsClient;
use tallylog_wire::v1::{Moment, PrecinctProofRequest, SubmitRequest, TotalsRequest, moment};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tonic::transport::{Channel as Connection, Endpoint};

use super::honest::request;

/// The attacks, in the order in which they run.
pub(super) const ALL: [Attack; 12] = [
    Attack::HalfMessages,
    Attack::HugeMessages,
    Attack::Silent,
    Attack::UnknownKeys,
    Attack::JunkMessages,
    Attack::BadSignatures,
    Attack::Versions,
    Attack::References,
    Attack::UnreadAnswers,
    Attack::PastMoments,
    Attack::FreshProofs,
    Attack::Connections,
];

#[derive(Clone, Copy, Debug)]
pub(super) enum Attack {
    /// 24 connections with a hundred streams each: all but the last byte of an event of honest size.
    HalfMessages,
    /// The same of a message of 4 MiB.
    HugeMessages,
    /// 2,000 connections that say nothing, half a preface, half a head, or half a body, and come again when they are closed.
    Silent,
    /// 6 streams of small events by keys that nobody enrolled.
    UnknownKeys,
    /// 3 streams of messages of 4 MB by such keys.
    JunkMessages,
    /// 6 streams of events in the name of an enrolled chair, with wrong signatures.
    BadSignatures,
    /// 3 streams of reports of one precinct by its chair.
    Versions,
    /// 3 streams of events of a chair that name as many files as fit.
    References,
    /// 300 readers of every checkpoint, of a tile and of all entries, who read nothing of it.
    UnreadAnswers,
    /// 150 askers for the totals of random moments.
    PastMoments,
    /// 20 askers for a proof that commits anew.
    FreshProofs,
    /// 9,000 connections that each ask once and then stay.
    Connections,
}

impl Attack {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::HalfMessages => "half-messages",
            Self::HugeMessages => "huge-messages",
            Self::Silent => "silent",
            Self::UnknownKeys => "unknown-keys",
            Self::JunkMessages => "junk-messages",
            Self::BadSignatures => "bad-signatures",
            Self::Versions => "versions",
            Self::References => "references",
            Self::UnreadAnswers => "unread-answers",
            Self::PastMoments => "past-moments",
            Self::FreshProofs => "fresh-proofs",
            Self::Connections => "connections",
        }
    }

    /// What must be in the log beforehand.
    pub(super) const fn needs(self) -> &'static str {
        match self {
            Self::UnreadAnswers => "checkpoints",
            Self::HalfMessages
            | Self::HugeMessages
            | Self::Silent
            | Self::UnknownKeys
            | Self::JunkMessages
            | Self::BadSignatures
            | Self::Versions
            | Self::References
            | Self::PastMoments
            | Self::FreshProofs
            | Self::Connections => "-",
        }
    }

    const fn connections(self) -> usize {
        match self {
            Self::HalfMessages | Self::HugeMessages => 24,
            Self::Silent => 2_000,
            Self::UnknownKeys | Self::BadSignatures => 6,
            Self::JunkMessages | Self::Versions | Self::References => 3,
            Self::UnreadAnswers => 300,
            Self::PastMoments => 150,
            Self::FreshProofs => 20,
            Self::Connections => 9_000,
        }
    }
}

/// Where an attacker comes from, whom it attacks, and until when.
#[derive(Clone, Copy)]
struct Attacker {
    number: usize,
    from: IpAddr,
    server: SocketAddr,
    end: Instant,
}

/// Says that it begins, attacks for so long, and says what came of it.
#[tokio::main]
pub(super) async fn run(url: &str, name: &str, spread: bool, long: Duration) {
    let attack = ALL.into_iter().find(|attack| attack.name() == name).unwrap();
    let server: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
    assert!(server.ip().is_loopback(), "attackers reach this machine alone");
    let night = std::sync::Arc::new(super::a_night(tallylog_projection::FOLD_VERSION));
    println!("{name} begins");
    std::io::stdout().flush().unwrap();
    let end = Instant::now() + long;
    let mut under_way = JoinSet::new();
    for number in 0..attack.connections() {
        let from = if spread {
            Ipv4Addr::new(127, 0, 1, 1 + (number % 250) as u8)
        } else {
            Ipv4Addr::LOCALHOST
        };
        let attacker = Attacker {
            number,
            from: from.into(),
            server,
            end,
        };
        let night = std::sync::Arc::clone(&night);
        under_way.spawn(async move { attacker.attack(attack, &night).await });
    }
    let mut done = 0;
    while let Some(one) = under_way.join_next().await {
        done += one.unwrap();
    }
    println!("{name}: {done} times");
}

impl Attacker {
    /// How often it came through, in whatever the attack counts.
    async fn attack(self, attack: Attack, night: &Night) -> usize {
        match attack {
            Attack::HalfMessages => self.half_messages(60_000).await,
            Attack::HugeMessages => self.half_messages(4 << 20).await,
            Attack::Silent => self.silent().await,
            Attack::UnknownKeys => self.stream(|turn| unknown(night, turn, 200)).await,
            Attack::JunkMessages => self.stream(|turn| unknown(night, turn, 4_000_000)).await,
            Attack::BadSignatures => self.stream(|turn| badly_signed(night, turn)).await,
            Attack::Versions => {
                let id = super::versions::precinct(night);
                self.stream(|turn| super::honest::report(night, id, turn)).await
            }
            Attack::References => self.stream(|turn| references(night, turn)).await,
            Attack::UnreadAnswers => self.unread().await,
            Attack::PastMoments => self.ask_past().await,
            Attack::FreshProofs => self.ask_fresh(night).await,
            Attack::Connections => self.stay().await,
        }
    }

    fn goes_on(&self) -> bool {
        Instant::now() < self.end
    }

    async fn pause(&self) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    async fn connect(&self) -> std::io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(self.from, 0))?;
        socket.connect(self.server).await
    }

    async fn channel(&self) -> Option<Connection> {
        let attacker = *self;
        let connector =
            tower::service_fn(move |_| async move { attacker.connect().await.map(hyper_util::rt::TokioIo::new) });
        let endpoint = Endpoint::from_shared(format!("http://{}", self.server)).unwrap();
        endpoint.connect_with_connector(connector).await.ok()
    }

    /// Streams with all but the last byte of a message, kept open, and opened again where they are closed.
    async fn half_messages(&self, length: usize) -> usize {
        let mut opened = 0;
        while self.goes_on() {
            if let Ok(stream) = self.connect().await
                && let Ok((client, connection)) = h2::client::handshake(stream).await
            {
                let driven = tokio::spawn(connection);
                let mut streams = JoinSet::new();
                for _ in 0..100 {
                    streams.spawn(half_message(client.clone(), self.server, length, self.end));
                }
                while let Some(one) = streams.join_next().await {
                    opened += usize::from(one.unwrap());
                }
                driven.abort();
            }
            self.pause().await;
        }
        opened
    }

    async fn silent(&self) -> usize {
        const SAID: [&[u8]; 5] = [
            b"",
            b"PRI * HTTP/2.0\r\n\r\nSM",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
            b"GET /checkpoint HTTP/1.1\r\nHost: a\r\nX-Half: ",
            b"POST /tallylog.v1.Intake/Submit HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc-web\r\nContent-Length: 60000\r\n\r\n\0\0",
        ];
        let mut opened = 0;
        while self.goes_on() {
            if let Ok(mut stream) = self.connect().await {
                opened += 1;
                let said = SAID[self.number % SAID.len()];
                if stream.write_all(said).await.is_ok() {
                    self.until_closed(stream).await;
                }
            }
            self.pause().await;
        }
        opened
    }

    /// Waits until the other side closes the connection, reading what it says.
    async fn until_closed(&self, mut stream: TcpStream) {
        let closed = async {
            let mut some = [0; 1_024];
            while matches!(stream.read(&mut some).await, Ok(read) if read > 0) {}
        };
        let _late = tokio::time::timeout_at(self.end.into(), closed).await;
    }

    /// Sends events as fast as they are taken, and counts those that were recorded.
    async fn stream(&self, event: impl Fn(u64) -> Envelope) -> usize {
        // Made beforehand: signing must not be what slows an attacker.
        let first = self.number as u64 * 1_000 + 1;
        let made: Vec<SubmitRequest> = (first..first + 500).map(|turn| request(&event(turn))).collect();
        let mut recorded = 0;
        while self.goes_on() {
            if let Some(channel) = self.channel().await {
                let end = self.end;
                let requests = made
                    .clone()
                    .into_iter()
                    .cycle()
                    .take_while(move |_| Instant::now() < end);
                let mut client = IntakeClient::new(channel);
                if let Ok(answers) = client.submit_many(tokio_stream::iter(requests.take(200_000))).await {
                    let mut answers = answers.into_inner();
                    while let Ok(Ok(Some(answer))) = tokio::time::timeout_at(self.end.into(), answers.message()).await {
                        recorded += usize::from(matches!(
                            answer.outcome,
                            Some(tallylog_wire::v1::submit_many_response::Outcome::Receipt(_))
                        ));
                    }
                }
            }
            self.pause().await;
        }
        recorded
    }

    async fn unread(&self) -> usize {
        const ASKED: [&str; 3] = ["/checkpoints", "/tile/entries/000", "/checkpoints"];
        let mut asked = 0;
        while self.goes_on() {
            if let Ok(mut stream) = self.connect().await {
                let request = format!(
                    "GET {} HTTP/1.1\r\nHost: {}\r\n\r\n",
                    ASKED[self.number % 3],
                    self.server
                );
                // As many as the other side lets be asked before the first is read.
                for _ in 0..100 {
                    let sent = tokio::time::timeout(Duration::from_millis(50), stream.write_all(request.as_bytes()));
                    if !matches!(sent.await, Ok(Ok(()))) {
                        break;
                    }
                    asked += 1;
                }
                self.until_gone(stream).await;
            }
            self.pause().await;
        }
        asked
    }

    /// Waits until the other side closes the connection, without reading what it says.
    async fn until_gone(&self, stream: TcpStream) {
        while self.goes_on() {
            self.pause().await;
            if stream.take_error().ok().flatten().is_some()
                || stream
                    .try_write(b"\r\n")
                    .is_err_and(|error| error.kind() != std::io::ErrorKind::WouldBlock)
            {
                return;
            }
        }
    }

    async fn ask_past(&self) -> usize {
        let mut answered = 0;
        let mut number = self.number as u64;
        while self.goes_on() {
            if let Some(channel) = self.channel().await {
                let mut client = ResultsClient::new(channel);
                while self.goes_on() {
                    // Another size each time, spread over the log.
                    number = number
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let asked = TotalsRequest {
                        moment: Some(Moment {
                            at: Some(moment::At::Size(2_000 + (number >> 33) % 400)),
                        }),
                        ..TotalsRequest::default()
                    };
                    match tokio::time::timeout_at(self.end.into(), client.totals(asked)).await {
                        Ok(Ok(_)) => answered += 1,
                        Ok(Err(_)) => self.pause().await,
                        Err(_) => break,
                    }
                }
            }
            self.pause().await;
        }
        answered
    }

    async fn ask_fresh(&self, night: &Night) -> usize {
        let county = &night.counties[self.number % night.counties.len()];
        let asked = PrecinctProofRequest {
            county: county.name.to_string(),
            precinct: county.precincts[0].name.to_string(),
            fresh: true,
            ..PrecinctProofRequest::default()
        };
        let mut answered = 0;
        while self.goes_on() {
            if let Some(channel) = self.channel().await {
                let mut client = ResultsClient::new(channel);
                while self.goes_on() {
                    match tokio::time::timeout_at(self.end.into(), client.precinct_proof(asked.clone())).await {
                        Ok(Ok(_)) => answered += 1,
                        Ok(Err(_)) => self.pause().await,
                        Err(_) => break,
                    }
                }
            }
            self.pause().await;
        }
        answered
    }

    /// Asks once and stays, and comes again where it is closed.
    async fn stay(&self) -> usize {
        let mut opened = 0;
        while self.goes_on() {
            if let Ok(mut stream) = self.connect().await {
                let asked = format!("GET /log-key HTTP/1.1\r\nHost: {}\r\n\r\n", self.server);
                if stream.write_all(asked.as_bytes()).await.is_ok() {
                    opened += 1;
                    self.until_closed(stream).await;
                }
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        opened
    }
}

/// Opens a stream and sends all but the last byte of a message; says whether that was possible.
async fn half_message(
    client: h2::client::SendRequest<bytes::Bytes>,
    server: SocketAddr,
    length: usize,
    end: Instant,
) -> bool {
    let asked = http::Request::post(format!("http://{server}/tallylog.v1.Intake/Submit"))
        .header("content-type", "application/grpc")
        .body(())
        .unwrap();
    let Ok(mut client) = client.ready().await else {
        return false;
    };
    let Ok((_answer, mut body)) = client.send_request(asked, false) else {
        return false;
    };
    let mut message = vec![0];
    message.extend((length as u32).to_be_bytes());
    message.resize(5 + length - 1, 7);
    let mut rest = bytes::Bytes::from(message);
    while !rest.is_empty() {
        body.reserve_capacity(rest.len());
        let some = std::future::poll_fn(|context| body.poll_capacity(context));
        match tokio::time::timeout_at(end.into(), some).await {
            Ok(Some(Ok(room))) => {
                let piece = rest.split_to(room.min(rest.len()));
                if body.send_data(piece, false).is_err() {
                    return false;
                }
            }
            _ => return false,
        }
    }
    let taken_back = std::future::poll_fn(|context| body.poll_reset(context));
    let _late = tokio::time::timeout_at(end.into(), taken_back).await;
    true
}

fn body(night: &Night, turn: u64, event: Event) -> EventBody {
    let name = chain(&turn.to_be_bytes()).0;
    EventBody {
        contest: night.contest.id,
        submission: SubmissionId(name[..16].try_into().unwrap()),
        recorded_at: UnixMillis(1_833_584_400_000),
        event,
    }
}

/// An event of a key that nobody enrolled, with a signature of its own where it is small.
fn unknown(night: &Night, turn: u64, length: usize) -> Envelope {
    let mut seed = [9; 32];
    seed[..8].copy_from_slice(&turn.to_be_bytes());
    let key = SigningKey::from_bytes(&seed);
    if length > 60_000 {
        return Envelope {
            author: PublicKey(key.verifying_key().to_bytes()),
            signature: Signature([7; 64]),
            body: vec![turn as u8; length],
        };
    }
    Envelope::seal(&body(night, turn, a_report(night)), &key)
}

fn badly_signed(night: &Night, turn: u64) -> Envelope {
    let id = super::versions::precinct(night);
    let mut envelope = super::honest::report(night, id, 10_000 + turn);
    envelope.signature.0[40] ^= 1;
    envelope
}

fn a_report(night: &Night) -> Event {
    let id = super::versions::precinct(night);
    Event::Reported(Box::new(Report {
        precinct: id,
        channel: Channel::App,
        sheet: night.sheets[&id].clone(),
        files: Vec::new(),
    }))
}

/// As many files as fit into an entry.
fn references(night: &Night, turn: u64) -> Envelope {
    let precinct = super::versions::precinct(night);
    let files = (0..1_300_u64).map(|number| FileRef {
        hash: FileHash(chain(&[turn.to_be_bytes(), number.to_be_bytes()].concat()).0),
        size: 1,
        media_type: Text::new("image/png").unwrap(),
    });
    let event = Event::FilesAdded(FilesAdded {
        precinct,
        files: files.collect(),
    });
    Envelope::seal(&body(night, turn, event), &night.keys.chair(precinct).unwrap().key)
}
