//! Connections as no honest client makes them.

use std::net::SocketAddr;
use std::time::Duration;

use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tonic::Status;
use tonic::codegen::Bytes;
use tonic::codegen::http::{Request, Response};

/// Long for a server that waits for a third of a second, on whatever machine.
const LONG: Duration = Duration::from_mins(1);

/// What every HTTP/2 connection begins with.
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// An empty frame of settings.
pub(super) const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];

/// A frame of headers of the first stream that says it has ten bytes, with one of them; and one that is whole, after which
/// more is to come.
pub(super) const HALF_A_FRAME: [u8; 10] = [0, 0, 10, 1, 4, 0, 0, 0, 1, 0x83];
pub(super) const HALF_A_HEAD: [u8; 10] = [0, 0, 1, 1, 0, 0, 0, 0, 1, 0x83];

/// A connection over which these bytes were sent.
pub(super) async fn after(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Everything that the server says until it closes the connection.
pub(super) async fn until_closed(stream: &mut TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    let mut piece = [0; 4_096];
    let reading = async {
        // A connection may also be reset.
        while let Ok(read @ 1..) = stream.read(&mut piece).await {
            said.extend_from_slice(&piece[..read]);
        }
    };
    let ended = tokio::time::timeout(LONG, reading).await;
    assert!(ended.is_ok(), "it stays open");
    said
}

/// Whether a connection is open.
pub(super) fn is_open(stream: &TcpStream) -> bool {
    let mut piece = [0; 4_096];
    loop {
        match stream.try_read(&mut piece) {
            Ok(1..) => {}
            Ok(0) => return false,
            Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }
}

/// An HTTP/2 connection, frame by frame.
pub(super) struct Raw {
    pub(super) send: SendRequest<Bytes>,
    pub(super) connection: JoinHandle<Result<(), h2::Error>>,
}

impl Raw {
    pub(super) async fn connect(address: SocketAddr) -> Self {
        Self::with_window(address, 65_535).await
    }

    /// One that reads so many bytes of each answer, and no more before it has taken them.
    pub(super) async fn with_window(address: SocketAddr, window: u32) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut builder = h2::client::Builder::new();
        let connecting = builder.initial_window_size(window).handshake(stream);
        let (send, connection) = connecting.await.unwrap();
        Self {
            send,
            connection: tokio::spawn(connection),
        }
    }

    /// Begins a call.
    pub(super) async fn call(&self, path: &str) -> (ResponseFuture, SendStream<Bytes>) {
        let request = Request::post(format!("http://log{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        self.send_head(request.body(()).unwrap(), false).await
    }

    /// Asks for what stands at a path.
    pub(super) async fn get(&self, path: &str) -> Response<RecvStream> {
        let request = Request::get(format!("http://log{path}")).body(()).unwrap();
        soon(self.send_head(request, true).await.0).await.unwrap()
    }

    async fn send_head(&self, request: Request<()>, is_end: bool) -> (ResponseFuture, SendStream<Bytes>) {
        let mut send = soon(self.send.clone().ready()).await.unwrap();
        send.send_request(request, is_end).unwrap()
    }
}

/// What somebody does who is not to be waited for without end.
pub(super) async fn soon<T>(work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(LONG, work).await;
    assert!(done.is_ok(), "nothing happens");
    done.unwrap()
}

/// The status of a call that is refused.
pub(super) async fn refusal(response: ResponseFuture) -> Status {
    let response = soon(response).await.unwrap();
    if let Some(status) = Status::from_header_map(response.headers()) {
        return status;
    }
    let mut body = response.into_body();
    while let Some(piece) = soon(body.data()).await {
        let length = piece.unwrap().len();
        body.flow_control().release_capacity(length).unwrap();
    }
    let trailers = soon(body.trailers()).await.unwrap().unwrap();
    Status::from_header_map(&trailers).unwrap()
}

/// A message of gRPC that says how long it is, with as much of it as is given.
pub(super) fn message(length: usize, begin: &[u8]) -> Bytes {
    let length = u32::try_from(length).unwrap().to_be_bytes();
    [&[0], length.as_slice(), begin].concat().into()
}
