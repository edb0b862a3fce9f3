use std::collections::{BTreeMap, BTreeSet};

use tallylog_event::{Channel, CorrectionKind, EntryIndex, Event, PublicKey, Role, UnixMillis};
use tallylog_simulate::{DOORS_CLOSE, Milestone, PlannedCorrection, What};

use crate::{FULL, event, report};

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;

fn corrections() -> impl Iterator<Item = (UnixMillis, &'static PlannedCorrection)> {
    FULL.plan.iter().filter_map(|planned| match &planned.what {
        What::Correction(correction) => Some((planned.at, &**correction)),
        What::Arrival(_) | What::Case(_) | What::Release(_) => None,
    })
}

fn releases() -> impl Iterator<Item = (UnixMillis, &'static Milestone)> {
    FULL.plan.iter().filter_map(|planned| match &planned.what {
        What::Release(milestone) => Some((planned.at, milestone)),
        What::Arrival(_) | What::Correction(_) | What::Case(_) => None,
    })
}

/// What every key may sign, once the setup is in the log.
fn roles() -> BTreeMap<PublicKey, (String, Role)> {
    let enrolled = FULL.setup.iter().filter_map(|envelope| {
        let Event::KeyEnrolled(enrolment) = event(envelope) else {
            return None;
        };
        enrolment.check_possession(FULL.contest.id).unwrap();
        enrolment.key.check().unwrap();
        Some((enrolment.key, (enrolment.person.to_string(), enrolment.role)))
    });
    enrolled.collect()
}

#[test]
fn the_setup_is_done_before_the_doors_close_and_in_order_of_time() {
    let times: Vec<_> = FULL
        .setup
        .iter()
        .map(|envelope| envelope.decode().unwrap().recorded_at)
        .collect();
    assert!(times.is_sorted());
    assert!(times.last().unwrap() < &DOORS_CLOSE);
    let registrar = FULL.contest.registrars[0].key;
    assert!(FULL.setup.iter().all(|envelope| envelope.author == registrar));
}

#[test]
fn the_plan_is_in_order_of_time() {
    assert!(FULL.plan.is_sorted_by_key(|planned| planned.at));
    assert!(FULL.plan[0].at > DOORS_CLOSE);
}

#[test]
fn every_precinct_reports() {
    let reported: BTreeSet<_> = FULL
        .arrivals()
        .map(|(_, arrival)| report(&arrival.envelope).precinct)
        .collect();
    assert!(reported.iter().eq(FULL.sheets.keys()));
    assert_eq!(reported.len(), 1_765);
}

#[test]
fn nothing_is_recorded_after_it_arrives() {
    for (at, arrival) in FULL.arrivals() {
        let recorded_at = arrival.envelope.decode().unwrap().recorded_at;
        assert!(DOORS_CLOSE < recorded_at && recorded_at < at);
    }
}

#[test]
fn the_evening_has_the_shape_of_a_real_one() {
    let minutes: Vec<u64> = FULL
        .arrivals()
        .map(|(at, _)| (at.0 - DOORS_CLOSE.0) / MINUTE_MS)
        .collect();
    let by = |limit: u64| minutes.iter().filter(|minute| **minute < limit).count() * 100 / minutes.len();
    assert!((43..60).contains(&minutes[0]), "{}", minutes[0]);
    assert!((50..70).contains(&by(120)), "{} % within two hours", by(120));
    assert!(
        (5..30).contains(&(100 - by(12 * 60))),
        "{} % after the night",
        100 - by(12 * 60)
    );
    assert!(*minutes.last().unwrap() < 2 * 24 * 60);
}

#[test]
fn every_channel_is_used_and_some_devices_are_offline() {
    let mut channels = BTreeMap::<Channel, usize>::new();
    let mut offline = 0;
    for (at, arrival) in FULL.arrivals().filter(|(_, arrival)| !arrival.retry) {
        let body = arrival.envelope.decode().unwrap();
        let channel = report(&arrival.envelope).channel;
        *channels.entry(channel).or_default() += 1;
        let is_late = at.0 - body.recorded_at.0 >= 30 * MINUTE_MS;
        assert!(!is_late || channel == Channel::App, "an operator sends at once");
        offline += usize::from(is_late);
    }
    let used: Vec<_> = channels.keys().copied().collect();
    assert_eq!(used, [Channel::App, Channel::Phone, Channel::Photo, Channel::Paper]);
    assert!(channels.values().all(|count| *count > 150), "{channels:?}");
    assert!((50..150).contains(&offline), "{offline}");
}

#[test]
fn a_retry_is_an_earlier_arrival_byte_for_byte() {
    let mut earlier = Vec::new();
    let mut retries = 0;
    for (_, arrival) in FULL.arrivals() {
        assert_eq!(earlier.contains(&&arrival.envelope), arrival.retry);
        retries += usize::from(arrival.retry);
        earlier.push(&arrival.envelope);
    }
    assert!((20..80).contains(&retries), "{retries}");
}

#[test]
fn no_submission_id_comes_twice_but_in_a_retry() {
    let arrivals = FULL
        .arrivals()
        .filter(|(_, arrival)| !arrival.retry)
        .map(|(_, arrival)| arrival.envelope.clone());
    let corrections = corrections().map(|(_, correction)| correction.sign(EntryIndex(0)));
    let releases = releases().map(|(_, milestone)| milestone.sign(Vec::new()).unwrap());
    let all: Vec<_> = FULL
        .setup
        .iter()
        .cloned()
        .chain(arrivals)
        .chain(corrections)
        .chain(releases)
        .collect();
    let ids: BTreeSet<_> = all
        .iter()
        .map(|envelope| envelope.decode().unwrap().submission)
        .collect();
    assert_eq!(ids.len(), all.len());
}

