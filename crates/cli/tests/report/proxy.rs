//! A network that fails: it cuts or stalls connections after so many bytes, in either direction.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How one connection fails.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// It is taken and closed at once.
    Refused,
    /// Closed after so many bytes to the server.
    Up(usize),
    /// Closed after so many bytes from the server: the server has the request, and its answer is lost.
    Down(usize),
    /// Nothing more after so many bytes to the server, and nobody says so.
    StalledUp(usize),
    /// The same from the server.
    StalledDown(usize),
}

/// Stands between devices and a server that may move.
pub(crate) struct Proxy {
    pub(crate) url: String,
    plan: Arc<Mutex<VecDeque<Fault>>>,
}

impl Proxy {
    /// The first connections fail as `plan` has it, the others are whole.
    pub(crate) fn new(target: Arc<Mutex<String>>, plan: impl IntoIterator<Item = Fault>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let plan = Arc::new(Mutex::new(plan.into_iter().collect::<VecDeque<_>>()));
        let faults = Arc::clone(&plan);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let fault = faults.lock().unwrap().pop_front();
                let target = target.lock().unwrap().clone();
                if let Some((client, server)) = client.ok().zip(TcpStream::connect(target).ok()) {
                    pass(&client, &server, fault);
                }
            }
        });
        Self { url, plan }
    }

    /// From now on every connection is whole.
    pub(crate) fn heal(&self) {
        self.plan.lock().unwrap().clear();
    }
}

fn pass(client: &TcpStream, server: &TcpStream, fault: Option<Fault>) {
    let (up, down, stalls) = match fault {
        Some(Fault::Refused) => return,
        Some(Fault::Up(bytes)) => (bytes, usize::MAX, false),
        Some(Fault::Down(bytes)) => (usize::MAX, bytes, false),
        Some(Fault::StalledUp(bytes)) => (bytes, usize::MAX, true),
        Some(Fault::StalledDown(bytes)) => (usize::MAX, bytes, true),
        None => (usize::MAX, usize::MAX, false),
    };
    for (from, to, most) in [(client, server, up), (server, client, down)] {
        let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        std::thread::spawn(move || pump(from, to, most, stalls));
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, mut left: usize, stalls: bool) {
    let mut buffer = [0; 4_096];
    while left > 0 {
        let most = left.min(buffer.len());
        match from.read(&mut buffer[..most]) {
            Ok(read) if read > 0 && to.write_all(&buffer[..read]).is_ok() => left -= read,
            Ok(_) | Err(_) => break,
        }
    }
    if stalls && left == 0 {
        std::thread::sleep(Duration::from_secs(20));
    }
    let _closed = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
