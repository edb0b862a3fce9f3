//! What the staff of a night tries beside what the simulation has it do. What the log refuses has not happened.

use tallylog_event::{
    Abandonment, Act, ActWithdrawal, AnnouncedSample, Announcement, AuthorityEvent, Enrolment, EntryIndex, Event,
    PaperEvent, PaperReading, PrecinctId, PublicKey, ResolutionOutcome, Revocation, Role, RosterChange, Seconding,
    SigningKey, SiteKind, Subject, Succession, Verdict,
};
use tallylog_projection::{Basis, Counted, Discrepancy, Life, Review, draw_announced};
use tallylog_rules::{ByGroup, Delegates, Equivalents, GroupId, Sheet};
use tallylog_simulate::{Night, Participant};

use crate::events;
use crate::log::Log;

/// The key of a campaign, which the simulation has none of.
fn campaign() -> SigningKey {
    SigningKey::from_bytes(&[0xCA; 32])
}

/// Enrols a campaign beside everybody else.
pub(crate) fn enrol(night: &Night, log: &mut Log) {
    let role = Role::Campaign(events::text("Friends of Everybody"));
    let enrolment = Enrolment::new(night.contest.id, events::text("Cam Paine"), role, &campaign());
    let _refused = log.say(&night.keys.registrars[0].key, Event::KeyEnrolled(Box::new(enrolment)));
}

/// Tries one thing of those that there are, with the keys of those who might: some had a hand in what it is about.
pub(crate) fn try_something(night: &Night, log: &mut Log) {
    let precinct = any_precinct(log);
    let of = |people: &[Participant]| people.iter().map(|one| one.key.clone()).collect::<Vec<_>>();
    let (reviewers, operators) = (of(&night.keys.reviewers), of(&night.keys.operators));
    let chair = of(night.keys.devices(precinct));
    let registrars = of(&night.keys.registrars);
    let (tried, keys) = match log.random.below(17) {
        0 | 1 => (resolve(precinct, log), reviewers),
        2 | 3 => (decide(log), reviewers),
        4 => (Some(events::held(precinct)), reviewers),
        5 => (lift(precinct, log), reviewers),
        6 => (Some(events::files(precinct, vec![events::document()])), chair),
        7 => (Some(events::filed(precinct)), vec![campaign()]),
        8 => (answer(log), reviewers),
        9 => (amend_roster(precinct, log), of(&night.keys.registrars)),
        10 | 11 => (second_entry(precinct, night, log), operators),
        12 | 13 => (act_of_two(night, log), registrars.into_iter().rev().collect()),
        14 | 15 => (sample(log), [reviewers, registrars].concat()),
        _ => (amend(precinct, log), chair),
    };
    let Some(event) = tried else { return };
    for key in keys {
        if log.say(&key, event.clone()).is_some() {
            return;
        }
    }
}

/// A registrar proposes, seconds or turns down: another operator's key, and what becomes of it. Logs without acts refuse.
fn act_of_two(night: &Night, log: &mut Log) -> Option<Event> {
    let contest = log.state().contest()?;
    let (id, origin) = (contest.id, contest.log.origin.clone());
    let waiting: Vec<(EntryIndex, Act)> = log
        .state()
        .desks()
        .authority
        .waiting()
        .map(|proposed| (proposed.proposal.entry, proposed.proposal.what.as_ref().clone()))
        .collect();
    let new = SigningKey::from_bytes(&[u8::try_from(log.random.below(200)).ok()?; 32]);
    let reason = events::text("the laptop was lost");
    let event = match log.random.below(6) {
        0 => AuthorityEvent::Proposed(Box::new(Act::Enrol(Enrolment::new(
            id,
            events::text("Una Ueda"),
            Role::Operator,
            &new,
        )))),
        1 => AuthorityEvent::Proposed(Box::new(Act::Revoke(Revocation {
            key: PublicKey::of(&log.random.pick(&night.keys.operators).key),
            reason,
        }))),
        // Nothing seconds it: the commitments of the night are the first key's.
        2 => AuthorityEvent::Proposed(Box::new(Act::Succeed(Succession {
            enrolment: Enrolment::new(id, origin, Role::Service, &new),
            reason,
        }))),
        3 if !waiting.is_empty() => AuthorityEvent::Withdrawn(ActWithdrawal {
            proposal: log.random.pick(&waiting).0,
            reason,
        }),
        _ => {
            let (proposal, act) = (!waiting.is_empty()).then(|| log.random.pick(&waiting).clone())?;
            if matches!(act, Act::Succeed(_)) {
                return None;
            }
            AuthorityEvent::Seconded(Box::new(Seconding { proposal, act }))
        }
    };
    Some(Event::Authority(event))
}

