//! Photos of a report: sent after it, from wherever the network was cut, and there once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::centre::{Centre, Chair, ends};
use crate::proxy::{Fault, Proxy};
use crate::read;
use crate::support::text;

/// As many bytes as a photo has that a telephone takes.
const SIZE: usize = 3_000_000;

fn photo(centre: &Centre, name: &str) -> PathBuf {
    let path = centre.dir.path().join(name);
    let noise = (0..u32::try_from(SIZE / 4).unwrap()).flat_map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes());
    let bytes: Vec<u8> = [b"\xff\xd8\xff", name.as_bytes()]
        .concat()
        .into_iter()
        .chain(noise)
        .collect();
    fs::write(&path, bytes).unwrap();
    path
}

fn hash(path: &Path) -> String {
    blake3::hash(&fs::read(path).unwrap()).to_hex().to_string()
}

/// The photos of a chair's outbox.
fn photos(chair: &Chair) -> Vec<Value> {
    let listed = ends(chair.command(&["outbox", "list", "--format", "json"]), 0);
    read(&listed.out)["photos"].as_array().unwrap().clone()
}

fn states(chair: &Chair) -> Vec<String> {
    let photos = photos(chair).into_iter();
    photos
        .map(|photo| photo["state"].as_str().unwrap().to_owned())
        .collect()
}

/// Whole files on the server, and the bytes of each that came in part.
fn on_the_server(centre: &Centre) -> (usize, Vec<u64>) {
    let folder = centre.dir.path().join("data/files");
    let whole = fs::read_dir(&folder).unwrap().count() - 1;
    let parts = fs::read_dir(folder.join("partial")).unwrap();
    (
        whole,
        parts.map(|part| part.unwrap().metadata().unwrap().len()).collect(),
    )
}

fn fetches(centre: &Centre, chair: &Chair, photo: &Path) {
    let copy = centre.dir.path().join("copy");
    let args = ["photo", "fetch", &hash(photo)[..12], "--output", text(&copy)];
    ends(centre.signing(chair, &args), 0);
    assert_eq!(fs::read(copy).unwrap(), fs::read(photo).unwrap());
}

#[test]
fn a_report_is_received_while_its_photos_are_cut_and_they_go_on_where_they_were() {
    let centre = Centre::served(1, 4);
    let target = centre.url().trim_start_matches("http://").to_owned();
    // Every connection ends after so many bytes: enough for a report, and never for a photo.
    let proxy = Proxy::new(Arc::new(Mutex::new(target)), vec![Fault::Up(300_000); 1_000]);
    let chair = centre.chair(0, &proxy.url);
    let (one, two) = (photo(&centre, "one.jpg"), photo(&centre, "two.jpg"));
    let reporting = ["--photo", text(&one), "--photo", text(&two), "--patience", "2"];
    let said = ends(centre.reporting(&chair, &reporting), 0);
    assert!(said.err.contains("2 photos wait on this device"), "{}", said.err);
    assert_eq!(chair.state(), "received");
    assert_eq!(states(&chair), ["saved here", "saved here"]);
    let (whole, parts) = on_the_server(&centre);
    let size = fs::metadata(&one).unwrap().len();
    assert_eq!(whole, 0);
    assert!(
        parts.len() == 2 && parts.iter().all(|part| *part > 0 && *part < size),
        "{parts:?}"
    );

    // Whoever sends without the key is told why the photos still wait.
    let said = ends(chair.command(&["outbox", "send"]), 2).err;
    assert!(said.contains("[photos-need-key]"), "{said}");
    let sending = || centre.signing(&chair, &["outbox", "send", "--patience", "0"]);
    let said = ends(sending(), 2).err;
    assert!(said.contains("[photos-not-sent]"), "{said}");
    proxy.heal();
    ends(centre.signing(&chair, &["outbox", "send"]), 0);
    assert_eq!(states(&chair), ["sent", "sent"]);
    assert_eq!(on_the_server(&centre), (2, Vec::new()));
    fetches(&centre, &chair, &one);
    fetches(&centre, &chair, &two);
    ends(sending(), 0);
    assert_eq!(centre.events(chair.id).len(), 1);
}

#[test]
fn a_server_that_is_killed_in_the_middle_of_a_photo_gets_the_rest_of_it_afterwards() {
    let centre = Centre::served(1, 4);
    let chair = centre.chair(0, &centre.url());
    ends(centre.reporting(&chair, &[]), 0);
    let one = photo(&centre, "one.jpg");
    let target = Arc::new(Mutex::new(centre.url().trim_start_matches("http://").to_owned()));
    let proxy = Proxy::new(Arc::clone(&target), vec![Fault::Up(700_000); 6]);
    let binding = ["outbox", "photo", text(&one), "--server", &proxy.url, "--patience", "1"];
    centre.signing(&chair, &binding).output().unwrap();
    centre.kill();
    let url = centre.start();
    proxy.heal();
    let sending = ["outbox", "send", "--server", &url];
    ends(centre.signing(&chair, &sending), 0);
    assert_eq!(states(&chair), ["sent"]);
    assert_eq!(on_the_server(&centre), (1, Vec::new()));
    let mut device = chair.device();
    device["server"] = url.into();
    chair.write_device(&device);
    fetches(&centre, &chair, &one);
}

#[test]
fn a_photo_that_was_changed_on_the_device_is_not_sent_and_is_said_to_be() {
    let centre = Centre::new(1, 4);
    let chair = centre.chair(0, "http://127.0.0.1:1");
    let one = photo(&centre, "one.jpg");
    ends(centre.reporting(&chair, &["--photo", text(&one), "--patience", "0"]), 2);
    let url = centre.start();
    let kept = chair.dir.join("outbox/photos").join(hash(&one));
    let mut bytes = fs::read(&kept).unwrap();
    bytes[1_000] ^= 1;
    fs::write(&kept, bytes).unwrap();
    ends(centre.signing(&chair, &["outbox", "send", "--server", &url]), 1);
    assert_eq!(chair.state(), "received");
    let photo = &photos(&chair)[0];
    assert_eq!(
        (&photo["state"], &photo["trouble"]),
        (&"saved here".into(), &"photo-changed".into())
    );
    assert_eq!(on_the_server(&centre), (0, Vec::new()));
}
