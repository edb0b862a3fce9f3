//! What honest people do in a night: something of every kind, in blocks that can come in any order.
//!
//! What a block can no longer do after a forgery, the log refuses, and the block leaves out.

use tallylog_event::{
    Abandonment, Act, ActWithdrawal, AnnouncedSample, Announcement, AuthorityEvent, Basis, CodeBatch, CodeEvent,
    CodeWithdrawal, Enrolment, EntryIndex, Event, PaperEvent, PaperReading, PrecinctId, PublicKey, Redemption,
    ResolutionOutcome, Revocation, Role, RosterChange, Sample, Seconding, SigningKey, Subject, TreeRoot, Verdict,
};
use tallylog_projection::{draw, draw_announced};
use tallylog_rules::{Code, GroupId, Sheet};
use tallylog_tlog::{Hash, Tree};

use crate::centre::{
    Centre, Person, Wrong, amended, answered, apportioned, approved, case, certified, changed, closed, decided,
    document, entered, entered_by, filed, files, held, lifted, opened, paused, place, proposed, rejected, released,
    reported, resolved, resumed, right, roster_amended, ruling, service_key, text, unchanged, unlike, wrong,
};
use crate::stage::Stage;

/// One thing that happens.
pub(crate) type Block = fn(&mut Stage) -> Option<()>;

pub(crate) const BLOCKS: [Block; 11] = [
    reports,
    entries,
    weighs,
    holds,
    case_of_two,
    inquiries,
    pauses,
    amends,
    codes,
    acts,
    releases,
];

impl Stage {
    /// Offers what the log may refuse.
    fn tries(&mut self, key: &SigningKey, event: Event) -> Option<EntryIndex> {
        self.centre.offer(key, event).ok()
    }

    fn by(&mut self, person: Person, event: Event) -> Option<EntryIndex> {
        self.tries(&person.key(), event)
    }
}

/// A chair reports, adds a photo and amends.
fn reports(stage: &mut Stage) -> Option<()> {
    let here = place(0, 0);
    let variant = stage.variant();
    let sheet = right(here, variant);
    let first = stage.tries(&Centre::chair(here), reported(here, &sheet))?;
    stage.tries(&Centre::chair(here), files(here, vec![document()]))?;
    stage.tries(&Centre::chair(here), amended(first, here, &unlike(here, &sheet)))?;
    let site = place(2, 0);
    stage.tries(&Centre::chair(site), reported(site, &right(site, variant)))?;
    Some(())
}

/// Two operators differ, a reviewer has one of them type again, and it is withdrawn.
fn entries(stage: &mut Stage) -> Option<()> {
    let (one, other, third) = stage.operators();
    let reviewer = stage.reviewer();
    let here = place(0, 1);
    let first = stage.by(one, entered_by(here, &right(here, 0), &[third.name()]))?;
    let second = stage.by(other, entered(here, &right(here, 1)))?;
    stage.by(reviewer, resolved(here, first, second, ResolutionOutcome::RedoFirst))?;
    stage.by(one, entered(here, &right(here, 1)))?;
    Some(())
}

/// Discrepancies that are accepted, ruled on and opened again.
fn weighs(stage: &mut Stage) -> Option<()> {
    let reviewer = stage.reviewer();
    let here = place(0, 2);
    let first = stage.tries(&Centre::chair(here), reported(here, &wrong(here, Wrong::Threshold)))?;
    let subject = Subject::Entry(first);
    stage.by(reviewer, decided(subject, Code::V25, Verdict::Accepted))?;
    stage.by(reviewer, decided(subject, Code::V25, Verdict::Reopened))?;
    stage.by(reviewer, decided(subject, Code::V25, ruling()))?;
    Some(())
}

fn holds(stage: &mut Stage) -> Option<()> {
    let reviewer = stage.reviewer();
    let here = stage.here();
    let hold = stage.by(reviewer, held(here))?;
    stage.by(reviewer, lifted(hold))?;
    Some(())
}

