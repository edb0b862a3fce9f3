//! No variant without golden bytes.
//!
//! Each `index` below is a match without wildcard, so that a new variant does not compile until somebody has come by
//! here; and the number of variants that decoding knows is compared with those that the samples show.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tallylog_event::{
    Act, AuthorityEvent, Basis, CallerCheck, CaseEvent, CaseOutcome, Channel, CodeEvent, Contest, ContestKind,
    CorrectionKind, CourseEvent, District, Embargo, Event, InquiryEvent, PaperEvent, ReleasePolicy, Report,
    ResolutionOutcome, ReviewEvent, Role, RosterChange, SiteKind, Stage, Subject, Verdict,
};
use tallylog_rules::GameMeans;

use crate::golden::golden_bodies;
use crate::samples::events;

/// How many variants decoding knows: their indices are those of one byte that it does not refuse outright.
fn known<T: DeserializeOwned>() -> BTreeSet<u8> {
    let refused = |index: u8| {
        let answer = postcard::from_bytes::<T>(&[index]);
        matches!(answer, Err(postcard::Error::SerdeDeCustom))
    };
    (0..0x80).take_while(|index| !refused(*index)).collect()
}

#[track_caller]
fn check<T: DeserializeOwned>(seen: impl IntoIterator<Item = u8>) {
    let seen: BTreeSet<u8> = seen.into_iter().collect();
    assert_eq!(seen, known::<T>(), "{}", std::any::type_name::<T>());
}

fn event_index(event: &Event) -> u8 {
    match event {
        Event::ContestOpened(_) => 0,
        Event::CountyListed(_) => 1,
        Event::KeyEnrolled(_) => 2,
        Event::KeyRevoked(_) => 3,
        Event::Reported(_) => 4,
        Event::Corrected(_) => 5,
        Event::Released(_) => 6,
        Event::ResultsCommitted(_) => 7,
        Event::Code(_) => 8,
        Event::Entered(_) => 9,
        Event::FilesAdded(_) => 10,
        Event::Review(_) => 11,
        Event::Case(_) => 12,
        Event::Inquiry(_) => 13,
        Event::Course(_) => 14,
        Event::Paper(_) => 15,
        Event::Authority(_) => 16,
    }
}

fn role_index(role: &Role) -> u8 {
    match role {
        Role::Registrar => 0,
        Role::Chair(_) => 1,
        Role::Operator => 2,
        Role::Reviewer => 3,
        Role::CorrectionsOfficer => 4,
        Role::Campaign(_) => 5,
        Role::Observer => 6,
        Role::Witness => 7,
        Role::Importer => 8,
        Role::Service => 9,
    }
}

fn correction_index(kind: CorrectionKind) -> u8 {
    match kind {
        CorrectionKind::Transcription => 0,
        CorrectionKind::Rule => 1,
        CorrectionKind::HeadCount => 2,
    }
}

fn contest_index(kind: ContestKind) -> u8 {
    match kind {
        ContestKind::Election => 0,
        ContestKind::Rehearsal => 1,
        ContestKind::Archive => 2,
    }
}

fn channel_index(channel: Channel) -> u8 {
    match channel {
        Channel::App => 0,
        Channel::Phone => 1,
        Channel::Photo => 2,
        Channel::Paper => 3,
        Channel::Import => 4,
    }
}

fn site_index(kind: SiteKind) -> u8 {
    match kind {
        SiteKind::Precincts { .. } => 0,
        SiteKind::Satellites => 1,
    }
}

fn district_index(district: District) -> u8 {
    match district {
        District::Congressional(_) => 0,
        District::StateOnly => 1,
    }
}

fn release_index(policy: ReleasePolicy) -> u8 {
    match policy {
        ReleasePolicy::AsListed => 0,
        ReleasePolicy::ReportedClear => 1,
        ReleasePolicy::Confirmed => 2,
    }
}

fn embargo_index(embargo: Embargo) -> u8 {
    match embargo {
        Embargo::Open => 0,
        Embargo::OnRelease => 1,
    }
}

fn basis_index(basis: Basis) -> u8 {
    match basis {
        Basis::Recorded => 0,
        Basis::Released => 1,
    }
}

fn means_index(means: GameMeans) -> u8 {
    match means {
        GameMeans::Coin => 0,
        GameMeans::Lot => 1,
        GameMeans::Other => 2,
    }
}

/// What the samples hold of one kind.
fn of_samples<T>(pick: impl Fn(Event) -> Option<T>) -> Vec<T> {
    events().into_iter().filter_map(|(_, event)| pick(event)).collect()
}

fn contests() -> Vec<Contest> {
    of_samples(|event| {
        if let Event::ContestOpened(contest) = event {
            Some(*contest)
        } else {
            None
        }
    })
}

