//! Photos and documents over HTTP: who may send and fetch them, what is refused, and what a cut connection leaves.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use tallylog_event::{
    Channel, Embargo, Envelope, Event, FileRef, FilesAdded, PrecinctId, ReadRequest, Report, Role, SignedRead,
    SigningKey,
};
use tallylog_server::{LARGEST_FILE, Probe, Quotas, Reserve, Settings, Shelving, Showing};
use tallylog_simulate::{Options, night};
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;
use tonic::{Request, Status};

use crate::support::{Pen, Served, check_refusal, file_of, key, signing, text};

/// No two requests of this process have the same nonce.
static NONCE: AtomicU64 = AtomicU64::new(1 << 32);

/// A night with a folder for files, in which the first precinct was reported with a photo.
struct Room {
    served: Served,
    precinct: PrecinctId,
    chair: SigningKey,
    other_chair: SigningKey,
    campaign: SigningKey,
    observer: SigningKey,
    photo: Vec<u8>,
    /// The entry that names it.
    entry: u64,
}

/// What came back: head in lower case.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn code(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        let code = body.split("\"code\":\"").nth(1).and_then(|rest| rest.split('"').next());
        code.unwrap_or_default().to_owned()
    }

    /// How far an upload has come, and whether that is all.
    fn come(&self) -> (u64, bool) {
        let offset = self.header("upload-offset").unwrap().parse().unwrap();
        (offset, self.header("upload-complete") == Some("?1"))
    }
}

/// A request, to be sent byte by byte.
struct Asked<'a> {
    method: &'a str,
    path: String,
    signed: Option<SignedRead>,
    headers: Vec<(&'a str, String)>,
    body: &'a [u8],
}

impl Asked<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut lines = format!(
            "{} {} HTTP/1.1\r\nHost: log\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.method,
            self.path,
            self.body.len()
        );
        for (name, value) in self.signed.iter().flat_map(SignedRead::headers) {
            write!(lines, "{name}: {value}\r\n").unwrap();
        }
        for (name, value) in &self.headers {
            write!(lines, "{name}: {value}\r\n").unwrap();
        }
        [format!("{lines}\r\n").as_bytes(), self.body].concat()
    }

    fn send(&self, address: SocketAddr) -> Answer {
        let mut stream = TcpStream::connect(address).unwrap();
        // A server that refuses may end before it has read everything.
        let _refused = stream.write_all(&self.bytes());
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head,
            body: answer[end + 4..].to_vec(),
        }
    }
}

fn photo() -> Vec<u8> {
    let noise = (0..120_000_u32).flat_map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes());
    b"\xff\xd8\xff".iter().copied().chain(noise).collect()
}

impl Room {
    async fn new(showing: Showing, embargo: Embargo) -> Self {
        Self::with(showing, embargo, Settings::default()).await
    }

    async fn with(showing: Showing, embargo: Embargo, settings: Settings) -> Self {
        let mut night = night(&Options {
            errors: false,
            version: 2,
            ..Options::small(11, 2, 12)
        });
        night.contest.embargo = embargo;
        let mut opening = night.setup[0].decode().unwrap();
        opening.event = Event::ContestOpened(Box::new(night.contest.clone()));
        night.setup[0] = Envelope::seal(&opening, &night.keys.registrars[0].key);
        let pen = Pen::new(night.contest.id);
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings {
            signing: Some(signing(&night, dir.path())),
            files: Some(Shelving {
                dir: dir.path().join("files"),
                showing,
            }),
            ..settings
        };
        let setup = night.setup.clone();
        let served = Served::open(dir, night, pen, settings).await;
        for envelope in setup {
            served.take(envelope).await;
        }
        let (observer, campaign) = (key(81), key(82));
        for (key, person, role) in [
            (&observer, "Otis Observer", Role::Observer),
            (&campaign, "Cara Campaign", Role::Campaign(text("the Dove campaign"))),
        ] {
            served
                .take(served.pen.enrol(served.registrar(), key, person, role))
                .await;
        }
        let rooms = served.rooms();
        let (precinct, chair, sheet) = (rooms[0].0, rooms[0].1.clone(), rooms[0].2.clone());
        let other_chair = rooms[1].1.clone();
        let report = Event::Reported(Box::new(Report {
            precinct,
            channel: Channel::App,
            sheet,
            files: vec![file_of(&photo())],
        }));
        let entry = served.take(served.pen.sign(&chair, report)).await;
        Self {
            served,
            precinct,
            chair,
            other_chair,
            campaign,
            observer,
            photo: photo(),
            entry,
        }
    }

