//! Samples of a paper audit: announced before the dice are rolled, drawn once, or given up by two persons.

use std::fs;
use std::process::Command;

use tallylog_event::{
    Abandonment, AnnouncedSample, Announcement, EntryIndex, Event, PaperEvent, PaperReading, PrecinctId, Role, Sample,
    TreeRoot,
};
use tallylog_projection::{AbandonedSample, FOLD_VERSION, draw, draw_announced};
use tallylog_rules::Sheet;

use crate::centre::{Centre, Person, audited, place, reported, revoked, right, text};

pub(crate) const DICE: &str = "41536241536241536241";
const OTHER_DICE: &str = "66666555554444433333";

fn centre() -> Centre {
    Centre::with(|contest| contest.fold = FOLD_VERSION)
}

pub(crate) fn announced_at(size: u64, root: TreeRoot, precincts: u32) -> Event {
    Event::Paper(PaperEvent::Announced(Box::new(Announcement { size, root, precincts })))
}

/// From a checkpoint of everything that the log has.
pub(crate) fn announced(centre: &Centre, precincts: u32) -> Event {
    announced_at(centre.size(), centre.root(centre.size()), precincts)
}

fn announcement(centre: &Centre, entry: EntryIndex) -> Announcement {
    let event = &centre.bodies[usize::try_from(entry.0).unwrap()].event;
    let Event::Paper(PaperEvent::Announced(announcement)) = event else {
        unreachable!("{event:?}");
    };
    announcement.as_ref().clone()
}

/// The precincts that dice draw from what was announced.
fn by_dice(centre: &Centre, announced: EntryIndex, dice: &str) -> Vec<PrecinctId> {
    let announcement = announcement(centre, announced);
    let roster = centre.state().at(announcement.size).unwrap();
    let mut drawn = draw_announced(roster.roster(), dice, &announcement.root);
    drawn.truncate(usize::try_from(announcement.precincts).unwrap());
    drawn
}

fn drawn_as(announcement: EntryIndex, dice: &str, precincts: Vec<PrecinctId>) -> Event {
    Event::Paper(PaperEvent::DrawnFrom(Box::new(AnnouncedSample {
        announcement,
        dice: text(dice),
        precincts,
    })))
}

/// As it is drawn by honest people.
pub(crate) fn drawn(centre: &Centre, announced: EntryIndex, dice: &str) -> Event {
    drawn_as(announced, dice, by_dice(centre, announced, dice))
}

pub(crate) fn abandoned(announcement: EntryIndex, seconds: Option<EntryIndex>) -> Event {
    Event::Paper(PaperEvent::Abandoned(Box::new(Abandonment {
        announcement,
        seconds,
        reason: text("a die rolled off the table"),
    })))
}

/// As samples were drawn before they were announced.
pub(crate) fn unannounced(centre: &Centre, dice: &str) -> Event {
    let root = TreeRoot([7; 32]);
    let precincts = draw(centre.state().roster(), dice, &root);
    Event::Paper(PaperEvent::Drawn(Box::new(Sample {
        dice: text(dice),
        size: centre.size(),
        root,
        precincts: precincts[..2].to_vec(),
    })))
}

fn read(sample: EntryIndex, precinct: PrecinctId, sheet: Sheet) -> Event {
    Event::Paper(PaperEvent::Read(Box::new(PaperReading {
        sample,
        precinct,
        sheet,
        files: Vec::new(),
    })))
}

/// Announces a sample of two as Vera, and gives its entry.
fn announce(centre: &mut Centre) -> EntryIndex {
    let event = announced(centre, 2);
    centre.take(&Person::Vera.key(), event)
}

#[test]
fn a_sample_is_drawn_from_the_checkpoint_that_was_announced_whatever_comes_between() {
    let mut centre = centre();
    let here = place(0, 0);
    centre.take(&Centre::chair(here), reported(here, &right(here, 0)));
    let entry = announce(&mut centre);
    let before = by_dice(&centre, entry, DICE);
    centre.take(&Centre::chair(here), reported(here, &right(here, 1)));
    let after = drawn(&centre, entry, DICE);
    assert_eq!(after, drawn_as(entry, DICE, before.clone()));
    let sample = centre.take(&Person::Vera.key(), after);
    for precinct in &before {
        centre.take(&Person::Omar.key(), read(sample, *precinct, Sheet::default()));
    }
    let state = centre.state();
    assert!(state.desks().paper.open().is_none());
    let findings = state.paper_findings(sample).unwrap();
    assert_eq!(findings.iter().map(|found| found.precinct).collect::<Vec<_>>(), before);
    assert!(findings.iter().all(|found| found.reading.is_some()));
    centre.check();
}