/// A sample of the paper audit is announced; then it is drawn and read, or given up by two. Logs without announcements
/// refuse.
fn sample(log: &mut Log) -> Option<Event> {
    let paper = &log.state().desks().paper;
    let Some(open) = paper.open() else {
        if let Some(drawn) = paper.samples().last().filter(|drawn| drawn.readings.is_empty()) {
            return Some(Event::Paper(PaperEvent::Read(Box::new(PaperReading {
                sample: drawn.sample.entry,
                precinct: *drawn.sample.what.precincts.first()?,
                sheet: Sheet::default(),
                files: Vec::new(),
            }))));
        }
        let size = log.state().size();
        return Some(Event::Paper(PaperEvent::Announced(Box::new(Announcement {
            size,
            root: log.root(size),
            precincts: 2,
        }))));
    };
    let (announcement, what) = (open.announcement.entry, open.announcement.what.as_ref().clone());
    let seconds = open.given_up.first().map(|first| first.entry);
    if seconds.is_some() || log.random.below(2) == 0 {
        return Some(Event::Paper(PaperEvent::Abandoned(Box::new(Abandonment {
            announcement,
            seconds,
            reason: events::text("a die rolled off the table"),
        }))));
    }
    let dice: String = (0..20)
        .map(|_| char::from(b"123456"[usize::try_from(log.random.below(6)).unwrap()]))
        .collect();
    let mut precincts = draw_announced(log.state().at(what.size)?.roster(), &dice, &what.root);
    precincts.truncate(2);
    Some(Event::Paper(PaperEvent::DrawnFrom(Box::new(AnnouncedSample {
        announcement,
        dice: events::text(&dice),
        precincts,
    }))))
}

/// One precinct of all, or now and then a satellite site: what is said of one moves the others of its pool.
fn any_precinct(log: &mut Log) -> PrecinctId {
    let roster = log.state().roster();
    let is_site = |id: &PrecinctId| {
        roster
            .county(id.county)
            .is_some_and(|of| of.kind == SiteKind::Satellites)
    };
    let (sites, all): (Vec<_>, Vec<_>) = (roster.ids().filter(is_site).collect(), roster.ids().collect());
    let of = if log.random.below(3) == 0 && !sites.is_empty() {
        sites
    } else {
        all
    };
    *log.random.pick(&of)
}

fn resolve(precinct: PrecinctId, log: &mut Log) -> Option<Event> {
    let versions: Vec<EntryIndex> = log.state().versions(precinct).iter().map(|v| v.entry).collect();
    let [.., first, second] = versions.as_slice() else {
        return None;
    };
    let outcome = *log.random.pick(&[
        ResolutionOutcome::KeepFirst,
        ResolutionOutcome::KeepSecond,
        ResolutionOutcome::RedoFirst,
        ResolutionOutcome::RedoSecond,
        ResolutionOutcome::DiscardBoth,
    ]);
    Some(events::resolved(precinct, *first, *second, outcome))
}

fn decide(log: &mut Log) -> Option<Event> {
    let review = Review::of(log.state());
    let known: Vec<&Discrepancy> = review
        .discrepancies()
        .iter()
        .filter(|found| found.life != Life::Resolved)
        .collect();
    if known.is_empty() {
        return None;
    }
    let found = *log.random.pick(&known);
    let verdict = match (found.life, log.random.below(3)) {
        (Life::Accepted | Life::Ruled, _) => Verdict::Reopened,
        (_, 0) => events::ruling(),
        _ => Verdict::Accepted,
    };
    let subject: Subject = found.subject()?;
    Some(events::decided(subject, found.code, verdict))
}

