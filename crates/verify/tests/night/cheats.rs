//! What a dishonest server does with all the keys that it has, and the check that finds it, by number.

use tallylog_event::{
    Announcement, Basis, Channel, Commitment, ContestId, Enrolment, EntryIndex, Envelope, Event, EventBody, OpenCounts,
    PaperEvent, PublicKey, Release, Report, Revocation, Role, SigningKey, TreeRoot,
};
use tallylog_projection::ResultsTree;
use tallylog_simulate::{Options, What};
use tallylog_tlog::{Hash, SignedCheckpoint, Tree};
use tallylog_verify::{Evidence, Keys};

use crate::forge::{Forge, Sealed, Taken, chained, fails, fails_at, report, sign_for, text, write};

/// A night, and the place of its last report.
fn night(seed: u64) -> (Forge, Taken) {
    let forge = Forge::new(seed);
    let taken = forge.taken();
    (forge, taken)
}

fn body(envelope: &Envelope) -> EventBody {
    envelope.decode().unwrap()
}

fn first_report(taken: &Taken) -> usize {
    let is_report = |event: &Event| matches!(event, Event::Reported(_));
    taken
        .iter()
        .position(|(_, envelope)| is_report(&body(envelope).event))
        .unwrap()
}

/// A report as some chair sent it, with another person in the room.
fn altered(envelope: &Envelope) -> EventBody {
    let mut body = body(envelope);
    if let Event::Reported(report) = &mut body.event {
        report.sheet.attendance.as_mut().unwrap().people.0 += 1;
    }
    body
}

/// Puts an event at the end, received with the last.
fn append(taken: &Taken, envelope: Envelope) -> Taken {
    let at = taken.last().unwrap().0;
    [taken.clone(), vec![(at, envelope)]].concat()
}

/// The event stands at the end of a night that is honest otherwise, and the check finds it there.
#[track_caller]
fn fails_at_the_end(forge: &Forge, taken: &Taken, envelope: Envelope, number: u8, code: &'static str) {
    let taken = append(taken, envelope);
    fails_at(&forge.bundle(&chained(&taken)), number, code, taken.len() - 1);
}

fn some_report(forge: &Forge) -> Event {
    let arrival = forge.night.plan.iter().find_map(|planned| match &planned.what {
        What::Arrival(arrival) if matches!(body(&arrival.envelope).event, Event::Reported(ref report) if report.channel == Channel::App) => {
            Some(arrival)
        }
        What::Arrival(_) | What::Correction(_) | What::Case(_) | What::Release(_) => None,
    });
    body(&arrival.unwrap().envelope).event
}

fn chair_of(forge: &Forge, event: &Event) -> SigningKey {
    let Event::Reported(report) = event else {
        panic!("a report");
    };
    forge.night.keys.chair(report.precinct).unwrap().key.clone()
}

#[test]
fn an_entry_altered_under_its_authors_name_is_found_by_the_signature() {
    let (forge, mut taken) = night(21);
    let at = first_report(&taken);
    taken[at].1.body = altered(&taken[at].1).encode();
    fails_at(&forge.bundle(&chained(&taken)), 8, "bad-signature", at);
}

#[test]
fn an_enrolment_without_its_owners_consent_is_found() {
    let (forge, taken) = night(22);
    let key = SigningKey::from_bytes(&[9; 32]);
    let mut enrolment = Enrolment::new(forge.contest.id, text("Nobody"), Role::Observer, &key);
    enrolment.person = text("Somebody");
    let event = Event::KeyEnrolled(Box::new(enrolment));
    let envelope = forge.sign(1, &forge.night.keys.registrars[0].key, event);
    fails_at_the_end(&forge, &taken, envelope, 8, "no-possession");
}

#[test]
fn an_entry_altered_after_it_was_signed_for_is_found_by_the_tree() {
    let (forge, taken) = night(23);
    let mut entries = chained(&taken);
    let checkpoints = [entries.len() / 2, entries.len()].map(|size| forge.seal(&entries, Sealed::of(size)));
    // The last entry: the chain has nothing after it.
    let last = entries.last_mut().unwrap();
    *last.last_mut().unwrap() ^= 1;
    fails(&forge.file(&entries, &checkpoints), 3, "tree-wrong-root");
}

