//! The same nights as somebody is shown them under an embargo: without what no release lists, and without what a forger hides.
//!
//! What hides a forgery is not known here, and what is hidden may be what gives it away. So nothing is expected of the
//! verdicts but that both verifiers give the same.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tallylog_event::{Embargo, EntryIndex};
use tallylog_tlog::Hash;
use tallylog_verify::{Options, audit};

use crate::Night;
use crate::blocks::{self, BLOCKS};
use crate::centre::{Centre, bundle_in_part, public, withheld_folder, write_withheld};
use crate::stage::Stage;
use crate::trials::Random;

/// One night of each rule in so many is under an embargo, and shown in part.
const SHOWN_IN_PART: u64 = 3;
/// One entry in so many is hidden where a forger hides some.
const HIDDEN: u64 = 12;

/// Removes what was written before, of a name that begins so.
pub(crate) fn cleared(prefix: &str) {
    let Ok(files) = fs::read_dir(withheld_folder()) else {
        return;
    };
    for file in files.map(Result::unwrap) {
        if file.file_name().to_str().unwrap().starts_with(prefix) {
            fs::remove_file(file.path()).unwrap();
        }
    }
}

/// Whether the night of a number is under an embargo, where its rule leaves that open.
pub(crate) fn is_under_an_embargo(number: u64) -> bool {
    number.is_multiple_of(SHOWN_IN_PART)
}

/// Writes what somebody is shown of a forged night, for the browser's verifier.
pub(crate) fn written(name: &str, night: &Night, number: u64, seed: u64) {
    let Some(end) = night.end.as_ref().filter(|_| is_under_an_embargo(number)) else {
        return;
    };
    let mut random = Random(seed);
    let after = end.size() - night.entry.0;
    let size = night.entry.0 + 1 + random.below(after);
    // Admission keeps the fold from what it is not made for: of some forgeries nobody can say what they open.
    let is_shown = catch_unwind(AssertUnwindSafe(|| shown(end, size, &mut random)));
    if let Ok(Some(bytes)) = is_shown {
        write_withheld(&format!("forged-{name}"), &bytes);
    }
}

/// What is shown of the first entries: what is public, in one night of two without some of it.
fn shown(centre: &Centre, size: u64, random: &mut Random) -> Option<Vec<u8>> {
    let mut is_shown = public(&centre.state().at(size)?);
    if random.below(2) == 0 {
        for entry in is_shown.iter_mut().skip(1) {
            *entry &= random.below(HIDDEN) > 0;
        }
    }
    is_shown.contains(&false).then(|| in_part(centre, &is_shown))
}

fn in_part(centre: &Centre, is_shown: &[bool]) -> Vec<u8> {
    bundle_in_part(&centre.contest, &centre.entries[..is_shown.len()], is_shown)
}

/// An honest night of some version under an embargo, to its end.
fn honest(seed: u64) -> Centre {
    let mut random = Random(seed);
    let version = u16::try_from(2 + random.below(2)).unwrap();
    let mut centre = Centre::with(|of| (of.fold, of.embargo) = (version, Embargo::OnRelease));
    (centre.watched, centre.follows) = (false, false);
    let mut stage = Stage {
        centre,
        random,
        number: 0,
    };
    let mut all = BLOCKS.to_vec();
    for last in (1..all.len()).rev() {
        all.swap(last, stage.random.place(last + 1));
    }
    for block in all {
        let _left_out = block(&mut stage);
    }
    blocks::end(&mut stage);
    stage.centre
}

#[test]
fn what_is_public_of_an_honest_night_verifies_at_every_size_under_an_embargo() {
    cleared("honest-");
    let mut certified = 0;
    for seed in 0..8 {
        let centre = honest(seed);
        let opened = 30;
        for size in (opened..=centre.size()).filter(|size| *size == centre.size() || size % 5 == seed % 5) {
            let state = centre.state().at(size).unwrap();
            let is_shown = public(&state);
            if !is_shown.contains(&false) {
                certified += u64::from(!state.withholds());
                continue;
            }
            let bytes = in_part(&centre, &is_shown);
            let report = audit(&bytes, &Options::default()).unwrap();
            assert!(
                report.verified() && report.withheld > 0,
                "{seed} {size}\n{}",
                report.table()
            );
            assert!(report.foreign_samples.is_empty(), "{seed} {size}\n{}", report.table());
            write_withheld(&format!("honest-{seed}-{size:03}"), &bytes);
        }
    }
    assert!(certified > 0, "no night was certified");
}

/// The layout has one encoding of each night, whatever is hidden.
#[test]
fn a_bundle_with_withheld_entries_has_one_layout() {
    cleared("layout-");
    let centre = honest(0);
    let size = centre.size() / 2;
    let entries = &centre.entries[..usize::try_from(size).unwrap()];
    let last = |is_last: bool| (1..=size).map(|entry| (entry < size) == is_last).collect::<Vec<_>>();
    let bytes = in_part(&centre, &last(true));
    let whole = in_part(&centre, &vec![true; entries.len()]);
    let as_version = |bytes: &[u8], version: &str| [b"tallylog/bundle/v", version.as_bytes(), &bytes[18..]].concat();
    let first = in_part(&centre, &[false]);
    let alone = in_part(&centre, &[&[true][..], &vec![false; entries.len() - 1]].concat());
    for (name, bytes, code) in [
        ("the last entry is withheld", bytes.clone(), None),
        ("nothing is withheld", whole.clone(), Some("night-version")),
        ("version 3", as_version(&bytes, "3"), Some("night-version")),
        (
            "a hash is cut",
            bytes[..bytes.len() - 1].to_vec(),
            Some("night-entry-cut"),
        ),
        (
            "no hash is there",
            bytes[..bytes.len() - 32].to_vec(),
            Some("night-entry-cut"),
        ),
        (
            "half a length",
            bytes[..bytes.len() - 33].to_vec(),
            Some("night-entry-cut"),
        ),
        (
            "a byte behind the last",
            [bytes.clone(), vec![0]].concat(),
            Some("night-trailing"),
        ),
        ("hashes in version 1", as_version(&bytes, "1"), Some("night-trailing")),
        (
            "an entry without bytes in version 1",
            empty(&centre, entries),
            Some("tree-wrong-root"),
        ),
        (
            "entry 0 is withheld, and there is no other",
            first,
            Some("entry-0-no-contest"),
        ),
        ("everything is withheld but entry 0", alone, None),
    ] {
        let found = match audit(&bytes, &Options::default()) {
            Ok(report) => report.failures().next().map(|(_, failure)| failure.flaw.code()),
            Err(error) => Some(error.code()),
        };
        assert_eq!(found, code, "{name}");
        write_withheld(&format!("layout-{}", name.replace(' ', "-")), &bytes);
    }
}

/// A bundle of version 1 in which the last entry has no bytes.
fn empty(centre: &Centre, entries: &[Vec<u8>]) -> Vec<u8> {
    let (last, others) = entries.split_last().unwrap();
    assert_ne!(Hash::leaf(last), Hash::leaf(&[]));
    let whole = crate::bundle(&centre.contest, entries);
    let kept = whole.len() - last.len() - 2;
    assert!(whole[..kept].ends_with(others.last().unwrap()), "{:?}", EntryIndex(0));
    [&whole[..kept], &[0, 0]].concat()
}