    fn sign(&self, key: &SigningKey, path: &str) -> SignedRead {
        let contest = &self.served.night.contest;
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&NONCE.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let request = ReadRequest {
            contest: contest.id,
            origin: contest.log.origin.as_str(),
            path,
            time: tallylog_server::now(),
            nonce,
        };
        request.sign(key)
    }

    /// Sends a request as it is: a library would put it right first.
    fn send(&self, asked: &Asked<'_>) -> Answer {
        let address = self.served.address;
        tokio::task::block_in_place(|| asked.send(address))
    }

    fn get(&self, reader: Option<&SigningKey>, bytes: &[u8]) -> Answer {
        let path = path(bytes);
        let asked = Asked {
            method: "GET",
            signed: reader.map(|key| self.sign(key, &path)),
            path,
            headers: Vec::new(),
            body: &[],
        };
        self.send(&asked)
    }

    fn head(&self, reader: &SigningKey, bytes: &[u8]) -> Answer {
        let path = path(bytes);
        let asked = Asked {
            method: "HEAD",
            signed: Some(self.sign(reader, &path)),
            path,
            headers: Vec::new(),
            body: &[],
        };
        self.send(&asked)
    }

    fn patch<'a>(&self, sender: &SigningKey, of: &[u8], offset: u64, piece: &'a [u8]) -> Asked<'a> {
        let path = path(of);
        Asked {
            method: "PATCH",
            signed: Some(self.sign(sender, &format!("PATCH {path}"))),
            path,
            headers: vec![
                ("Upload-Offset", offset.to_string()),
                ("Upload-Length", of.len().to_string()),
            ],
            body: piece,
        }
    }

    fn sent(&self, sender: &SigningKey, bytes: &[u8]) -> Answer {
        self.send(&self.patch(sender, bytes, 0, bytes))
    }

    fn folder(&self) -> PathBuf {
        self.served.dir.path().join("files")
    }

    /// Whole files, and parts.
    fn lying(&self) -> (usize, usize) {
        let count = |folder: PathBuf| std::fs::read_dir(folder).unwrap().count();
        (count(self.folder()) - 1, count(self.folder().join("partial")))
    }

    async fn files(&self, reader: Option<&SigningKey>) -> Result<v1::FilesResponse, Status> {
        let mut request = Request::new(v1::FilesRequest::default());
        let signed = reader.map(|key| self.sign(key, "/tallylog.v1.Cases/Files"));
        for (name, value) in signed.iter().flat_map(SignedRead::headers) {
            request.metadata_mut().insert(name, value.parse().unwrap());
        }
        let mut cases = CasesClient::new(self.served.client.channel.clone());
        Ok(cases.files(request).await?.into_inner())
    }
}