/// What a server does that has shown one history and now shows another, with new signatures and cosignatures: it may
/// drop old checkpoints, and keeps those that others have seen.
#[track_caller]
fn rewrites(forge: &Forge, honest: &Taken, lied: &Taken) {
    let seen = forge.seal(&chained(honest), Sealed::of(honest.len() - 1));
    let entries = chained(lied);
    let mut checkpoints: Vec<SignedCheckpoint> = vec![seen, forge.seal(&entries, Sealed::of(entries.len()))];
    checkpoints.sort_by_key(|checkpoint| checkpoint.unverified().size);
    fails(&forge.file(&entries, &checkpoints), 4, "checkpoint-inconsistent");
}

#[test]
fn a_history_that_was_rewritten_is_found_by_any_checkpoint_of_the_first() {
    let (forge, honest) = night(24);
    let at = first_report(&honest);
    let mut reordered = honest.clone();
    let (one, other) = (reordered[at].1.clone(), reordered[at + 1].1.clone());
    (reordered[at].1, reordered[at + 1].1) = (other, one);
    rewrites(&forge, &honest, &reordered);
    let mut dropped = honest.clone();
    dropped.remove(at);
    let again = honest.last().unwrap().clone();
    dropped.push(again);
    rewrites(&forge, &honest, &dropped);
}

#[test]
fn entries_dropped_moved_or_doubled_without_a_new_chain_are_found_by_the_chain() {
    let (forge, taken) = night(25);
    let honest = chained(&taken);
    let at = honest.len() / 3;
    let mut dropped = honest.clone();
    dropped.remove(at);
    fails_at(&forge.bundle(&dropped), 6, "entry-misplaced", at);
    let mut moved = honest.clone();
    moved.swap(at, at + 1);
    fails_at(&forge.bundle(&moved), 6, "entry-misplaced", at);
    let mut doubled = honest.clone();
    doubled.insert(at, honest[at].clone());
    fails_at(&forge.bundle(&doubled), 6, "entry-misplaced", at + 1);
    let mut replaced = honest.clone();
    let mut other = taken.clone();
    other[at].0.0 += 1;
    replaced[at] = chained(&other)[at].clone();
    fails_at(&forge.bundle(&replaced), 6, "chain-broken", at + 1);
    let mut garbled = honest;
    garbled[at][0] = 9;
    fails_at(&forge.bundle(&garbled), 6, "malformed-entry", at);
}

#[test]
fn an_event_taken_twice_is_found() {
    let (forge, taken) = night(26);
    let again = taken[first_report(&taken)].1.clone();
    fails_at_the_end(&forge, &taken, again, 10, "submission-reused");
}

#[test]
fn other_bytes_under_a_used_submission_are_found() {
    let (forge, taken) = night(27);
    let event = some_report(&forge);
    let key = chair_of(&forge, &event);
    let first = append(&taken, forge.sign(1, &key, event.clone()));
    assert!(report(&forge.bundle(&chained(&first))).verified());
    let second = altered(&forge.sign(1, &key, event));
    fails_at_the_end(&forge, &first, Envelope::seal(&second, &key), 10, "submission-reused");
}

#[test]
fn an_event_of_another_contest_is_found() {
    let (forge, taken) = night(28);
    let event = some_report(&forge);
    let key = chair_of(&forge, &event);
    let foreign = sign_for(ContestId([7; 16]), 1, &key, event);
    fails_at_the_end(&forge, &taken, foreign, 10, "other-contest");
}