fn reports() -> Vec<Report> {
    of_samples(|event| {
        if let Event::Reported(report) = event {
            Some(*report)
        } else {
            None
        }
    })
}

#[test]
fn every_kind_of_event_has_golden_bytes() {
    check::<Event>(events().iter().map(|(_, event)| event_index(event)));
}

#[test]
fn every_role_has_golden_bytes() {
    let roles = of_samples(|event| {
        if let Event::KeyEnrolled(enrolment) = event {
            Some(enrolment.role)
        } else {
            None
        }
    });
    check::<Role>(roles.iter().map(role_index));
}

#[test]
fn every_kind_of_correction_has_golden_bytes() {
    let kinds = of_samples(|event| {
        if let Event::Corrected(correction) = event {
            correction.kind
        } else {
            None
        }
    });
    check::<CorrectionKind>(kinds.into_iter().map(correction_index));
}

#[test]
fn every_choice_of_a_contest_has_golden_bytes() {
    check::<ContestKind>(contests().into_iter().map(|contest| contest_index(contest.kind)));
    check::<ReleasePolicy>(contests().into_iter().map(|contest| release_index(contest.release)));
    check::<Embargo>(contests().into_iter().map(|contest| embargo_index(contest.embargo)));
}

#[test]
fn every_choice_of_a_county_has_golden_bytes() {
    let counties = || {
        of_samples(|event| {
            if let Event::CountyListed(county) = event {
                Some(*county)
            } else {
                None
            }
        })
    };
    check::<SiteKind>(counties().into_iter().map(|county| site_index(county.kind)));
    check::<District>(counties().into_iter().map(|county| district_index(county.district)));
}

#[test]
fn every_choice_of_a_report_has_golden_bytes() {
    check::<Channel>(reports().into_iter().map(|report| channel_index(report.channel)));
    let games = reports().into_iter().flat_map(|report| report.sheet.games);
    check::<GameMeans>(games.map(|game| means_index(game.means)));
}

#[test]
fn every_choice_of_a_commitment_has_golden_bytes() {
    let bases = of_samples(|event| {
        if let Event::ResultsCommitted(commitment) = event {
            Some(commitment.basis)
        } else {
            None
        }
    });
    check::<Basis>(bases.into_iter().map(basis_index));
}

/// The indices above are not only distinct: they are the ones on the wire, right after contest, submission and time.
#[test]
fn the_index_of_an_event_is_on_the_wire() {
    let golden = golden_bodies();
    for (name, event) in events() {
        assert_eq!(golden[name][16 + 16 + 6], event_index(&event), "{name}");
    }
}

/// The index on the wire of what is picked from the samples.
fn indices<T: Serialize>(pick: impl Fn(Event) -> Option<T>) -> Vec<u8> {
    let picked = of_samples(pick).into_iter();
    picked.map(|value| postcard::to_stdvec(&value).unwrap()[0]).collect()
}

/// Checks that every variant of what is picked is among the samples.
macro_rules! check_picked {
    ($type:ty, $pattern:pat => $value:expr) => {
        check::<$type>(indices(|event| if let $pattern = event { Some($value) } else { None }))
    };
}

#[test]
fn every_step_of_a_desk_has_golden_bytes() {
    check_picked!(CodeEvent, Event::Code(code) => code);
    check_picked!(ReviewEvent, Event::Review(review) => review);
    check_picked!(CaseEvent, Event::Case(case) => case);
    check_picked!(InquiryEvent, Event::Inquiry(inquiry) => inquiry);
    check_picked!(CourseEvent, Event::Course(course) => course);
    check_picked!(PaperEvent, Event::Paper(paper) => paper);
    check_picked!(AuthorityEvent, Event::Authority(authority) => authority);
}

#[test]
fn every_choice_at_a_desk_has_golden_bytes() {
    check_picked!(CallerCheck, Event::Entered(entry) => entry.caller);
    check_picked!(ResolutionOutcome, Event::Review(ReviewEvent::Resolved(resolution)) => resolution.outcome);
    check_picked!(Subject, Event::Review(ReviewEvent::Decided(decision)) => decision.subject);
    check_picked!(Verdict, Event::Review(ReviewEvent::Decided(decision)) => decision.verdict);
    check_picked!(Stage, Event::Case(CaseEvent::Opened(case)) => case.stage);
    check_picked!(CaseOutcome, Event::Case(CaseEvent::Proposed(proposal)) => proposal.outcome);
    check_picked!(CaseOutcome, Event::Case(CaseEvent::Approved(approval)) => approval.outcome);
    check_picked!(Act, Event::Authority(AuthorityEvent::Proposed(act)) => act);
    check_picked!(Act, Event::Authority(AuthorityEvent::Seconded(seconding)) => seconding.act);
    check_picked!(RosterChange, Event::Course(CourseEvent::RosterAmended(amendment)) => amendment.change);
}