fn path(bytes: &[u8]) -> String {
    format!("/file/{}", file_of(bytes).hash)
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (status, code),
        "{}",
        answer.head
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_that_its_chair_has_sent_is_fetched_by_staff_and_campaigns_and_by_nobody_else() {
    let room = Room::new(Showing::Insiders, Embargo::Open).await;
    refused(
        &room.get(Some(room.served.reviewer()), &room.photo),
        404,
        "file-not-here",
    );
    let answer = room.sent(&room.chair, &room.photo);
    assert_eq!((answer.status, answer.come()), (204, (file_of(&room.photo).size, true)));
    for reader in [
        room.served.operator(),
        room.served.reviewer(),
        &room.campaign,
        &room.chair,
    ] {
        let answer = room.get(Some(reader), &room.photo);
        assert_eq!((answer.status, &answer.body), (200, &room.photo));
        assert_eq!(answer.header("content-type"), Some("image/jpeg"));
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let name = format!("attachment; filename=\"{}.jpg\"", file_of(&room.photo).hash);
        assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
    }
    // Whether the log names the hash makes no difference to whoever may not have it.
    for reader in [None, Some(&room.observer), Some(&room.other_chair)] {
        refused(&room.get(reader, &room.photo), 403, "files-kept-back");
        refused(&room.get(reader, b"nothing"), 403, "files-kept-back");
    }
    refused(&room.get(Some(&room.campaign), b"nothing"), 404, "no-such-file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_from_whoever_named_it_and_from_staff_by_a_signature_for_that_very_request() {
    let room = Room::new(Showing::Insiders, Embargo::Open).await;
    refused(&room.sent(&room.other_chair, &room.photo), 403, "files-kept-back");
    refused(&room.sent(&room.observer, &room.photo), 403, "files-kept-back");
    refused(&room.sent(&room.campaign, &room.photo), 403, "not-yours-to-send");
    refused(&room.sent(&key(99), &room.photo), 401, "unknown-key");
    let unsigned = Asked {
        signed: None,
        ..room.patch(&room.chair, &room.photo, 0, &room.photo)
    };
    refused(&room.send(&unsigned), 401, "key-needed");
    // What was signed to fetch is not good for sending, nor what was signed for another file.
    for other in [path(&room.photo), format!("PATCH {}", path(b"nothing"))] {
        let crossed = Asked {
            signed: Some(room.sign(&room.chair, &other)),
            ..room.patch(&room.chair, &room.photo, 0, &room.photo)
        };
        refused(&room.send(&crossed), 401, "bad-read-signature");
    }
    let fetching = Asked {
        method: "GET",
        signed: Some(room.sign(&room.chair, &format!("PATCH {}", path(&room.photo)))),
        ..room.patch(&room.chair, &room.photo, 0, &[])
    };
    refused(&room.send(&fetching), 401, "bad-read-signature");
    assert_eq!(room.lying(), (0, 0));
    let once = room.patch(&room.chair, &room.photo, 0, &room.photo[..10]);
    assert_eq!(room.send(&once).come(), (10, false));
    refused(&room.send(&once), 401, "read-repeated");
    let revoked = room.served.pen.revoke(room.served.registrar(), &room.chair);
    room.served.take(revoked).await;
    refused(&room.sent(&room.chair, &room.photo), 403, "revoked-key");
    // Staff may have got the same bytes by another way.
    assert_eq!(room.sent(room.served.operator(), &room.photo).status, 204);
    assert_eq!(room.get(Some(&room.campaign), &room.photo).body, room.photo);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_event_names_or_is_another_file_than_it_names_is_not_taken() {
    let room = Room::new(Showing::Insiders, Embargo::Open).await;
    let staff = room.served.operator();
    refused(&room.sent(staff, b"nothing"), 404, "no-such-file");
    let mut longer = room.photo.clone();
    longer.push(0);
    let of_another_size = Asked {
        headers: room.patch(staff, &longer, 0, &[]).headers,
        ..room.patch(staff, &room.photo, 0, &longer)
    };
    refused(&room.send(&of_another_size), 404, "no-such-file");
    let too_much = room.patch(&room.chair, &room.photo, 0, &longer);
    refused(&room.send(&too_much), 400, "file-too-long");
    let mut other = room.photo.clone();
    other[5] ^= 1;
    let another = room.patch(staff, &room.photo, 0, &other);
    refused(&room.send(&another), 400, "file-differs");
    for header in ["Upload-Offset", "Upload-Length"] {
        for value in [None, Some("-1"), Some("1e3"), Some("")] {
            let mut malformed = room.patch(staff, &room.photo, 0, &room.photo);
            malformed.headers.retain(|(name, _)| *name != header);
            malformed.headers.extend(value.map(|value| (header, value.to_owned())));
            refused(&room.send(&malformed), 400, "malformed-upload");
        }
    }
    assert_eq!(room.lying().0, 0);
    let enormous = FileRef {
        size: LARGEST_FILE + 1,
        ..file_of(b"enormous")
    };
    let added = Event::FilesAdded(FilesAdded {
        precinct: room.precinct,
        files: vec![enormous.clone()],
    });
    room.served.take(room.served.pen.sign(staff, added)).await;
    let mut asked = room.patch(staff, b"enormous", 0, b"some");
    asked.headers[1].1 = enormous.size.to_string();
    refused(&room.send(&asked), 400, "file-too-large");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_cut_goes_on_where_it_was_and_makes_exactly_one_file() {
    let room = Room::new(Showing::Insiders, Embargo::Open).await;
    let length = room.photo.len();
    let cut = room.patch(&room.chair, &room.photo, 0, &room.photo).bytes();
    let mut stream = TcpStream::connect(room.served.address).unwrap();
    stream.write_all(&cut[..cut.len() - length / 2]).unwrap();
    drop(stream);
    // The server hears of the end in its own time.
    let mut come = 0;
    for _ in 0..500 {
        let answer = room.head(&room.chair, &room.photo);
        let (offset, whole) = answer.come();
        assert!(!whole);
        if offset > 0 && offset == come {
            let on = room.patch(&room.chair, &room.photo, 0, &room.photo);
            let answer = room.send(&on);
            if answer.code() == "other-offset" {
                break;
            }
            refused(&answer, 503, "upload-in-use");
        }
        come = offset;
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let at = usize::try_from(come).unwrap();
    assert!(at > 0 && at <= length / 2 + 1, "{at}");
    let rest = room.patch(&room.chair, &room.photo, come, &room.photo[at..]);
    assert_eq!(room.send(&rest).come(), (file_of(&room.photo).size, true));
    assert_eq!(room.lying(), (1, 0));
    assert_eq!(room.get(Some(&room.campaign), &room.photo).body, room.photo);
    // Whoever did not hear the answer asks, and hears that all is there; sending again changes nothing.
    assert_eq!(
        room.head(&room.chair, &room.photo).come(),
        (file_of(&room.photo).size, true)
    );
    refused(&room.sent(&room.chair, &room.photo), 409, "other-offset");
    assert_eq!(room.lying(), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_on_disk_when_it_is_acknowledged_and_a_damaged_one_is_given_to_nobody() {
    let room = Room::new(Showing::Insiders, Embargo::Open).await;
    room.sent(&room.chair, &room.photo);
    let name = file_of(&room.photo).hash.to_string();
    let lies = room.folder().join(&name);
    assert_eq!(std::fs::read(&lies).unwrap(), room.photo);
    let mut damaged = room.photo.clone();
    *damaged.last_mut().unwrap() ^= 0x80;
    std::fs::write(&lies, &damaged).unwrap();
    refused(&room.get(Some(&room.campaign), &room.photo), 500, "file-damaged");
    refused(&room.get(Some(&room.campaign), &room.photo), 404, "file-not-here");
    assert_eq!(room.files(Some(&room.campaign)).await.unwrap().missing, 1);
    assert_eq!(room.head(&room.chair, &room.photo).come(), (0, false));
    assert_eq!(room.sent(&room.chair, &room.photo).status, 204);
    assert_eq!(room.get(Some(&room.campaign), &room.photo).body, room.photo);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_fetches_what_a_public_entry_names_where_the_party_shows_it_and_not_before_its_release() {
    for embargo in [Embargo::Open, Embargo::OnRelease] {
        let room = Room::new(Showing::Everybody, embargo).await;
        room.sent(&room.chair, &room.photo);
        if embargo == Embargo::OnRelease {
            for reader in [None, Some(&room.observer)] {
                refused(&room.get(reader, &room.photo), 404, "no-such-file");
                assert_eq!(room.files(reader).await.unwrap().named, 0);
            }
            assert_eq!(room.get(Some(&room.campaign), &room.photo).status, 200);
            let released = room.served.pen.release(room.served.reviewer(), "first", &[room.entry]);
            room.served.take(released).await;
        }
        let answer = room.get(None, &room.photo);
        assert_eq!((answer.status, &answer.body), (200, &room.photo));
        let cache = answer.header("cache-control");
        assert_eq!(cache, Some("public, max-age=31536000, immutable"));
        assert_eq!(room.files(None).await.unwrap().named, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_an_event_says_of_its_type_a_file_is_nothing_that_a_browser_would_run() {
    let room = Room::new(Showing::Everybody, Embargo::Open).await;
    let page = b"<script>alert(1)</script>".as_slice();
    let added = Event::FilesAdded(FilesAdded {
        precinct: room.precinct,
        files: vec![FileRef {
            media_type: text("text/html"),
            ..file_of(page)
        }],
    });
    room.served.take(room.served.pen.sign(&room.chair, added)).await;
    assert_eq!(room.sent(&room.chair, page).status, 204);
    let answer = room.get(None, page);
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    assert_eq!(
        answer.header("content-security-policy"),
        Some("default-src 'none'; sandbox")
    );
    assert!(
        answer
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment; ")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_that_the_log_names_are_listed_with_whoever_named_them_and_whether_they_are_here() {
    let room = Room::new(Showing::Insiders, Embargo::Open).await;
    let (county, precinct) = room.served.name(room.precinct);
    let listed = room.files(Some(room.served.operator())).await.unwrap();
    assert_eq!((listed.named, listed.missing, listed.files.len()), (1, 1, 1));
    let named = &listed.files[0];
    assert_eq!(named.named.as_ref().unwrap().entry, room.entry);
    assert_eq!(named.kind, "report");
    assert_eq!(named.precincts, [v1::PlaceName { county, precinct }]);
    assert!(!named.held);
    room.sent(&room.chair, &room.photo);
    let listed = room.files(Some(&room.campaign)).await.unwrap();
    assert_eq!((listed.named, listed.missing, listed.files[0].held), (1, 0, true));
    assert_eq!(room.files(Some(&room.chair)).await.unwrap().named, 1);
    for reader in [None, Some(&room.observer), Some(&room.other_chair)] {
        let status = room.files(reader).await.unwrap_err();
        check_refusal(&status, tonic::Code::PermissionDenied, "files-kept-back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_folder_for_files_says_so() {
    let served = Served::signed().await;
    let asked = Asked {
        method: "GET",
        path: path(b"nothing"),
        signed: None,
        headers: Vec::new(),
        body: &[],
    };
    refused(
        &tokio::task::block_in_place(|| asked.send(served.address)),
        404,
        "files-not-kept",
    );
}

/// A file of so many bytes that the staff has named.
async fn named(room: &Room, by: &SigningKey, seed: u8, size: usize) -> Vec<u8> {
    let bytes = vec![seed; size];
    let added = Event::FilesAdded(FilesAdded {
        precinct: room.precinct,
        files: vec![file_of(&bytes)],
    });
    room.served.take(room.served.pen.sign(by, added)).await;
    bytes
}

fn quotas(chair: u64, person: u64) -> Settings {
    Settings {
        quotas: Quotas { chair, person },
        ..Settings::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_files_have_a_quota_whatever_keys_the_person_has_and_whoever_named_them() {
    let room = Room::with(Showing::Insiders, Embargo::Open, quotas(1_000, 3_000)).await;
    let staff = room.served.operator();
    let first = named(&room, &room.chair, 1, 600).await;
    let second = named(&room, &room.chair, 2, 600).await;
    let third = named(&room, &room.chair, 3, 400).await;
    // Half of it has come: the rest must fit, too.
    let piece = room.patch(&room.chair, &first, 0, &first[..300]);
    assert_eq!(room.send(&piece).come(), (300, false));
    assert_eq!(room.sent(&room.chair, &second).status, 204, "300 and 600 are within it");
    let rest = room.patch(&room.chair, &first, 300, &first[300..]);
    let answer = room.send(&rest);
    refused(&answer, 429, "file-quota");
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(said.contains("600 are used") && said.contains("1000"), "{said}");
    assert_eq!(room.sent(&room.chair, &third).status, 429);
    // What staff sends counts for staff.
    assert_eq!(room.sent(staff, &first).status, 204);
    assert_eq!(room.sent(staff, &third).status, 204);
    let large = named(&room, staff, 4, 2_001).await;
    refused(&room.sent(staff, &large), 429, "file-quota");
    // A second key of the chair is the same person.
    let (other, scope) = (key(83), Role::Chair(vec![room.precinct]));
    let person = room.served.night.keys.chair(room.precinct).unwrap().person.to_string();
    let enrolment = room.served.pen.enrol(room.served.registrar(), &other, &person, scope);
    room.served.take(enrolment).await;
    let fifth = named(&room, &other, 5, 401).await;
    refused(&room.sent(&other, &fifth), 429, "file-quota");
    // What was sent counts after a restart as before, and is there.
    let Room {
        served,
        precinct,
        chair,
        other_chair,
        campaign,
        observer,
        photo,
        entry,
    } = room;
    let room = Room {
        served: served.restart().await,
        precinct,
        chair,
        other_chair,
        campaign,
        observer,
        photo,
        entry,
    };
    // It takes nothing that was signed before it started, by its clock.
    let mut answer = room.sent(&other, &fifth);
    while answer.code() == "read-too-old" {
        answer = room.sent(&other, &fifth);
    }
    refused(&answer, 429, "file-quota");
    assert_eq!(room.get(Some(&room.chair), &second).body, second);
    let sixth = named(&room, &other, 6, 100).await;
    assert_eq!(room.sent(&other, &sixth).status, 204);
    assert_eq!(room.sent(room.served.operator(), &large).status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_leave_the_reserve_alone_and_each_precinct_its_share() {
    const RESERVE: u64 = 1 << 20;
    let bytes = std::sync::Arc::new(AtomicU64::new(RESERVE + (1 << 30)));
    let says = std::sync::Arc::clone(&bytes);
    let probe: Probe = std::sync::Arc::new(move |_| {
        Ok(tallylog_store::Room {
            bytes: says.load(Ordering::SeqCst),
            files: None,
        })
    });
    let settings = Settings {
        reserve: Reserve { bytes: RESERVE, probe },
        ..Settings::default()
    };
    let room = Room::with(Showing::Insiders, Embargo::Open, settings).await;
    let staff = room.served.operator();
    let file = named(&room, staff, 1, 30_000).await;
    let precincts = room.served.night.counties.iter().map(|county| county.precincts.len());
    let precincts = u64::try_from(precincts.sum::<usize>()).unwrap();
    let share = 490_000;
    bytes.store(RESERVE + share * precincts, Ordering::SeqCst);
    assert_eq!(room.sent(staff, &file).status, 204);
    bytes.store(RESERVE + share * precincts / 2, Ordering::SeqCst);
    let size = usize::try_from(share * precincts * 3 / 10).unwrap();
    let file = named(&room, staff, 2, size).await;
    refused(&room.sent(staff, &file), 503, "files-full");
    bytes.store(RESERVE + 479_000, Ordering::SeqCst);
    refused(&room.sent(&room.chair, &room.photo), 503, "disk-full");
    bytes.store(RESERVE - 1, Ordering::SeqCst);
    refused(&room.sent(&room.chair, &room.photo), 503, "disk-full");
    // What is there is answered, and events are taken.
    assert_eq!(room.head(&room.chair, &room.photo).come(), (0, false));
    named(&room, staff, 3, 10).await;
    bytes.store(RESERVE + share * precincts * 2, Ordering::SeqCst);
    assert_eq!(room.sent(&room.chair, &room.photo).status, 204);
}