#[test]
fn an_event_by_whoever_may_not_sign_it_is_found() {
    let (forge, taken) = night(29);
    let event = some_report(&forge);
    let stranger = SigningKey::from_bytes(&[9; 32]);
    fails_at_the_end(
        &forge,
        &taken,
        forge.sign(1, &stranger, event.clone()),
        9,
        "unknown-key",
    );
    let reviewer = &forge.night.keys.reviewers[0].key;
    fails_at_the_end(&forge, &taken, forge.sign(1, reviewer, event.clone()), 9, "wrong-role");
    let Event::Reported(other) = &event else {
        panic!("a report");
    };
    let elsewhere = forge.night.sheets.keys().find(|id| **id != other.precinct).unwrap();
    let neighbour = &forge.night.keys.chair(*elsewhere).unwrap().key;
    fails_at_the_end(
        &forge,
        &taken,
        forge.sign(1, neighbour, event.clone()),
        9,
        "out-of-scope",
    );
    let key = chair_of(&forge, &event);
    let revocation = Revocation {
        key: PublicKey::of(&key),
        reason: text("the device was lost"),
    };
    let registrar = &forge.night.keys.registrars[0].key;
    let revoked = append(&taken, forge.sign(2, registrar, Event::KeyRevoked(revocation)));
    let listed = report(&forge.bundle(&chained(&revoked)));
    assert!(listed.verified(), "{}", listed.table());
    let before = &listed.revocations[0];
    assert_eq!(before.key, PublicKey::of(&key).to_string());
    for entry in &before.before {
        let place = usize::try_from(entry.0).unwrap();
        assert_eq!(revoked[place].1.author, PublicKey::of(&key));
    }
    let signed = revoked
        .iter()
        .filter(|(_, envelope)| envelope.author == PublicKey::of(&key));
    assert_eq!(signed.count(), before.before.len());
    fails_at_the_end(&forge, &revoked, forge.sign(1, &key, event), 9, "revoked-key");
}

#[test]
fn a_release_of_what_may_not_be_released_is_found() {
    let (forge, taken) = night(30);
    let reviewer = &forge.night.keys.reviewers[0].key;
    let release = |name: &str, entries: &[u64]| {
        let entries = entries.iter().copied().map(EntryIndex).collect();
        let release = Release::new(text(name), entries).unwrap();
        forge.sign(1, reviewer, Event::Released(release))
    };
    fails_at_the_end(&forge, &taken, release("forged", &[0]), 12, "not-a-report");
    fails_at_the_end(&forge, &taken, release("forged", &[1_000_000]), 12, "not-a-report");
    let name = report(&forge.bundle(&chained(&taken))).releases[0].name.clone();
    fails_at_the_end(&forge, &taken, release(&name, &[]), 12, "release-name-taken");
    // A precinct that was corrected: its first version is not the record any more.
    let state = Forge::state(&taken);
    let twice = state.roster().ids().find(|id| state.versions(*id).len() > 1).unwrap();
    let versions = state.versions(twice);
    let (first, last) = (versions[0].entry.0, versions.last().unwrap().entry.0);
    fails_at_the_end(&forge, &taken, release("forged", &[first]), 12, "unreleasable");
    fails_at_the_end(&forge, &taken, release("forged", &[first, last]), 12, "precinct-twice");
}

#[test]
fn a_reviewer_who_releases_an_entry_of_the_same_person_is_found_under_any_spelling() {
    let (forge, taken) = night(31);
    let operator = &forge.night.keys.operators[0].person;
    let key = SigningKey::from_bytes(&[9; 32]);
    let spelled = format!("  {} ", operator.as_str().to_uppercase().replace(' ', "  "));
    let enrolment = Enrolment::new(forge.contest.id, text(&spelled), Role::Reviewer, &key);
    let registrar = &forge.night.keys.registrars[0].key;
    let enrolled = append(
        &taken,
        forge.sign(1, registrar, Event::KeyEnrolled(Box::new(enrolment))),
    );
    let state = Forge::state(&enrolled);
    let review = tallylog_projection::Review::of(&state);
    let own = (0..state.roster().precincts()).find_map(|position| {
        let status = review.status(position);
        let precinct = state.roster().ids().nth(position)?;
        let record = state.versions(precinct).last()?;
        let by_operator = state.author(record.author).person == *operator;
        (by_operator && !status.held).then_some(record.entry)
    });
    let release = Release::new(text("own"), vec![own.unwrap()]).unwrap();
    let envelope = forge.sign(2, &key, Event::Released(release));
    fails_at_the_end(&forge, &enrolled, envelope, 15, "own-release");
    let listed = report(&forge.bundle(&chained(&enrolled)));
    assert!(listed.verified());
    let both = |several: &&tallylog_verify::SeveralKeys| several.persons.len() == 2;
    assert_eq!(listed.several_keys.iter().filter(both).count(), 1, "{}", listed.table());
}