#[test]
fn an_announced_root_that_is_not_the_logs_is_refused_at_every_size() {
    let mut centre = centre();
    let vera = Person::Vera.key();
    for size in 1..=centre.size() {
        let other = centre.root(size - 1);
        centre.refuse(&vera, announced_at(size, other, 1), "other-root");
    }
    let size = centre.size() + 1;
    let root = centre.root(centre.size());
    centre.refuse(&vera, announced_at(size, root, 1), "bad-announcement");
    for size in 0..4 {
        // Under these checkpoints the roster had no precinct yet, or none that could be drawn.
        let root = centre.root(size);
        let most = u32::try_from(centre.state().at(size).unwrap().roster().precincts()).unwrap();
        centre.refuse(&vera, announced_at(size, root, most + 1), "bad-announcement");
    }
    centre.check();
}

#[test]
fn one_announcement_is_open_at_a_time_and_gives_one_sample() {
    let mut centre = centre();
    let vera = Person::Vera.key();
    let entry = announce(&mut centre);
    let again = announced(&centre, 1);
    centre.refuse(&vera, again.clone(), "announcement-open");
    centre.refuse(&Person::Rhea.key(), again, "announcement-open");
    let sample = drawn(&centre, entry, DICE);
    centre.take(&Person::Rhea.key(), sample);
    let other = drawn(&centre, entry, OTHER_DICE);
    centre.refuse(&vera, other, "no-such-announcement");
    centre.refuse(&vera, abandoned(entry, None), "no-such-announcement");
    let next = announce(&mut centre);
    let stale = drawn(&centre, entry, OTHER_DICE);
    centre.refuse(&vera, stale, "no-such-announcement");
    let sample = drawn(&centre, next, OTHER_DICE);
    centre.take(&vera, sample);
    centre.check();
}

#[test]
fn dice_are_rolled_once_and_are_dice() {
    let mut centre = centre();
    let vera = Person::Vera.key();
    let entry = announce(&mut centre);
    for dice in [
        "4153624153624153624",
        "41536241536241536247",
        "4153624153624153624 1",
        "",
    ] {
        let bad = drawn(&centre, entry, dice);
        centre.refuse(&vera, bad, "bad-dice");
    }
    let sample = drawn(&centre, entry, DICE);
    centre.take(&vera, sample);
    let next = announce(&mut centre);
    let same = drawn(&centre, next, DICE);
    centre.refuse(&vera, same, "dice-used");
    centre.check();
}

#[test]
fn the_sample_has_exactly_the_precincts_that_were_drawn() {
    let mut centre = centre();
    let vera = Person::Vera.key();
    let entry = announce(&mut centre);
    let right = by_dice(&centre, entry, DICE);
    let all = draw_announced(centre.state().roster(), DICE, &announcement(&centre, entry).root);
    let wrong = [
        right[..1].to_vec(),
        all[..3].to_vec(),
        vec![right[1], right[0]],
        all[1..3].to_vec(),
        Vec::new(),
    ];
    for precincts in wrong {
        centre.refuse(&vera, drawn_as(entry, DICE, precincts), "bad-sample");
    }
    centre.take(&vera, drawn_as(entry, DICE, right));
    centre.check();
}

#[test]
fn the_next_checkpoint_is_from_after_the_end_of_the_announcement_before() {
    let mut centre = centre();
    let vera = Person::Vera.key();
    let early = announced(&centre, 2);
    let entry = centre.take(&vera, early.clone());
    let between = announced(&centre, 2);
    let sample = drawn(&centre, entry, DICE);
    centre.take(&vera, sample);
    centre.refuse(&vera, early, "bad-announcement");
    centre.refuse(&vera, between, "bad-announcement");
    announce(&mut centre);
    centre.check();
}

#[test]
fn a_sample_is_given_up_by_two_persons_and_every_verdict_lists_it() {
    let mut centre = centre();
    let (vera, viktor) = (Person::Vera.key(), Person::Viktor.key());
    let entry = announce(&mut centre);
    let first = centre.take(&vera, abandoned(entry, None));
    let spare = centre.enrol("Vera", Role::Reviewer);
    for key in [&vera, &spare] {
        centre.refuse(key, abandoned(entry, None), "same-person");
        centre.refuse(key, abandoned(entry, Some(first)), "same-person");
    }
    centre.refuse(&viktor, abandoned(entry, None), "abandonment-waits");
    centre.refuse(&viktor, abandoned(entry, Some(entry)), "no-such-abandonment");
    assert!(centre.state().desks().paper.open().is_some());
    let second = centre.take(&viktor, abandoned(entry, Some(first)));
    let by = ["Vera", "Viktor"].map(|person| (text(person), text("a die rolled off the table")));
    let expected = AbandonedSample {
        announcement: entry,
        abandoned: second,
        by: by.to_vec(),
    };
    assert_eq!(centre.state().abandoned_samples(), std::slice::from_ref(&expected));
    let sample = drawn(&centre, entry, DICE);
    centre.refuse(&vera, sample, "no-such-announcement");
    announce(&mut centre);
    let report = audited(&centre.contest, &centre.entries);
    assert_eq!(report.abandoned_samples, [expected]);
    let line =
        format!("a paper sample was abandoned: {entry} announced it, and Vera (a die rolled off the table) and Viktor");
    assert!(report.table().contains(&line), "{}", report.table());
    centre.check();
}

