//! Files beside the log: taken piece by piece, believed when their hash is right, and never given out when it is not.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use tallylog_store::{FileId, Files, Progress, StoreError};
use tempfile::TempDir;

const SENDER: [u8; 32] = [7; 32];

struct Folder {
    dir: TempDir,
    files: Files,
}

fn folder() -> Folder {
    let dir = tempfile::tempdir().unwrap();
    let files = Files::open(&dir.path().join("files")).unwrap();
    Folder { dir, files }
}

impl Folder {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("files").join(name)
    }

    fn whole(&self, id: FileId) -> PathBuf {
        self.path(&name(id))
    }

    fn partial(&self, id: FileId) -> PathBuf {
        let sender = blake3::Hash::from_bytes(SENDER).to_hex();
        self.path(&format!("partial/{}-{sender}", name(id)))
    }

    /// Everything that lies there, partial files apart.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("")).unwrap().map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
        files.map(|entry| entry.file_name().into_string().unwrap()).collect()
    }

    fn partials(&self) -> usize {
        fs::read_dir(self.path("partial")).unwrap().count()
    }

    /// Sends what has not come yet in pieces of so many bytes, each a request of its own.
    fn send(&self, bytes: &[u8], piece: usize) -> Result<(), StoreError> {
        let id = id(bytes);
        loop {
            let offset = self.files.offset(id, &SENDER);
            let mut upload = self.files.resume(id, &SENDER, offset)?;
            let rest = &bytes[usize::try_from(offset).unwrap()..];
            upload.write(&rest[..piece.min(rest.len())])?;
            if upload.end()? == Progress::Whole {
                return Ok(());
            }
        }
    }

    #[track_caller]
    fn holds(&self, bytes: &[u8]) {
        assert_eq!(self.read(bytes).unwrap(), bytes);
        assert_eq!(self.names(), [name(id(bytes))]);
        assert_eq!(self.partials(), 0);
    }

    fn read(&self, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut read = Vec::new();
        self.files.read(id(bytes))?.read_to_end(&mut read).unwrap();
        Ok(read)
    }
}

fn id(bytes: &[u8]) -> FileId {
    FileId {
        hash: *blake3::hash(bytes).as_bytes(),
        size: u64::try_from(bytes.len()).unwrap(),
    }
}

fn name(id: FileId) -> String {
    blake3::Hash::from_bytes(id.hash).to_hex().to_string()
}

fn photo() -> Vec<u8> {
    (0..150_000_u32).flat_map(u32::to_le_bytes).collect()
}

#[track_caller]
fn refused<T>(outcome: Result<T, StoreError>, code: &str) {
    assert_eq!(outcome.err().map(|error| error.code()), Some(code));
}

#[test]
fn a_file_that_comes_in_pieces_is_the_file_that_was_sent() {
    for piece in [1_000_000, 64 << 10, 99_999] {
        let folder = folder();
        folder.send(&photo(), piece).unwrap();
        folder.holds(&photo());
    }
    let folder = folder();
    folder.send(b"", 1).unwrap();
    folder.holds(b"");
}

#[test]
fn an_upload_goes_on_where_it_was_cut_and_nowhere_else() {
    let folder = folder();
    let (photo, id) = (photo(), id(&photo()));
    let mut upload = folder.files.resume(id, &SENDER, 0).unwrap();
    upload.write(&photo[..1_000]).unwrap();
    refused(folder.files.resume(id, &SENDER, 0), "upload-in-use");
    assert_eq!(upload.end().unwrap(), Progress::Partial(1_000));
    assert_eq!(folder.files.offset(id, &SENDER), 1_000);
    assert!(!folder.files.holds(id));
    refused(folder.files.read(id), "file-missing");
    for other in [0, 999, 1_001] {
        refused(folder.files.resume(id, &SENDER, other), "other-offset");
    }
    // Another sender knows nothing of it, and neither hinders the other.
    assert_eq!(folder.files.offset(id, &[8; 32]), 0);
    folder.send(&photo, 100_000).unwrap();
    refused(folder.files.resume(id, &[8; 32], 0), "other-offset");
    assert_eq!(folder.files.offset(id, &[8; 32]), id.size);
    folder.holds(&photo);
}