#[test]
fn two_checkpoints_of_one_size_are_written_out() {
    let (forge, taken) = night(32);
    let entries = chained(&taken);
    let half = forge.seal(&entries, Sealed::of(entries.len() / 2));
    let other = forge
        .log
        .sign_checkpoint(half.unverified().size, Hash::leaf(b"another history"));
    let last = forge.seal(&entries, Sealed::of(entries.len()));
    let bytes = forge.file(&entries, &[half, other, last]);
    let found = report(&bytes);
    let codes: Vec<_> = found
        .failures()
        .map(|(check, failure)| (check.number(), failure.flaw.code()))
        .collect();
    assert_eq!(codes, [(4, "checkpoint-two-roots"), (4, "checkpoint-inconsistent")]);
    let file = found.evidence[0].to_string();
    let evidence = Evidence::parse(file.as_bytes()).unwrap();
    assert_eq!(evidence, found.evidence[0]);
    for (place, _) in file.bytes().enumerate() {
        let mut flipped = file.clone().into_bytes();
        flipped[place] ^= 1;
        assert!(Evidence::parse(&flipped).is_err(), "byte {place}");
    }
}

#[test]
fn a_checkpoint_by_another_key_is_found() {
    let (forge, taken) = night(33);
    let entries = chained(&taken);
    let name = forge.log.key().name().clone();
    let impostor = tallylog_tlog::LogSigner::new(name, SigningKey::from_bytes(&[9; 32]));
    let honest = forge.seal(&entries, Sealed::of(entries.len()));
    let claim = honest.unverified();
    let bytes = forge.file(&entries, &[impostor.sign_checkpoint(claim.size, claim.root)]);
    let found = report(&bytes);
    let codes: Vec<_> = found
        .failures()
        .map(|(check, failure)| (check.number(), failure.flaw.code()))
        .collect();
    assert_eq!(codes, [(4, "note-unsigned"), (5, "note-unsigned")], "{}", found.table());
}

#[test]
fn too_few_witnesses_are_found_and_unknown_ones() {
    let (forge, taken) = night(34);
    let entries = chained(&taken);
    let with = |cosigners: &'static [usize]| {
        let sealed = Sealed {
            cosigners,
            ..Sealed::of(entries.len())
        };
        forge.file(&entries, &[forge.seal(&entries, sealed)])
    };
    assert!(report(&with(&[0])).verified());
    fails(&with(&[]), 5, "quorum-not-met");
    fails(&with(&[0, 2]), 5, "checkpoint-unknown-signer");
}

#[test]
fn other_keys_or_another_quorum_than_entry_0_names_are_found() {
    let (forge, taken) = night(35);
    let entries = chained(&taken);
    let checkpoints = [forge.seal(&entries, Sealed::of(entries.len()))];
    let honest = Keys::new(&forge.contest, &[]).unwrap().text().to_owned();
    let check = |policy: &str, code| {
        let found = report(&write(policy, &entries, &checkpoints));
        let failures: Vec<_> = found
            .failures()
            .map(|(check, failure)| (check.number(), failure.flaw.code()))
            .collect();
        assert_eq!(failures, [(2, code)], "{policy}");
    };
    let lines: Vec<&str> = honest.lines().collect();
    let weaker = format!("{}\nquorum none\n", lines[..3].join("\n"));
    check(&weaker, "policy-differs");
    check(&honest.replace("quorum witnesses", "quorum w1"), "policy-differs");
    check(&format!("# a comment\n{honest}"), "policy-differs");
    check(&honest.replacen('\n', " https://log.example/\n", 1), "policy-differs");
    check(
        &honest.replace("group witnesses 1", "group witnesses any"),
        "policy-differs",
    );
    check("quorum none\n", "policy-differs");
    check("quorum", "policy-cut");
    let further = forge.witnesses[2].key();
    let named = honest.replace("group", &format!("witness x2 {further}\ngroup"));
    check(&named, "policy-differs");
}

#[test]
fn a_contest_whose_witnesses_make_no_policy_is_found() {
    let options = Options::small(36, 3, 20);
    for (quorum, witness, code) in [(3, None, "policy-threshold"), (1, Some("nobody"), "vkey-malformed")] {
        let forge = Forge::of(&options, |contest| {
            contest.witnesses.quorum = quorum;
            if let Some(witness) = witness {
                contest.witnesses.witnesses[1] = text(witness);
            }
        });
        let entries = chained(&forge.taken());
        let honest = Keys::new(&Forge::of(&options, |_| {}).contest, &[]).unwrap();
        let bytes = write(
            honest.text(),
            &entries,
            &[forge.seal(&entries, Sealed::of(entries.len()))],
        );
        fails_at(&bytes, 2, code, 0);
    }
}