#[test]
fn the_first_of_two_does_not_count_once_its_key_is_revoked() {
    let mut centre = centre();
    let (viktor, rhea) = (Person::Viktor.key(), Person::Rhea.key());
    let entry = announce(&mut centre);
    let first = centre.take(&Person::Vera.key(), abandoned(entry, None));
    centre.take(&rhea, revoked(&Person::Vera.key()));
    centre.refuse(&viktor, abandoned(entry, Some(first)), "no-such-abandonment");
    let anew = centre.take(&viktor, abandoned(entry, None));
    centre.take(&rhea, abandoned(entry, Some(anew)));
    let [sample] = centre.state().abandoned_samples().try_into().unwrap();
    let names: Vec<&str> = sample.by.iter().map(|(person, _)| person.as_str()).collect();
    assert_eq!(names, ["Viktor", "Rhea"]);
    centre.check();
}

#[test]
fn one_signature_does_not_give_a_sample_up() {
    let mut centre = centre();
    let entry = announce(&mut centre);
    centre.take(&Person::Vera.key(), abandoned(entry, None));
    let sample = drawn(&centre, entry, DICE);
    centre.take(&Person::Viktor.key(), sample);
    assert!(centre.state().abandoned_samples().is_empty());
    centre.check();
}

#[test]
fn reviewers_and_registrars_lead_the_audit_and_nobody_else() {
    let mut centre = centre();
    let entry = announce(&mut centre);
    let events = [
        announced(&centre, 1),
        drawn(&centre, entry, DICE),
        abandoned(entry, None),
        unannounced(&centre, DICE),
    ];
    let others = [Person::Olga, Person::Cleo, Person::Alder];
    for event in events {
        for person in others {
            centre.refuse(&person.key(), event.clone(), "wrong-role");
        }
        centre.refuse(&Centre::chair(place(0, 0)), event, "wrong-role");
    }
    centre.check();
}

#[test]
fn an_older_log_takes_samples_that_were_not_announced_and_no_announcements() {
    let mut old = Centre::with(|contest| contest.fold = 2);
    let vera = Person::Vera.key();
    let entry = EntryIndex(1);
    let newer = [
        announced(&old, 2),
        drawn_as(entry, DICE, Vec::new()),
        abandoned(entry, None),
    ];
    for event in newer {
        old.refuse(&vera, event, "not-in-version");
    }
    let sample = unannounced(&old, DICE);
    let foreign = old.take(&vera, sample);
    let report = audited(&old.contest, &old.entries);
    assert_eq!(
        report.foreign_samples,
        [foreign],
        "a root that no log ever had is named"
    );
    old.check();
    let mut newer = centre();
    let sample = unannounced(&newer, DICE);
    newer.refuse(&vera, sample, "not-announced");
}

/// The block of a kind on the page about the audit.
fn block(kind: &str) -> String {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/AUDIT.md")).unwrap();
    let (_, below) = page.split_once(&format!("```{kind}\n")).unwrap();
    below.split("```").next().unwrap().to_owned()
}

#[test]
fn a_stranger_draws_again_with_sha256sum_as_the_page_says() {
    let (script, roster, printed) = (block("sh"), block("tsv"), block("text"));
    let centre = centre();
    let named = |id: PrecinctId| {
        let (county, precinct) = centre.state().roster().precinct(id).unwrap();
        format!("{}\t{}", county.name, precinct.name)
    };
    let ours: Vec<String> = centre.state().roster().ids().map(named).collect();
    assert_eq!(roster.lines().collect::<Vec<_>>(), ours);
    let said = |name: &str| {
        let line = script.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap().to_owned()
    };
    let root = TreeRoot(said("root").parse::<tallylog_tlog::Hash>().unwrap().0);
    let drawn = draw_announced(centre.state().roster(), &said("dice"), &root);
    let drawn: Vec<String> = drawn.into_iter().take(3).map(named).collect();
    let without_tickets: Vec<&str> = printed.lines().map(|line| line.split_once('\t').unwrap().1).collect();
    assert_eq!(without_tickets, drawn);

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("roster.tsv"), roster).unwrap();
    let ran = Command::new("sh")
        .arg("-c")
        .arg(&script)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&ran.stdout),
        printed,
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}
