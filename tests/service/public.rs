//! The log over plain HTTP, byte for byte as any client of the public formats asks for it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use tallylog_simulate::reports;
use tallylog_tlog::{BundleId, EntryBundle, Hash, Node, Policy, SignedCheckpoint, Size, Tile, TileId, TilePath, Tree};

use crate::support::{Served, log_key, request};

/// What came back: head in lower case.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn has(&self, line: &str) -> bool {
        self.head.lines().any(|there| there == line)
    }

    fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }
}

/// Sends the path as it is: a library would put it right first.
fn ask(address: SocketAddr, method: &str, path: &str) -> Answer {
    ask_with(address, method, path, "", &[])
}

/// The same with further lines of the head, each with its end, and a body.
pub(crate) fn ask_with(address: SocketAddr, method: &str, path: &str, lines: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: log\r\nConnection: close\r\n{lines}\r\n"
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase();
    let body = answer[end + 4..].to_vec();
    let is_chunked = head.contains("transfer-encoding: chunked");
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        body: if is_chunked { whole(&body) } else { body },
        head,
    }
}

/// A body of which every piece has its length before it.
fn whole(mut chunked: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = chunked.windows(2).position(|two| two == b"\r\n").unwrap();
        let length = str::from_utf8(&chunked[..end]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return whole;
        }
        whole.extend_from_slice(&chunked[end + 2..end + 2 + length]);
        chunked = &chunked[end + 4 + length..];
    }
}

async fn get(served: &Served, path: &str) -> Answer {
    let (address, path) = (served.address, path.to_owned());
    tokio::task::spawn_blocking(move || ask(address, "GET", &path))
        .await
        .unwrap()
}

async fn head(served: &Served, path: &str) -> Answer {
    let (address, path) = (served.address, path.to_owned());
    tokio::task::spawn_blocking(move || ask(address, "HEAD", &path))
        .await
        .unwrap()
}

