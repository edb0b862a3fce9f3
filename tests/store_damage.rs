//! Whatever is cut or flipped in a store is found at the start, and nothing that is readable is lost.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

mod store_support;
mod trials;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use store_support::{CHILD, assert_holds, batch, child, entry, open_or_create};
use tallylog_store::{Store, StoreError, salvage};
use trials::{Random, seed, trials};

const SIZE: u64 = 240;

/// What the seal hashes at once, and the head writes at once.
const SEAL_BLOCK: u64 = 65_536;
const SECTOR: u64 = 512;

/// The bytes that a frame has before those of the entry.
const FRAME_HEADER: usize = 40;

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The child: appends and ends as if it had been killed.
#[test]
fn appends_and_is_gone() {
    let Some(dir) = std::env::var_os(CHILD) else {
        return;
    };
    let mut store = open_or_create(Path::new(&dir));
    while store.head().size < SIZE {
        store.append(&batch(store.head().size, 12)).unwrap();
    }
    // Unlike a return, this runs no destructors.
    std::process::exit(0);
}

fn read_files(dir: &Path) -> Files {
    fn add(dir: &Path, root: &Path, files: &mut Files) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                add(&path, root, files);
            } else {
                files.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    let mut files = Files::new();
    add(dir, dir, &mut files);
    files
}