/// A case in which something is turned down, something changes, and another that finds nothing.
fn case_of_two(stage: &mut Stage) -> Option<()> {
    let (one, other) = stage.officers();
    let here = place(1, 0);
    let record = stage.tries(&Centre::chair(here), reported(here, &right(here, 0)))?;
    let open = stage.by(one, opened(case(here)))?;
    let turned_down = stage.by(one, proposed(open, unchanged(record, here)))?;
    stage.by(other, rejected(turned_down))?;
    let outcome = changed(record, here, &right(here, 1));
    let proposal = stage.by(one, proposed(open, outcome.clone()))?;
    stage.by(other, approved(proposal, outcome))?;
    stage.by(one, closed(open))?;
    Some(())
}

fn inquiries(stage: &mut Stage) -> Option<()> {
    let campaign = stage.one_of(&[Person::Alder, Person::Birch]);
    let reviewer = stage.reviewer();
    let here = stage.here();
    let asked = stage.by(campaign, filed(here))?;
    stage.by(reviewer, answered(asked, None))?;
    Some(())
}

fn pauses(stage: &mut Stage) -> Option<()> {
    let registrar = stage.registrar();
    stage.by(registrar, paused())?;
    stage.by(registrar, resumed())?;
    Some(())
}

fn amends(stage: &mut Stage) -> Option<()> {
    let registrar = stage.registrar();
    let group = GroupId::new(3).unwrap();
    stage.by(registrar, roster_amended(RosterChange::Withdrawn(group)))?;
    stage.by(registrar, apportioned(place(0, 2), 8, 16))?;
    Some(())
}

/// A sheet of codes, of which one is used.
fn codes(stage: &mut Stage) -> Option<()> {
    let registrar = stage.registrar();
    let here = stage.here();
    let batch = stage.by(
        registrar,
        Event::Code(CodeEvent::Issued(Box::new(CodeBatch {
            precincts: vec![here],
            each: 2,
            expires_at: stage.later(),
        }))),
    )?;
    let key = stage.fresh();
    let enrolment = Enrolment::new(
        stage.centre.contest.id,
        text("Cody Sheet"),
        Role::Chair(vec![here]),
        &key,
    );
    let redeemed = Redemption {
        batch,
        number: 1,
        enrolment,
    };
    stage.tries(&service_key(), Event::Code(CodeEvent::Redeemed(Box::new(redeemed))))?;
    let withdrawn = CodeWithdrawal {
        batch,
        precincts: Vec::new(),
        reason: text("the sheet was lost"),
    };
    stage.by(registrar, Event::Code(CodeEvent::Withdrawn(Box::new(withdrawn))))?;
    Some(())
}

/// An observer is enrolled and leaves; two registrars enrol an operator, and turn an act down.
fn acts(stage: &mut Stage) -> Option<()> {
    let id = stage.centre.contest.id;
    let observer = stage.fresh();
    let enrolment = Enrolment::new(id, text("Noor"), Role::Observer, &observer);
    stage.by(Person::Rhea, Event::KeyEnrolled(Box::new(enrolment)))?;
    let revocation = Revocation {
        key: PublicKey::of(&observer),
        reason: text("left"),
    };
    stage.by(Person::Rhea, Event::KeyRevoked(revocation.clone()))?;
    let operator = stage.fresh();
    let act = Act::Enrol(Enrolment::new(id, text("Una Ueda"), Role::Operator, &operator));
    let propose = Event::Authority(AuthorityEvent::Proposed(Box::new(act.clone())));
    let turned_down = stage.by(Person::Rolf, propose.clone())?;
    let withdrawal = ActWithdrawal {
        proposal: turned_down,
        reason: text("who is this?"),
    };
    stage.by(Person::Rhea, Event::Authority(AuthorityEvent::Withdrawn(withdrawal)))?;
    let proposal = stage.by(Person::Rhea, propose)?;
    let seconding = Seconding { proposal, act };
    stage.by(
        Person::Rolf,
        Event::Authority(AuthorityEvent::Seconded(Box::new(seconding))),
    )?;
    Some(())
}

fn releases(stage: &mut Stage) -> Option<()> {
    let reviewer = stage.reviewer();
    let clear = stage.centre.clear();
    let name = format!("release of {} entries", stage.centre.size());
    stage.by(reviewer, released(&name, &clear))?;
    commits(stage);
    sample(stage)
}

/// What the contest lets the log's own key commit to.
pub(crate) fn commits(stage: &mut Stage) {
    for basis in [Basis::Recorded, Basis::Released] {
        if let Some(commitment) = stage.commitment(basis) {
            let _under_an_embargo = stage.tries(&service_key(), Event::ResultsCommitted(Box::new(commitment)));
        }
    }
}