#[test]
fn a_night_without_a_contest_belongs_to_nobody() {
    let (forge, taken) = night(37);
    let entries = chained(&taken[1..]);
    fails_at(&forge.bundle(&entries), 2, "entry-0-no-contest", 0);
}

#[test]
fn bytes_that_are_unaccounted_for_are_found() {
    let (forge, taken) = night(38);
    let bytes = forge.bundle(&chained(&taken));
    fails(&[bytes.as_slice(), b"x"].concat(), 1, "night-trailing");
    fails(&bytes[..bytes.len() - 1], 1, "night-entry-cut");
}

#[test]
fn a_report_for_a_place_that_the_roster_lacks_is_found() {
    let (forge, taken) = night(39);
    let Event::Reported(mut report) = some_report(&forge) else {
        panic!("a report");
    };
    let operator = &forge.night.keys.operators[0].key;
    report.channel = Channel::Phone;
    report.precinct.number = 60_000;
    let event = Event::Reported(Box::new(Report { ..*report }));
    fails_at_the_end(&forge, &taken, forge.sign(1, operator, event), 10, "unknown-precinct");
}

/// A commitment at the end that is not what an honest log would have said.
#[track_caller]
fn commits_to(change: impl FnOnce(&mut Commitment), number: u8, code: &'static str) {
    let (forge, taken) = night(40);
    let state = Forge::state(&taken);
    let tree = ResultsTree::of(&state, Basis::Recorded).unwrap();
    let mut commitment = tree.commitment(&state).unwrap();
    change(&mut commitment);
    fails_at_the_end(
        &forge,
        &taken,
        forge.sign_commitment(state.size(), commitment),
        number,
        code,
    );
}

#[test]
fn a_wrong_results_root_is_found() {
    commits_to(|commitment| commitment.root.0[0] ^= 1, 13, "results-differ");
    // The root of another basis.
    commits_to(|commitment| commitment.basis = Basis::Released, 13, "results-differ");
}

#[test]
fn a_wrong_state_is_found() {
    commits_to(
        |commitment| commitment.audit.as_mut().unwrap().state.0[31] ^= 1,
        11,
        "state-differs",
    );
}

#[test]
fn a_discrepancy_that_is_left_out_is_found() {
    let hide = |commitment: &mut Commitment| {
        let audit = commitment.audit.as_mut().unwrap();
        let fewer: Vec<_> = audit.discrepancies.iter().skip(1).copied().collect();
        audit.discrepancies = OpenCounts::new(fewer).unwrap();
    };
    commits_to(hide, 14, "discrepancies-differ");
}

#[test]
fn a_commitment_to_another_size_or_roster_is_found() {
    commits_to(|commitment| commitment.size -= 1, 13, "commitment-out-of-turn");
    commits_to(|commitment| commitment.precincts -= 1, 13, "bad-commitment");
    commits_to(|commitment| commitment.audit = None, 13, "bad-commitment");
}

#[test]
fn results_that_another_key_commits_are_found() {
    let (forge, taken) = night(41);
    let honest = body(&forge.commit(&Forge::state(&taken), Basis::Recorded));
    let reviewer = &forge.night.keys.reviewers[0].key;
    fails_at_the_end(&forge, &taken, Envelope::seal(&honest, reviewer), 9, "wrong-role");
}

/// A root that suits the dice would draw whatever precincts somebody wishes.
#[test]
fn check_10_finds_a_paper_sample_from_a_checkpoint_that_the_log_never_had() {
    let options = Options {
        version: 3,
        ..Options::small(31, 3, 20)
    };
    let forge = Forge::of(&options, |_| {});
    let taken = forge.taken();
    let reviewer = &forge.night.keys.reviewers[0].key;
    let announced = |root| {
        let announcement = Announcement {
            size: 40,
            root,
            precincts: 2,
        };
        let event = Event::Paper(PaperEvent::Announced(Box::new(announcement)));
        forge.sign(0xB1, reviewer, event)
    };
    let wished = announced(TreeRoot([7; 32]));
    fails_at_the_end(&forge, &taken, wished, 10, "other-root");
    let mut tree = Tree::new();
    for entry in &chained(&taken)[..40] {
        tree.append(Hash::leaf(entry));
    }
    let honest = append(&taken, announced(TreeRoot(tree.root().0)));
    assert!(report(&forge.bundle(&chained(&honest))).verified());
}