fn lift(precinct: PrecinctId, log: &Log) -> Option<Event> {
    let holds = log.state().desks().review.holds(precinct);
    let hold = holds.iter().find(|hold| hold.lifted.is_none())?;
    Some(events::lifted(hold.hold.entry))
}

fn answer(log: &Log) -> Option<Event> {
    let asked = log.state().desks().inquiries.open().next()?;
    Some(events::answered(asked.inquiry.entry, None))
}

/// Another number of delegates for a precinct, or a candidate who withdraws.
fn amend_roster(precinct: PrecinctId, log: &mut Log) -> Option<Event> {
    if log.random.below(3) == 0 {
        let group = GroupId::new(u16::try_from(1 + log.random.below(9)).unwrap()).unwrap();
        return Some(events::roster_amended(RosterChange::Withdrawn(group)));
    }
    let (county, listed) = log.state().roster().precinct(precinct)?;
    let SiteKind::Precincts { county_delegates } = county.kind else {
        return None;
    };
    Some(events::apportioned(
        precinct,
        listed.delegates.0 + 1,
        county_delegates.0 + 1,
    ))
}

/// The record once more by an operator, now and then with a slip, or after a colleague who had begun.
fn second_entry(precinct: PrecinctId, night: &Night, log: &mut Log) -> Option<Event> {
    let sheet = sheet(precinct, log)?;
    let colleague = log.random.pick(&night.keys.operators).person.clone();
    let typists: &[&str] = match log.random.below(4) {
        0 => &[colleague.as_str()],
        _ => &[],
    };
    Some(events::entered_by(precinct, &sheet, typists))
}

/// An amendment, now and then by no right, without a reason or with a document.
fn amend(precinct: PrecinctId, log: &mut Log) -> Option<Event> {
    let record = log.record(precinct)?;
    let sheet = sheet(precinct, log)?;
    let mut amendment = events::amendment(record, precinct, &sheet);
    match log.random.below(6) {
        0 => amendment.kind = None,
        1 => amendment.reason = events::text(" "),
        2..5 => amendment.evidence = vec![events::document()],
        _ => {}
    }
    Some(Event::Corrected(Box::new(amendment)))
}

/// The record's figures, or others: those of another precinct, without a round, with a person more, under other names.
fn sheet(precinct: PrecinctId, log: &mut Log) -> Option<Sheet> {
    let others: Vec<PrecinctId> = log
        .state()
        .roster()
        .ids()
        .filter(|id| id.county == precinct.county)
        .collect();
    let other = *log.random.pick(&others);
    let slip = log.random.below(16);
    let counted = Counted::new(log.state(), Basis::Recorded);
    let mut sheet = counted.sheet(precinct)?.clone();
    match slip {
        0 => sheet = counted.sheet(other)?.clone(),
        1 => sheet.final_alignment = None,
        2 => sheet.awards = None,
        3 => sheet.attendance.as_mut()?.people.0 += 1,
        4 => sheet.worksheet_delegates = Some(Delegates(3)),
        5 => sheet.first_alignment = Some(backwards(sheet.first_alignment.as_ref()?)),
        6 => sheet.claimed = Some(ByGroup::numbered([Equivalents(1_000)]).unwrap()),
        7 => sheet.awards = Some(backwards(sheet.awards.as_ref()?)),
        8 => sheet.final_alignment = Some(backwards(sheet.final_alignment.as_ref()?)),
        9 => sheet.attendance.as_mut()?.people.0 /= 2,
        10 => sheet.games.clear(),
        _ => {}
    }
    Some(sheet)
}

/// The figures of the first group under the name of the last.
fn backwards<T: Copy>(figures: &ByGroup<T>) -> ByGroup<T> {
    let groups = figures.iter().map(|(group, _)| *group);
    let others = figures.iter().rev().map(|(_, figure)| *figure);
    ByGroup::new(groups.zip(others).collect()).unwrap()
}
