//! Crashes, damage and limits.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tallylog_event::{CountyId, PrecinctId, Text};
use tallylog_store::Room;
use tempfile::TempDir;

use super::journal::{Journal, Pages};
use super::{Begun, Claim, Claiming, Draft, Notebook, Page, Place};
use crate::problem::Problem;
use crate::room::{Probe, Reserve};

const NOW: Begun = Begun { size: 40, at_ms: 0 };

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("notebook")
    }

    fn mark(&self) -> PathBuf {
        self.folder.path().join("notebook.mark")
    }

    /// Beside a log that has entries.
    fn open(&self) -> Notebook {
        self.opened(40)
    }

    /// Beside a log of a size, now.
    fn opened(&self, size: u64) -> Notebook {
        let at_ms = crate::clock::now().0;
        Notebook::open(&self.path(), Reserve::of(0), Begun { size, at_ms }).unwrap()
    }
}

fn precinct(number: u16) -> PrecinctId {
    PrecinctId {
        county: CountyId(3),
        number,
    }
}

fn claim(person: &str) -> Claim {
    Claim {
        person: person.to_owned(),
        since_ms: 7,
        typed_ms: 7,
        is_given: false,
    }
}

fn draft(form: &str) -> Draft {
    Draft {
        form: form.to_owned(),
        ..Draft::blank()
    }
}

/// Writes a page in one change.
#[track_caller]
fn note(notebook: &Notebook, at: impl Into<Place>, person: &str, form: &str) -> Page {
    let page = Page {
        claim: Some(claim(person)),
        drafts: [(person.to_owned(), draft(form))].into(),
        ..Page::default()
    };
    let wanted = page.clone();
    notebook
        .change(at, |noted| {
            *noted = wanted;
            Ok(())
        })
        .unwrap();
    page
}

#[test]
fn what_was_noted_is_there_after_a_restart_and_for_its_owner_alone() {
    let desk = Desk::new();
    let notebook = desk.open();
    let one = note(&notebook, precinct(1), "Olga", "{\"attendance\": 40}");
    let county = note(&notebook, CountyId(3), "Vera", "a county is no precinct");
    drop(notebook);
    let notebook = desk.open();
    assert_eq!(notebook.page(precinct(1)).unwrap(), one);
    assert_eq!(notebook.page(CountyId(3)).unwrap(), county);
    assert_eq!(notebook.page(precinct(2)).unwrap(), Page::default());
    let mode = fs::metadata(desk.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::read_dir(desk.folder.path()).unwrap().count(), 2, "with its mark");
}

#[test]
fn a_crash_in_the_middle_of_a_draft_leaves_the_one_before_it() {
    let desk = Desk::new();
    let notebook = desk.open();
    let before = note(&notebook, precinct(1), "Olga", "first");
    let whole = fs::read(desk.path()).unwrap();
    let after = note(&notebook, precinct(1), "Olga", "second, and longer than the first");
    drop(notebook);
    let written = fs::read(desk.path()).unwrap();
    assert!(written.starts_with(&whole));
    for length in whole.len()..=written.len() {
        fs::write(desk.path(), &written[..length]).unwrap();
        let expected = if length == written.len() { &after } else { &before };
        assert_eq!(&desk.open().page(precinct(1)).unwrap(), expected, "{length}");
        // What was torn off is gone from the disk too, so that the next line is whole.
        note(&desk.open(), precinct(2), "Omar", "after the crash");
        assert_eq!(&desk.open().page(precinct(1)).unwrap(), expected, "{length}");
    }
}

#[test]
fn a_page_of_zeros_at_the_end_is_what_a_power_cut_leaves() {
    let desk = Desk::new();
    let before = note(&desk.open(), precinct(1), "Olga", "first");
    let mut text = fs::read(desk.path()).unwrap();
    text.extend([0; 300]);
    fs::write(desk.path(), &text).unwrap();
    assert_eq!(desk.open().page(precinct(1)).unwrap(), before);
}

#[test]
fn a_line_that_changed_is_found_and_nothing_is_read_past_it() {
    let desk = Desk::new();
    let notebook = desk.open();
    note(&notebook, precinct(1), "Olga", "first");
    note(&notebook, precinct(2), "Omar", "second");
    drop(notebook);
    let written = fs::read(desk.path()).unwrap();
    let first = written.iter().position(|byte| *byte == b'\n').unwrap();
    for at in 0..first {
        let mut spoilt = written.clone();
        spoilt[at] ^= 1;
        fs::write(desk.path(), &spoilt).unwrap();
        let begun = Begun { size: 40, at_ms: 0 };
        let problem = Notebook::open(&desk.path(), Reserve::of(0), begun).unwrap_err();
        assert_eq!(problem, Problem::NotebookDamaged(1), "{at}");
        assert_eq!(fs::read(desk.path()).unwrap(), spoilt, "evidence is kept");
    }
}

