//! A witness that runs, and logs that ask it.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tallylog_tlog::{AddCheckpoint, Hash, KeyName, LogSigner, Node, SigningKey, Size, Tree, prove_consistency};

use crate::support::tallylog;

pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
}

impl Process {
    pub(crate) fn start(dir: &Path, args: &[&str]) -> Self {
        Self::spawn(tallylog(), dir, args)
    }

    /// Starts it by a command that takes its arguments.
    pub(crate) fn spawn(mut command: Command, dir: &Path, args: &[&str]) -> Self {
        command
            .args(["witness", "serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(dir)
            .args(args);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut talk = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("http://") {
            let read = talk.read_line(&mut said).unwrap();
            assert!(read > 0, "it ended: {said}");
        }
        // Whatever it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || io::copy(&mut talk, &mut io::sink()));
        let address = said[said.find("http://").unwrap() + 7..].trim().to_owned();
        Self { child, address }
    }

    pub(crate) fn add_checkpoint(&self, body: &str) -> io::Result<(u16, String)> {
        add_checkpoint(&self.address, body)
    }

    pub(crate) fn get(&self, path: &str) -> io::Result<(u16, String)> {
        exchange(
            &self.address,
            &format!("GET {path} HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n"),
        )
    }

    /// Asks it to stop, and returns its exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        terminate(self.child.id());
        self.child.wait().unwrap().code()
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

pub(crate) fn terminate(process: u32) {
    let told = Command::new("kill").arg(process.to_string()).status().unwrap();
    assert!(told.success());
}

pub(crate) fn add_checkpoint(address: &str, body: &str) -> io::Result<(u16, String)> {
    let head = format!(
        "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    exchange(address, &format!("{head}{body}"))
}

/// The status and body of an answer that came whole.
fn exchange(address: &str, request: &str) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let whole = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(whole)?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    if length != Some(body.len().to_string().as_str()) {
        return Err(whole());
    }
    let status = head.split(' ').nth(1).ok_or_else(whole)?;
    Ok((status.parse().unwrap(), body.to_owned()))
}

/// A log of which there may be many.
pub(crate) fn signer(number: u8) -> LogSigner {
    let name = KeyName::new(format!("log.example/{number}")).unwrap();
    LogSigner::new(name, SigningKey::from_bytes(&[number; 32]))
}

pub(crate) fn vkey(log: &LogSigner) -> String {
    log.key().to_string()
}

pub(crate) fn request(log: &LogSigner, old: u64, new: u64) -> String {
    let (mut tree, mut nodes) = (Tree::new(), BTreeMap::<Node, Hash>::new());
    for index in 0..new {
        nodes.extend(tree.append(Hash::leaf(&index.to_be_bytes())));
    }
    let path = prove_consistency(Size(old), Size(new), &nodes).unwrap();
    let checkpoint = log.sign_checkpoint(tree.size(), tree.root());
    AddCheckpoint::new(Size(old), path, checkpoint).unwrap().to_string()
}