pub(crate) const DICE: &str = "123456123456123456123456";

/// The root of the log as it is.
pub(crate) fn root(centre: &Centre) -> TreeRoot {
    let mut tree = Tree::new();
    for entry in &centre.entries {
        tree.append(Hash::leaf(entry));
    }
    TreeRoot(tree.root().0)
}

/// The honest sample of some precincts.
pub(crate) fn drawn(centre: &Centre, precincts: usize) -> Sample {
    let root = root(centre);
    let drawn = draw(centre.state().roster(), DICE, &root);
    Sample {
        dice: text(DICE),
        size: centre.size(),
        root,
        precincts: drawn[..precincts].to_vec(),
    }
}

/// A sample of two, as the version draws it, with the entry and what was drawn.
pub(crate) fn sampled(stage: &mut Stage, precincts: u32) -> Option<(EntryIndex, Vec<PrecinctId>)> {
    if stage.centre.contest.fold < 3 {
        let sample = drawn(&stage.centre, usize::try_from(precincts).unwrap());
        let drawn = sample.precincts.clone();
        let entry = stage.by(Person::Rhea, Event::Paper(PaperEvent::Drawn(Box::new(sample))))?;
        return Some((entry, drawn));
    }
    let announcement = announcing(&stage.centre, precincts);
    let announced = stage.by(Person::Rhea, announcement.clone())?;
    let sample = drawn_from(&stage.centre, announced, &announcement, &dice(&stage.centre));
    let drawn = sample.precincts.clone();
    let entry = stage.by(Person::Vera, Event::Paper(PaperEvent::DrawnFrom(Box::new(sample))))?;
    Some((entry, drawn))
}

/// Dice that nobody rolled before: they end with how many entries there are.
pub(crate) fn dice(centre: &Centre) -> String {
    let mut left = centre.size();
    let mut dice = DICE.to_owned();
    for _ in 0..8 {
        dice.push(char::from(b"123456"[usize::try_from(left % 6).unwrap()]));
        left /= 6;
    }
    dice
}

/// The announcement of a sample from everything that the log has.
pub(crate) fn announcing(centre: &Centre, precincts: u32) -> Event {
    Event::Paper(PaperEvent::Announced(Box::new(Announcement {
        size: centre.size(),
        root: root(centre),
        precincts,
    })))
}

/// What dice draw from an announcement.
pub(crate) fn drawn_from(centre: &Centre, entry: EntryIndex, announced: &Event, dice: &str) -> AnnouncedSample {
    let Event::Paper(PaperEvent::Announced(what)) = announced else {
        unreachable!("{announced:?}")
    };
    let mut precincts = draw_announced(centre.state().roster(), dice, &what.root);
    precincts.truncate(usize::try_from(what.precincts).unwrap());
    AnnouncedSample {
        announcement: entry,
        dice: text(dice),
        precincts,
    }
}

/// Gives an announced sample up.
pub(crate) fn abandons(announcement: EntryIndex, seconds: Option<EntryIndex>) -> Event {
    Event::Paper(PaperEvent::Abandoned(Box::new(Abandonment {
        announcement,
        seconds,
        reason: text("a die rolled off the table"),
    })))
}

fn sample(stage: &mut Stage) -> Option<()> {
    if stage.centre.contest.fold >= 3 {
        let announcement = announcing(&stage.centre, 2);
        let given_up = stage.by(Person::Viktor, announcement)?;
        let first = stage.by(Person::Rolf, abandons(given_up, None))?;
        stage.by(Person::Vera, abandons(given_up, Some(first)))?;
    }
    let (sample, drawn) = sampled(stage, 2)?;
    let reading = PaperReading {
        sample,
        precinct: drawn[0],
        sheet: Sheet::default(),
        files: vec![document()],
    };
    stage.by(Person::Vera, Event::Paper(PaperEvent::Read(Box::new(reading))))?;
    Some(())
}

/// The last release, its certificate, and the last commitment.
pub(crate) fn end(stage: &mut Stage) {
    let clear = stage.centre.clear();
    let last = stage.by(Person::Viktor, released("the last of all", &clear));
    if let Some(release) = last {
        let _refused = stage.by(Person::Rhea, certified(release));
    }
    commits(stage);
}