#[test]
fn what_is_refused_changes_nothing() {
    let desk = Desk::new();
    let notebook = desk.open();
    let page = note(&notebook, precinct(1), "Olga", "first");
    let text = fs::read(desk.path()).unwrap();
    let refused = notebook.change(precinct(1), |page| {
        page.claim = None;
        Err::<(), _>(Problem::NoDraft)
    });
    assert_eq!(refused, Err(Problem::NoDraft));
    let long = notebook.change(precinct(1), |page| {
        page.drafts.insert("Omar".to_owned(), draft(&"x".repeat(32_769)));
        Ok(())
    });
    assert!(
        matches!(long, Err(Problem::NoteTooLong { limit: 32_768, .. })),
        "{long:?}"
    );
    let some = notebook.change_all(&[precinct(1).into(), precinct(2).into()], |number, page| {
        page.claim = None;
        if number == 1 { Err(Problem::NoDraft) } else { Ok(()) }
    });
    assert_eq!(some, Err(Problem::NoDraft));
    assert_eq!(notebook.page(precinct(1)).unwrap(), page);
    assert_eq!(fs::read(desk.path()).unwrap(), text);
}

#[test]
fn drafts_that_are_saved_again_and_again_do_not_fill_the_disk() {
    let desk = Desk::new();
    let notebook = desk.open();
    let form = "x".repeat(30_000);
    let mut largest = 0;
    for round in 0..400 {
        note(&notebook, precinct(round % 3), "Olga", &format!("{round}{form}"));
        largest = largest.max(fs::metadata(desk.path()).unwrap().len());
    }
    assert!(largest < 6 << 20, "{largest}");
    drop(notebook);
    let page = desk.open().page(precinct(0)).unwrap();
    assert!(page.drafts["Olga"].form.starts_with("399x"));
}

#[test]
fn a_change_of_many_pages_is_one_line() {
    let desk = Desk::new();
    let notebook = desk.open();
    let places: Vec<Place> = (0..50).map(|number| precinct(number).into()).collect();
    let changed = notebook.change_all(&places, |number, page| {
        page.contact.phone = format!("515-555-{number:04}");
        Ok(())
    });
    assert_eq!(changed, Ok(50));
    let text = fs::read_to_string(desk.path()).unwrap();
    assert_eq!(text.lines().count(), 2, "with the heading");
    drop(notebook);
    fs::write(desk.path(), &text[..text.len() - 10]).unwrap();
    assert_eq!(desk.open().page(precinct(0)).unwrap(), Page::default(), "all or none");
}

fn names(names: &[&str]) -> Vec<Text> {
    names.iter().map(|name| Text::new(*name).unwrap()).collect()
}

/// Somebody types into a draft and throws it away.
fn types(notebook: &Notebook, person: &str) {
    let changed = notebook.change(precinct(1), |page| {
        page.hands.insert(person.to_owned());
        Ok(())
    });
    changed.unwrap();
}

#[test]
fn a_notebook_as_old_as_the_log_knows_who_typed_where_also_when_the_draft_is_gone() {
    let desk = Desk::new();
    let notebook = desk.opened(0);
    types(&notebook, "Olga");
    note(&notebook, precinct(2), "Omar", "a draft that is still there");
    let mut page = notebook.page(precinct(2)).unwrap();
    page.drafts.get_mut("Omar").unwrap().typed("Vera");
    let put = notebook.change(precinct(2), |noted| {
        *noted = page;
        Ok(())
    });
    put.unwrap();
    drop(notebook);
    let notebook = desk.opened(500);
    let unseen = |number, named: &[&str]| notebook.unseen(precinct(number), &names(named)).unwrap();
    assert_eq!(unseen(1, &["Olga"]), None);
    assert_eq!(unseen(2, &["Vera"]), None);
    assert_eq!(unseen(1, &["Olga", "Omar"]), Some("Omar".to_owned()));
    assert_eq!(unseen(3, &["Olga"]), Some("Olga".to_owned()), "another precinct");
    assert_eq!(unseen(3, &[]), None);
}

#[test]
fn a_notebook_that_was_lost_or_put_back_takes_every_name_for_a_night() {
    let known = |desk: &Desk| {
        let notebook = desk.opened(500);
        let unseen = notebook.unseen(precinct(1), &names(&["Olga"])).unwrap();
        (notebook.begun().size, unseen.is_none())
    };
    let desk = Desk::new();
    drop(desk.opened(0));
    assert_eq!(known(&desk), (0, false), "nothing was lost");
    fs::remove_file(desk.path()).unwrap();
    assert_eq!(known(&desk), (500, true), "lost");
    assert_eq!(known(&desk), (500, true), "and still so after another start");

    let desk = Desk::new();
    let notebook = desk.opened(0);
    note(&notebook, precinct(2), "Omar", "first");
    let before = fs::read(desk.path()).unwrap();
    types(&notebook, "Olga");
    drop(notebook);
    fs::write(desk.path(), &before).unwrap();
    assert_eq!(known(&desk), (500, true), "put back");

    let desk = Desk::new();
    drop(desk.opened(0));
    fs::remove_file(desk.mark()).unwrap();
    assert_eq!(known(&desk), (500, true), "copied from somewhere, without its mark");

    let desk = Desk::new();
    let long_ago = Begun { size: 40, at_ms: 1 };
    let notebook = Notebook::open(&desk.path(), Reserve::of(0), long_ago).unwrap();
    let unseen = notebook.unseen(precinct(1), &names(&["Olga"])).unwrap();
    assert_eq!(unseen, Some("Olga".to_owned()), "what was begun before is long sent");
}