/// A problem as programs read it.
#[track_caller]
fn is_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.head);
    assert!(answer.has("content-type: application/problem+json"), "{}", answer.head);
    assert!(answer.has("access-control-allow-origin: *") && answer.has("cache-control: no-store"));
    let body: std::collections::BTreeMap<&str, &str> = answer
        .text()
        .trim_matches(['{', '}'])
        .split(",\"")
        .filter_map(|member| member.trim_start_matches('"').split_once("\":"))
        .collect();
    assert_eq!(body["code"].trim_matches('"'), code, "{}", answer.text());
    assert_eq!(body["status"], status.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_path_has_its_type_its_age_and_is_open_to_every_page() {
    let served = Served::signed().await;
    let size = served.client.size().await;
    served.covered(size).await;
    let short = "cache-control: public, max-age=1, must-revalidate";
    let long = "cache-control: public, max-age=31536000, immutable";
    let (text, bytes) = (
        "content-type: text/plain; charset=utf-8",
        "content-type: application/octet-stream",
    );
    for (path, kind, age) in [
        ("/checkpoint", text, short),
        ("/checkpoints", text, short),
        ("/policy", text, short),
        ("/log-key", text, short),
        ("/tile/0/000.p/5", bytes, long),
        ("/tile/entries/000.p/5", bytes, long),
    ] {
        let answer = get(&served, path).await;
        assert_eq!(answer.status, 200, "{path}");
        for line in [kind, age, "access-control-allow-origin: *"] {
            assert!(answer.has(line), "{path}: {line} is not in {}", answer.head);
        }
        assert!(answer.has(&format!("content-length: {}", answer.body.len())), "{path}");
        let only = head(&served, path).await;
        assert_eq!((only.status, only.body.len()), (200, 0), "{path}");
        assert!(only.has(kind) && only.has(age), "{path}: {}", only.head);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn checkpoint_key_policy_and_history_are_those_of_the_log() {
    let served = Served::signed().await;
    let latest = served.covered(served.client.size().await).await;
    let key = log_key(&served.night);
    assert_eq!(get(&served, "/checkpoint").await.body, latest.note);
    assert_eq!(get(&served, "/log-key").await.text(), format!("{key}\n"));
    let policy = Policy::parse(&get(&served, "/policy").await.body).unwrap();
    let named: Vec<_> = policy.logs().collect();
    assert_eq!(named, [&key]);
    let all = get(&served, "/checkpoints").await;
    let parts: Vec<&str> = all.text().split_inclusive("\n\n").collect();
    let notes: Vec<String> = parts.chunks(2).map(<[&str]>::concat).collect();
    let mut before = 0;
    for note in &notes {
        let note = SignedCheckpoint::parse(note.strip_suffix('\n').unwrap().as_bytes()).unwrap();
        note.verify(std::slice::from_ref(&key), &[]).unwrap();
        assert!(note.unverified().size.0 > before);
        before = note.unverified().size.0;
    }
    assert_eq!(
        notes.last().unwrap().strip_suffix('\n').unwrap().as_bytes(),
        latest.note
    );
}

/// The entries of a log, and every node of their tree.
async fn tree(served: &Served) -> (Vec<Vec<u8>>, std::collections::BTreeMap<Node, Hash>) {
    let entries: Vec<_> = served.client.entries(0, 0).await.unwrap();
    let entries: Vec<Vec<u8>> = entries.into_iter().map(|(_, bytes)| bytes).collect();
    let (mut tree, mut nodes) = (Tree::new(), std::collections::BTreeMap::new());
    for entry in &entries {
        nodes.extend(tree.append(Hash::leaf(entry)));
    }
    (entries, nodes)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tile_of_every_width_is_the_one_that_the_entries_make_and_there_are_no_others() {
    let served = Served::signed().await;
    let more: Vec<_> = reports(5, &served.night, 700)
        .map(|envelope| request(&envelope))
        .collect();
    assert!(served.client.submit_many(more).await.iter().all(Result::is_ok));
    let size = served.client.size().await;
    assert_eq!(served.covered(size).await.size, size);
    let (entries, nodes) = tree(&served).await;
    let mut asked = 0;
    for level in 0..=2 {
        for index in 0..=size >> (8 * (u32::from(level) + 1)) {
            let widest = TileId::in_tree(level, index, Size(size)).map_or(0, TileId::width);
            for width in (1..=256).filter(|width| *width <= 3 || width + 2 >= widest || width % 41 == 0) {
                let id = TileId::new(level, index, width).unwrap();
                let answer = get(&served, &format!("/{}", TilePath::Tile(id))).await;
                asked += 1;
                if width > widest {
                    is_problem(&answer, 404, "no-tile");
                    continue;
                }
                assert_eq!(answer.body, Tile::build(id, &nodes).unwrap().encode(), "{id}");
                if level == 0 {
                    let path = TilePath::Bundle(BundleId::new(index, width).unwrap());
                    let first = usize::try_from(index * 256).unwrap();
                    let there = &entries[first..first + usize::from(width)];
                    let bundle = EntryBundle::new(there.iter().map(Vec::as_slice).collect()).unwrap();
                    assert_eq!(get(&served, &format!("/{path}")).await.body, bundle.encode(), "{path}");
                }
            }
        }
    }
    assert!(asked > 60, "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_has_one_spelling() {
    let served = Served::signed().await;
    let more: Vec<_> = reports(6, &served.night, 300)
        .map(|envelope| request(&envelope))
        .collect();
    served.client.submit_many(more).await;
    served.covered(served.client.size().await).await;
    for path in ["0/000", "0/000.p/7", "1/000.p/1", "entries/000", "entries/000.p/255"] {
        assert_eq!(get(&served, &format!("/tile/{path}")).await.status, 200, "{path}");
    }
    for path in [
        "0/0",
        "0/00",
        "0/0000",
        "00/000",
        "0/000/",
        "0//000",
        "0/x000/000",
        "0/X000/000",
        "0/000/000",
        "0/x000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/257",
        "0/000.p/07",
        "0/000.p/+7",
        "0/000.p/7/",
        "0/000.P/7",
        "0/000.p",
        "0/000.p/",
        "0/-01",
        "0/+00",
        "8/0/000",
        "8/000",
        "64/000",
        "256/000",
        "entries/x000/000",
        "Entries/000",
        "entries",
        "entries/",
        "data/000",
        "0",
        "0/001.p/256",
        "0/999",
        "0/x999/999",
        "0/000?width=7/",
        "0/000.p/99999999999999999999",
        "0/%30%30%30/",
        "0/000.p/7%00",
        "0/000%2e",
        "../tile/0/00",
    ] {
        let answer = get(&served, &format!("/tile/{path}")).await;
        if path.contains('?') {
            // A query is no part of a path.
            assert_eq!(answer.status, 200, "{path}");
            continue;
        }
        assert_eq!(answer.status, 404, "{path}: {}", answer.head);
        assert!(answer.has("access-control-allow-origin: *"), "{path}: {}", answer.head);
    }
    is_problem(&get(&served, "/tile/0/0").await, 404, "no-tile");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_served_beyond_the_published_checkpoint() {
    let served = Served::signing(|signing| signing.interval = std::time::Duration::from_hours(1)).await;
    // A start signs what is there at once, and then nothing for an hour.
    let served = served.restart().await;
    let published = served.covered(1).await.size;
    let size = served.client.size().await;
    let more: Vec<_> = reports(7, &served.night, 3)
        .map(|envelope| request(&envelope))
        .collect();
    served.client.submit_many(more).await;
    assert_eq!(served.covered(1).await.size, published);
    assert!(published <= size && size < 256, "{published} of {size}");
    for kind in ["0", "entries"] {
        let widest = get(&served, &format!("/tile/{kind}/000.p/{published}")).await;
        assert_eq!(widest.status, 200);
        let beyond = get(&served, &format!("/tile/{kind}/000.p/{}", published + 1)).await;
        is_problem(&beyond, 404, "no-tile");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_a_contest_has_nothing_to_show_and_says_so() {
    let served = Served::empty_signing(|_| {}).await;
    for path in ["/checkpoint", "/checkpoints", "/policy", "/log-key", "/tile/0/000.p/1"] {
        is_problem(&get(&served, path).await, 404, "not-signed");
    }
    // The contest comes, and with it all of that.
    served.take(served.night.setup[0].clone()).await;
    served.covered(1).await;
    for path in ["/checkpoint", "/checkpoints", "/policy", "/log-key", "/tile/0/000.p/1"] {
        assert_eq!(get(&served, path).await.status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http_and_grpc_are_answered_on_one_port_at_the_same_time() {
    let served = Served::signed().await;
    served.covered(1).await;
    let address = served.address;
    let readers: Vec<_> = (0..4)
        .map(|_| {
            tokio::task::spawn_blocking(move || {
                let read = (0..50).map(|_| ask(address, "GET", "/checkpoint"));
                read.filter(|answer| answer.status == 200).count()
            })
        })
        .collect();
    let more: Vec<_> = reports(8, &served.night, 400)
        .map(|envelope| request(&envelope))
        .collect();
    let answers = served.client.submit_many(more).await;
    assert!(answers.iter().all(Result::is_ok));
    for reader in readers {
        assert_eq!(reader.await.unwrap(), 50);
    }
}