#[test]
fn what_has_another_hash_or_more_bytes_than_announced_is_not_kept() {
    let folder = folder();
    let photo = photo();
    let mut other = photo.clone();
    other[77] ^= 1;
    let mut upload = folder.files.resume(id(&photo), &SENDER, 0).unwrap();
    upload.write(&other).unwrap();
    refused(upload.end(), "file-differs");
    assert_eq!((folder.names().len(), folder.partials()), (0, 0));
    let mut upload = folder.files.resume(id(&photo), &SENDER, 0).unwrap();
    upload.write(&photo[1..]).unwrap();
    refused(upload.write(&photo[..2]), "file-too-long");
    // Fewer bytes under the right hash are a file that is not whole.
    assert_eq!(upload.end().unwrap(), Progress::Partial(id(&photo).size - 1));
    assert!(folder.names().is_empty());
}

/// Whatever a crash leaves of a partial file, the next try makes the file of it, or refuses it and begins anew.
#[test]
fn after_a_crash_at_any_step_the_file_is_sent_to_its_end_and_is_there_once() {
    let photo = photo();
    let id = id(&photo);
    let of_the_crash: [Vec<u8>; 6] = [
        Vec::new(),
        photo[..1].to_vec(),
        photo[..300_000].to_vec(),
        // Everything had come, and its hash was not looked at.
        photo.clone(),
        // The length reached the disk, and bytes did not.
        [&photo[..100_000], &vec![0; 50_000]].concat(),
        [photo.as_slice(), b"more"].concat(),
    ];
    for left in of_the_crash {
        let folder = folder();
        fs::write(folder.partial(id), &left).unwrap();
        let whole = photo.starts_with(&left);
        let mut outcome = folder.send(&photo, 200_000);
        if !whole {
            outcome.map_err(|error| error.code()).unwrap_err();
            outcome = folder.send(&photo, 200_000);
        }
        outcome.unwrap();
        folder.holds(&photo);
    }
    // It had its name, and the sender was not told: it asks, and hears that all of it is there.
    let folder = folder();
    folder.send(&photo, 1 << 20).unwrap();
    let again = Files::open(&folder.path("")).unwrap();
    assert_eq!(again.offset(id, &SENDER), id.size);
}

#[test]
fn a_damaged_file_is_never_given_out_and_can_be_sent_again() {
    for damage in [
        |bytes: &mut Vec<u8>| bytes[599_999] ^= 0x10,
        |bytes: &mut Vec<u8>| bytes.truncate(5),
        |bytes: &mut Vec<u8>| bytes.push(0),
        |bytes: &mut Vec<u8>| bytes.clear(),
    ] {
        let folder = folder();
        let photo = photo();
        folder.send(&photo, 1 << 20).unwrap();
        let mut bytes = fs::read(folder.whole(id(&photo))).unwrap();
        damage(&mut bytes);
        fs::write(folder.whole(id(&photo)), &bytes).unwrap();
        refused(Files::at(&folder.path("")).check(id(&photo)), "file-damaged");
        refused(folder.files.read(id(&photo)), "file-damaged");
        refused(folder.files.read(id(&photo)), "file-missing");
        let aside = folder.path(&format!("{}.damaged", name(id(&photo))));
        assert_eq!(fs::read(&aside).unwrap(), bytes);
        folder.send(&photo, 1 << 20).unwrap();
        assert_eq!(folder.read(&photo).unwrap(), photo);
    }
}

#[test]
fn a_file_is_put_whole_or_not_at_all() {
    let folder = folder();
    let photo = photo();
    let mut other = photo.clone();
    other[0] ^= 1;
    refused(folder.files.put(id(&photo), &mut other.as_slice()), "file-differs");
    refused(folder.files.put(id(&photo), &mut &photo[1..]), "file-differs");
    let longer = [photo.as_slice(), b"!"].concat();
    refused(folder.files.put(id(&photo), &mut longer.as_slice()), "file-too-long");
    assert!(folder.names().is_empty());
    for _ in 0..2 {
        folder.files.put(id(&photo), &mut photo.as_slice()).unwrap();
        folder.holds(&photo);
    }
    fs::write(folder.whole(id(&photo)), &other).unwrap();
    folder.files.put(id(&photo), &mut photo.as_slice()).unwrap();
    assert_eq!(folder.read(&photo).unwrap(), photo);
}

#[test]
fn what_nobody_goes_on_sending_is_swept_away_and_nothing_else() {
    let folder = folder();
    let (photo, waits) = (photo(), b"waits".as_slice());
    folder.send(&photo, 1 << 20).unwrap();
    fs::write(folder.partial(id(waits)), b"wa").unwrap();
    let now = SystemTime::now();
    assert_eq!(folder.files.sweep(now - Duration::from_hours(1)).unwrap(), 0);
    assert_eq!(folder.partials(), 1);
    assert_eq!(folder.files.sweep(now + Duration::from_mins(1)).unwrap(), 1);
    folder.holds(&photo);
}