#[test]
fn a_notebook_of_before_there_were_headings_is_read_and_begun_anew() {
    let desk = Desk::new();
    let page = note(&desk.opened(0), precinct(1), "Olga", "first");
    let text = fs::read_to_string(desk.path()).unwrap();
    let (_, without) = text.split_once('\n').unwrap();
    fs::write(desk.path(), without).unwrap();
    let notebook = desk.opened(500);
    assert_eq!(notebook.page(precinct(1)).unwrap(), page);
    assert_eq!(notebook.begun().size, 500);
}

#[test]
fn a_claim_ends_a_quarter_of_an_hour_after_the_last_key_press_and_its_draft_stays() {
    const MINUTE: u64 = 60_000;
    let mut page = Page::default();
    let at = |now_ms| Claiming {
        person: "Olga",
        now_ms,
        others: 0,
    };
    page.claim(at(MINUTE)).unwrap();
    let is_over = |page: &Page, now_ms| page.claim.as_ref().unwrap().is_over(now_ms);
    assert!(!is_over(&page, 16 * MINUTE - 1) && is_over(&page, 16 * MINUTE));
    let since_ms = page.claim(at(15 * MINUTE)).unwrap().since_ms;
    assert_eq!(since_ms, MINUTE, "it is the same claim");
    assert!(!is_over(&page, 30 * MINUTE - 1) && is_over(&page, 30 * MINUTE));
    assert!(!is_over(&page, 0), "a clock that is set back ends nothing");
}

#[test]
fn an_operator_takes_so_many_precincts_and_keeps_those_that_are_theirs() {
    let taking = |others| Claiming {
        person: "Olga",
        now_ms: 7,
        others,
    };
    let mut page = Page::default();
    page.claim(taking(9)).unwrap();
    page.claim(taking(10)).unwrap();
    let too_many = Problem::TooManyClaims {
        person: "Olga".to_owned(),
        most: 10,
    };
    assert_eq!(Page::default().claim(taking(10)).unwrap_err(), too_many);
    // What was handed over becomes theirs when they go on with it, and not before.
    let given = Claim {
        is_given: true,
        ..claim("Olga")
    };
    page.claim = Some(given.clone());
    assert_eq!(page.claim(taking(10)).unwrap_err(), too_many);
    assert_eq!(page.claim.as_ref(), Some(&given), "a refusal changes nothing");
    assert!(!page.claim(taking(9)).unwrap().is_given);
    page.claim = Some(claim("Omar"));
    assert_eq!(page.claim(taking(0)).unwrap_err(), Problem::Claimed("Omar".to_owned()));
}

#[test]
fn a_full_disk_refuses_a_note_shows_what_is_noted_and_takes_the_next_when_there_is_room() {
    let desk = Desk::new();
    let bytes = Arc::new(AtomicU64::new(1_000));
    let says = Arc::clone(&bytes);
    let probe: Probe = Arc::new(move |_| {
        Ok(Room {
            bytes: says.load(Ordering::SeqCst),
            files: None,
        })
    });
    let notebook = Notebook::open(&desk.path(), Reserve { bytes: 1_000, probe }, NOW).unwrap();
    let page = note(&notebook, precinct(1), "Olga", "first");
    bytes.store(249, Ordering::SeqCst);
    let refused = notebook.change(precinct(1), |page| {
        page.claim = None;
        Ok(())
    });
    assert_eq!(refused, Err(Problem::DiskFull));
    assert_eq!(notebook.page(precinct(1)).unwrap(), page);
    bytes.store(250, Ordering::SeqCst);
    note(&notebook, precinct(1), "Olga", "second");
    drop(notebook);
    assert_eq!(desk.open().page(precinct(1)).unwrap().drafts["Olga"].form, "second");
}

#[test]
fn a_line_that_had_no_room_is_cut_off_or_the_file_is_written_anew() {
    let desk = Desk::new();
    let (mut journal, pages) = Journal::open(&desk.path(), NOW).unwrap();
    let turned: Pages = [(
        precinct(1).into(),
        Page {
            claim: Some(claim("Olga")),
            ..Page::default()
        },
    )]
    .into();
    // A device that takes no byte, and cannot be cut.
    journal.stand_in(File::options().append(true).open("/dev/full").unwrap());
    assert_eq!(journal.append(&turned, &pages), Err(Problem::DiskFull));
    journal.append(&turned, &pages).unwrap();
    drop(journal);
    let (_, pages) = Journal::open(&desk.path(), NOW).unwrap();
    assert_eq!(pages, turned);
}