fn write_files(dir: &Path, files: &Files) {
    let _ = fs::remove_dir_all(dir);
    for (name, bytes) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// A store that was closed, opened and closed again, so that there is every kind of file.
fn sealed_store(dir: &Path) -> Files {
    let mut store = Store::create(dir).unwrap();
    store.append(&batch(0, SIZE / 2)).unwrap();
    store.close().unwrap();
    let mut store = Store::open(dir).unwrap();
    for index in SIZE / 2..SIZE {
        store.append(&batch(index, 1)).unwrap();
    }
    store.close().unwrap();
    read_files(dir)
}

/// A store whose process was gone all of a sudden.
fn unsealed_store(dir: &Path) -> Files {
    let status = child("appends_and_is_gone", dir).status().unwrap();
    assert!(status.success());
    read_files(dir)
}

#[derive(Debug)]
enum Harm {
    Flip { offset: u64, bit: u64 },
    Cut { length: u64 },
    Removal,
    Growth,
}

impl Harm {
    fn random(random: &mut Random, length: u64) -> Self {
        match random.below(10) {
            0 => Self::Removal,
            1 => Self::Growth,
            2..=4 if length > 0 => Self::Cut {
                length: random.below(length),
            },
            _ if length > 0 => Self::Flip {
                offset: random.below(length),
                bit: random.below(8),
            },
            _ => Self::Removal,
        }
    }

    fn apply(&self, files: &mut Files, name: &Path) {
        let bytes = files.get_mut(name).unwrap();
        match self {
            Self::Flip { offset, bit } => bytes[usize::try_from(*offset).unwrap()] ^= 1 << bit,
            Self::Cut { length } => bytes.truncate(usize::try_from(*length).unwrap()),
            Self::Removal => drop(files.remove(name)),
            Self::Growth => bytes.push(0),
        }
    }

    /// Whether bytes from `at` on are as they were.
    fn spares(&self, at: usize, length: usize) -> bool {
        match self {
            Self::Flip { offset, .. } => !(at..at + length).contains(&usize::try_from(*offset).unwrap()),
            Self::Cut { length: left } => at + length <= usize::try_from(*left).unwrap(),
            Self::Removal => false,
            Self::Growth => true,
        }
    }
}

/// Where the entries lie that are in one piece: found by their bytes, not as the store finds them.
struct Places(BTreeMap<PathBuf, Vec<(u64, usize, usize)>>);

impl Places {
    fn of(files: &Files) -> Self {
        let starts: BTreeMap<Vec<u8>, u64> = (0..SIZE)
            .map(|index| (entry(index), index))
            .filter(|(bytes, _)| (16..4_000).contains(&bytes.len()))
            .map(|(bytes, index)| (bytes[..16].to_vec(), index))
            .collect();
        let mut places = BTreeMap::new();
        for (name, bytes) in files {
            let hits = bytes.windows(16).enumerate().filter_map(|(at, window)| {
                let index = *starts.get(window)?;
                let whole = entry(index);
                bytes[at..].starts_with(&whole).then_some((index, at, whole.len()))
            });
            places.insert(name.clone(), hits.collect());
        }
        Self(places)
    }

    /// The entries of which an intact frame is left.
    fn left(&self, damaged: &Path, harm: &Harm) -> BTreeSet<u64> {
        let all = self
            .0
            .iter()
            .flat_map(|(name, places)| places.iter().map(move |place| (name, place)));
        all.filter(|(name, (_, at, length))| *name != damaged || harm.spares(at - FRAME_HEADER, length + FRAME_HEADER))
            .map(|(_, (index, ..))| *index)
            .collect()
    }
}

/// What can be salvaged, all of it checked.
fn salvaged(dir: &Path) -> BTreeSet<u64> {
    let salvage = salvage(dir).unwrap();
    let mut indexes = BTreeSet::new();
    for item in salvage.entries() {
        let (index, bytes) = item.unwrap();
        assert_eq!(bytes, entry(index), "entry {index}");
        indexes.insert(index);
    }
    let missing: BTreeSet<u64> = salvage.missing().into_iter().collect();
    assert!(missing.is_disjoint(&indexes));
    indexes
}

/// Checks that the error names the file that was damaged, and a place close to the damage.
#[track_caller]
fn assert_names(error: &StoreError, dir: &Path, name: &Path, harm: &Harm) {
    assert_eq!(error.code(), "store-damaged", "{error}");
    let StoreError::Damaged { place, .. } = error else {
        panic!("{error:?}");
    };
    let folder = dir.join(name.components().next().unwrap());
    let gone = matches!(harm, Harm::Removal) && place.path == folder;
    assert!(
        place.path == dir.join(name) || gone,
        "{} {harm:?}: {error}",
        name.display()
    );
    match harm {
        Harm::Flip { offset, .. } if name == Path::new("head") => {
            assert_eq!(place.offset, offset / SECTOR * SECTOR, "{error}");
        }
        Harm::Flip { offset, .. } => assert_eq!(place.offset, offset / SEAL_BLOCK * SEAL_BLOCK, "{error}"),
        Harm::Cut { length } if name != Path::new("seal") => assert_eq!(place.offset, *length, "{error}"),
        Harm::Cut { .. } | Harm::Removal | Harm::Growth => {}
    }
}

struct Trial {
    dir: PathBuf,
    harm: Harm,
    name: PathBuf,
    left: BTreeSet<u64>,
}

/// Runs trials, each with one damaged file; what opens must hold everything, what does not nothing less.
fn run(kind: &str, files: &Files, count: u64, check: impl Fn(&Trial, Result<Store, StoreError>) -> bool) {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("store");
    let mut random = Random(seed());
    let started = Instant::now();
    let names: Vec<&PathBuf> = files.keys().collect();
    let places = Places::of(files);
    let mut opened = 0;
    for _ in 0..count {
        let name = names[usize::try_from(random.next() % u64::try_from(names.len()).unwrap()).unwrap()].clone();
        let harm = Harm::random(&mut random, u64::try_from(files[&name].len()).unwrap());
        let mut damaged = files.clone();
        harm.apply(&mut damaged, &name);
        write_files(&dir, &damaged);
        let before = salvaged_or_missing(&dir);
        let left = places.left(&name, &harm);
        assert!(
            before.is_superset(&left),
            "{} {harm:?}: {:?}",
            name.display(),
            left.difference(&before)
        );
        let trial = Trial {
            dir: dir.clone(),
            harm,
            name,
            left,
        };
        if check(&trial, Store::open(&dir)) {
            opened += 1;
        } else {
            let after = read_files(&dir);
            assert!(
                after == damaged,
                "{} {:?}: a refused start wrote",
                trial.name.display(),
                trial.harm
            );
        }
    }
    println!(
        "{count} trials on a {kind} store of {} files: {opened} opened, {:?}",
        names.len(),
        started.elapsed()
    );
}

fn salvaged_or_missing(dir: &Path) -> BTreeSet<u64> {
    if dir.is_dir() { salvaged(dir) } else { BTreeSet::new() }
}

#[test]
fn any_change_of_a_sealed_store_is_found_and_named() {
    let parent = tempfile::tempdir().unwrap();
    let files = sealed_store(&parent.path().join("store"));
    let kinds = ["head", "seal", "conf", "db"];
    for kind in kinds {
        assert!(
            files.keys().any(|name| name.ends_with(kind)),
            "no {kind} in {:?}",
            files.keys()
        );
    }
    assert!(
        files.keys().any(|name| name.to_string_lossy().contains("/snap.")),
        "{:?}",
        files.keys()
    );
    run("sealed", &files, trials(200, 6_000), |trial, outcome| {
        let error = outcome.expect_err("a damaged store was opened");
        assert_names(&error, &trial.dir, &trial.name, &trial.harm);
        if matches!(trial.harm, Harm::Flip { .. } | Harm::Growth) {
            // A flipped bit damages one copy of one entry at most.
            assert!(trial.left.len() + 1 >= usize::try_from(SIZE).unwrap() - long_entries());
        }
        false
    });
}

fn long_entries() -> usize {
    (0..SIZE)
        .filter(|index| !(16..4_000).contains(&entry(*index).len()))
        .count()
}

#[test]
fn a_change_of_a_store_that_was_not_closed_is_found_or_does_no_harm() {
    let parent = tempfile::tempdir().unwrap();
    let files = unsealed_store(&parent.path().join("store"));
    run("killed", &files, trials(100, 4_000), |trial, outcome| match outcome {
        Ok(store) => {
            assert_holds(&store.reader(), SIZE);
            true
        }
        Err(error) => {
            let codes = ["store-damaged", "store-behind-head"];
            assert!(
                codes.contains(&error.code()),
                "{} {:?}: {error}",
                trial.name.display(),
                trial.harm
            );
            false
        }
    });
}

#[track_caller]
fn assert_salvages_all(dir: &Path) {
    assert_eq!(salvaged(dir), (0..SIZE).collect());
    assert_eq!(salvage(dir).unwrap().missing(), []);
    assert_eq!(salvage(dir).unwrap().head().map(|head| head.size), Some(SIZE));
}

#[test]
fn every_entry_of_a_closed_store_can_be_salvaged() {
    let parent = tempfile::tempdir().unwrap();
    sealed_store(&parent.path().join("store"));
    assert_salvages_all(&parent.path().join("store"));
}

#[test]
fn every_entry_of_a_killed_store_can_be_salvaged() {
    let parent = tempfile::tempdir().unwrap();
    unsealed_store(&parent.path().join("store"));
    assert_salvages_all(&parent.path().join("store"));
}