#[test]
fn everybody_is_enrolled_for_what_they_sign() {
    let roles = roles();
    for (_, arrival) in FULL.arrivals() {
        let report = report(&arrival.envelope);
        let expected = match report.channel {
            Channel::App => Role::Chair(vec![report.precinct]),
            Channel::Phone | Channel::Photo | Channel::Paper => Role::Operator,
            Channel::Import => panic!("nothing is imported on a night"),
        };
        assert_eq!(roles[&arrival.envelope.author].1, expected);
    }
    for (_, correction) in corrections() {
        assert_eq!(
            roles[&correction.sign(EntryIndex(0)).author].1,
            Role::CorrectionsOfficer
        );
    }
    for (_, milestone) in releases() {
        assert_eq!(roles[&milestone.sign(Vec::new()).unwrap().author].1, Role::Reviewer);
    }
}

#[test]
fn a_person_has_one_name_and_one_role_on_every_device() {
    let roles = roles();
    let persons: BTreeMap<&String, &Role> = roles.values().map(|(person, role)| (person, role)).collect();
    let staff = FULL.keys.operators.len() + FULL.keys.reviewers.len() + FULL.keys.officers.len();
    assert_eq!((persons.len(), FULL.keys.operators.len()), (1_765 + staff, 50));
    assert!(roles.len() > persons.len() + 100, "some chairs have a second device");
    assert!(roles.values().all(|(person, role)| persons[person] == role));
}

#[test]
fn two_sources_agree_but_where_somebody_erred() {
    let mut sources = BTreeMap::<_, Vec<_>>::new();
    for (_, arrival) in FULL.arrivals().filter(|(_, arrival)| !arrival.retry) {
        let report = report(&arrival.envelope);
        sources
            .entry(report.precinct)
            .or_default()
            .push((arrival.envelope.author, report.sheet));
    }
    let twice: Vec<_> = sources.iter().filter(|(_, reports)| reports.len() > 1).collect();
    assert!((200..450).contains(&twice.len()), "{}", twice.len());
    assert!(
        twice
            .iter()
            .all(|(_, reports)| reports.len() == 2 && reports[0].0 != reports[1].0)
    );
    let differ = twice
        .iter()
        .filter(|(_, reports)| reports[0].1 != reports[1].1)
        .map(|(id, _)| **id);
    let expected = FULL
        .injected
        .iter()
        .filter(|(_, slip)| *slip == tallylog_simulate::Slip::SourcesDiffer);
    assert!(differ.eq(expected.map(|(id, _)| *id)));
}

#[test]
fn corrections_come_in_their_days_and_with_their_authority() {
    let mut kinds = BTreeMap::<CorrectionKind, usize>::new();
    for (at, planned) in corrections() {
        let Event::Corrected(correction) = event(&planned.sign(EntryIndex(77))) else {
            panic!("not a correction")
        };
        let day = (at.0 - DOORS_CLOSE.0) / DAY_MS + 1;
        let (days, needs_authority) = match planned.kind() {
            CorrectionKind::Transcription => (3..=6, false),
            CorrectionKind::Rule => (13..=15, true),
            CorrectionKind::HeadCount => (22..=24, true),
        };
        assert!(days.contains(&day), "{:?} on day {day}", planned.kind());
        assert_eq!(correction.authority.is_blank(), !needs_authority);
        assert!(!correction.reason.is_blank() && !correction.requested_by.is_blank());
        assert!(
            correction
                .evidence
                .iter()
                .all(|file| FULL.files.contains_key(&file.hash))
        );
        assert!(!correction.evidence.is_empty());
        assert_eq!(
            (correction.replaces, correction.kind),
            (EntryIndex(77), Some(planned.kind()))
        );
        *kinds.entry(planned.kind()).or_default() += 1;
    }
    assert!(kinds.values().all(|count| *count > 30) && kinds.len() == 3, "{kinds:?}");
}

#[test]
fn most_slips_are_corrected_and_some_recounts_change_nothing() {
    let slips: BTreeSet<_> = FULL.injected.iter().map(|(id, _)| *id).collect();
    let corrected: BTreeSet<_> = corrections().map(|(_, correction)| correction.precinct()).collect();
    assert_eq!(corrected.len(), corrections().count(), "no precinct is corrected twice");
    let mended = slips.intersection(&corrected).count();
    assert!(
        (slips.len() * 4 / 5..slips.len()).contains(&mended),
        "{mended} of {}",
        slips.len()
    );
    assert_eq!(corrected.difference(&slips).count(), 4);
    assert!(corrections().all(|(_, planned)| planned.report().sheet == FULL.sheets[&planned.precinct()]));
}

#[test]
fn releases_have_names_of_their_own_and_say_what_has_reported() {
    let names: Vec<&str> = releases().map(|(_, milestone)| milestone.name().as_str()).collect();
    let distinct: BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    assert_eq!(
        (names.first(), names.last()),
        (Some(&"first figures"), Some(&"certified"))
    );
    for (at, milestone) in releases() {
        let Some(percent) = milestone.name().as_str().strip_suffix("pct") else {
            continue;
        };
        let before = FULL.arrivals().take_while(|(arrived, _)| *arrived <= at);
        let heard: BTreeSet<_> = before.map(|(_, arrival)| arrival.precinct).collect();
        let (heard, wanted) = (heard.len() * 100, percent.parse::<usize>().unwrap() * FULL.sheets.len());
        assert!(heard >= wanted && heard < wanted + 2 * 1_765, "{percent} % and {heard}");
    }
}

#[test]
fn nothing_is_corrected_before_everybody_has_reported() {
    let (last, _) = FULL.arrivals().last().unwrap();
    assert!(corrections().all(|(at, _)| at > last));
}
