//! Every kind of event in a few words, and the events of every log.

use tallylog_event::{
    AuthorityEvent, CaseEvent, CaseOutcome, Channel, CodeEvent, Commitment, Contest, ContestKind, Correction,
    CorrectionKind, County, CourseEvent, Embargo, Enrolment, Event, FileRef, InquiryEvent, PaperEvent, PrecinctId,
    PublicKey, ReleasePolicy, ReviewEvent, Role, SiteKind,
};

use super::{Said, Words};
use crate::Basis;
use crate::people::role_name;

/// What an event is called, in lists and sentences: the same words for all events of a kind.
#[must_use]
pub const fn kind_of(event: &Event) -> &'static str {
    match event {
        Event::ContestOpened(_) => "opening of the contest",
        Event::CountyListed(_) => "listing of a county",
        Event::KeyEnrolled(_) => "enrolment of a key",
        Event::KeyRevoked(_) => "revocation of a key",
        Event::Reported(_) => "report",
        Event::Corrected(_) => "correction",
        Event::Released(_) => "release",
        Event::ResultsCommitted(_) => "commitment to results",
        Event::Code(CodeEvent::Issued(_)) => "issue of enrolment codes",
        Event::Code(CodeEvent::Redeemed(_)) => "enrolment by a code",
        Event::Code(CodeEvent::Withdrawn(_)) => "withdrawal of enrolment codes",
        Event::Entered(_) => "manual entry",
        Event::FilesAdded(_) => "list of files",
        Event::Review(ReviewEvent::Resolved(_)) => "resolution of two entries",
        Event::Review(ReviewEvent::Decided(_)) => "decision about a discrepancy",
        Event::Review(ReviewEvent::Held(_)) => "hold",
        Event::Review(ReviewEvent::Lifted(_)) => "lift of a hold",
        Event::Case(CaseEvent::Opened(_)) => "opening of a correction case",
        Event::Case(CaseEvent::Proposed(_)) => "proposal in a correction case",
        Event::Case(CaseEvent::Approved(_)) => "approval in a correction case",
        Event::Case(CaseEvent::Rejected(_)) => "rejection in a correction case",
        Event::Case(CaseEvent::Closed(_)) => "closing of a correction case",
        Event::Inquiry(InquiryEvent::Filed(_)) => "inquiry",
        Event::Inquiry(InquiryEvent::Answered(_)) => "answer to an inquiry",
        Event::Course(CourseEvent::Paused(_)) => "pause",
        Event::Course(CourseEvent::Resumed(_)) => "resumption",
        Event::Course(CourseEvent::Certified(_)) => "certification",
        Event::Course(CourseEvent::RosterAmended(_)) => "amendment of the roster",
        Event::Paper(PaperEvent::Drawn(_) | PaperEvent::DrawnFrom(_)) => "draw of a paper sample",
        Event::Paper(PaperEvent::Announced(_)) => "announcement of a paper sample",
        Event::Paper(PaperEvent::Abandoned(_)) => "abandonment of a paper sample",
        Event::Paper(PaperEvent::Read(_)) => "reading of a paper",
        Event::Authority(AuthorityEvent::Proposed(_)) => "proposal of an act that takes two",
        Event::Authority(AuthorityEvent::Seconded(_)) => "second of an act that takes two",
        Event::Authority(AuthorityEvent::Withdrawn(_)) => "withdrawal of an act that takes two",
    }
}

/// The correction that an event makes of a record.
pub(super) fn correction_of(event: &Event) -> Option<&Correction> {
    match event {
        Event::Corrected(correction) => Some(correction),
        Event::Case(CaseEvent::Approved(approval)) => match &approval.outcome {
            CaseOutcome::Changed(correction) => Some(correction),
            CaseOutcome::Unchanged(_) => None,
        },
        Event::Case(CaseEvent::Proposed(proposal)) => match &proposal.outcome {
            CaseOutcome::Changed(correction) => Some(correction),
            CaseOutcome::Unchanged(_) => None,
        },
        Event::ContestOpened(_)
        | Event::CountyListed(_)
        | Event::KeyEnrolled(_)
        | Event::KeyRevoked(_)
        | Event::Reported(_)
        | Event::Released(_)
        | Event::ResultsCommitted(_)
        | Event::Code(_)
        | Event::Entered(_)
        | Event::FilesAdded(_)
        | Event::Review(_)
        | Event::Case(CaseEvent::Opened(_) | CaseEvent::Rejected(_) | CaseEvent::Closed(_))
        | Event::Inquiry(_)
        | Event::Course(_)
        | Event::Paper(_)
        | Event::Authority(_) => None,
    }
}

impl Words<'_> {
    pub(super) fn said(&self, event: &Event) -> Said {
        match event {
            Event::ContestOpened(contest) => opened(contest),
            Event::CountyListed(county) => listed(county),
            Event::KeyEnrolled(enrolment) => ("key enrolled".to_owned(), self.enrolled(enrolment)),
            Event::KeyRevoked(revocation) => (
                "key revoked".to_owned(),
                format!("{}: {}", self.holder(&revocation.key), revocation.reason),
            ),
            Event::Reported(report) => (
                format!("report by {}", channel(report.channel)),
                join([self.sheet(&report.sheet), files(&report.files)]),
            ),
            Event::Corrected(correction) => (
                format!("{} corrected", correction.kind.map_or("record", kind)),
                self.correction(correction),
            ),
            Event::Released(release) => (
                format!("release {:?}", release.name().as_str()),
                count(release.entries().len(), "precinct"),
            ),
            Event::ResultsCommitted(commitment) => ("commitment".to_owned(), committed(commitment)),
            Event::Code(event) => self.of_code(event),
            Event::Entered(entry) => self.entered(entry),
            Event::FilesAdded(added) => ("files added".to_owned(), files(&added.files)),
            Event::Review(event) => self.of_review(event),
            Event::Case(event) => self.of_case(event),
            Event::Inquiry(event) => self.of_inquiry(event),
            Event::Course(event) => self.of_course(event),
            Event::Paper(event) => self.of_paper(event),
            Event::Authority(event) => self.of_authority(event),
        }
    }

    pub(super) fn enrolled(&self, enrolment: &Enrolment) -> String {
        let scope = match &enrolment.role {
            Role::Chair(precincts) => format!(" of {}", self.places(precincts)),
            Role::Campaign(name) => format!(" {name}"),
            Role::Registrar
            | Role::Operator
            | Role::Reviewer
            | Role::CorrectionsOfficer
            | Role::Observer
            | Role::Witness
            | Role::Importer
            | Role::Service => String::new(),
        };
        format!("{}, {}{scope}", enrolment.person, role_name(&enrolment.role))
    }

    pub(super) fn holder(&self, key: &PublicKey) -> String {
        let author = self.state.key(key);
        author.map_or_else(
            || format!("the key {key}"),
            |author| format!("{}, {}", author.person, role_name(&author.role)),
        )
    }

    /// A county and a precinct.
    pub(super) fn place(&self, id: PrecinctId) -> String {
        self.state.roster().precinct(id).map_or_else(
            || "an unknown precinct".to_owned(),
            |(county, precinct)| format!("{}, {}", county.name, precinct.name),
        )
    }

    /// Precincts by name where they are few.
    pub(super) fn places(&self, ids: &[PrecinctId]) -> String {
        match ids {
            [] => "no precinct".to_owned(),
            [one] => self.place(*one),
            [one, two] => format!("{} and {}", self.place(*one), self.place(*two)),
            [one, two, rest @ ..] => format!(
                "{}, {} and {}",
                self.place(*one),
                self.place(*two),
                count(rest.len(), "other")
            ),
        }
    }
}

fn opened(contest: &Contest) -> Said {
    let kind = match contest.kind {
        ContestKind::Election => "an election",
        ContestKind::Rehearsal => "a REHEARSAL, not a real night",
        ContestKind::Archive => "an archive of published results",
    };
    let embargo = match contest.embargo {
        Embargo::Open => "entries are public at once",
        Embargo::OnRelease => "figures are public when they are released",
    };
    let release = match contest.release {
        ReleasePolicy::AsListed => "a release holds whatever it lists",
        ReleasePolicy::ReportedClear => "a release holds what nothing holds",
        ReleasePolicy::Confirmed => "a release holds what is confirmed and nothing holds",
    };
    let groups = count(contest.candidates.len(), "group");
    let detail = format!(
        "{}, {kind}, by the rules {} with {groups}; {release}; {embargo}",
        contest.name, contest.ruleset.name
    );
    ("contest opened".to_owned(), detail)
}

fn listed(county: &County) -> Said {
    let (what, elects) = match county.kind {
        SiteKind::Precincts { county_delegates } => ("precinct", format!(", {county_delegates} county delegates")),
        SiteKind::Satellites => ("satellite site", String::new()),
    };
    let places = count(county.precincts.len(), what);
    let detail = format!(
        "{}, {places}{elects}, {} state delegates",
        county.name, county.state_delegates
    );
    ("county listed".to_owned(), detail)
}

fn committed(commitment: &Commitment) -> String {
    let basis = match commitment.basis {
        Basis::Recorded => "recorded",
        Basis::Released => "released",
    };
    let open: u64 = commitment
        .audit
        .iter()
        .flat_map(|audit| audit.discrepancies.iter())
        .map(|count| u64::from(count.open.get()))
        .sum();
    let open = match &commitment.audit {
        Some(_) => format!(", {open} discrepancies open"),
        None => String::new(),
    };
    format!(
        "the {basis} results of {} precincts at size {}{open}, root {}",
        commitment.precincts, commitment.size, commitment.root
    )
}

pub(super) const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::App => "app",
        Channel::Phone => "phone",
        Channel::Photo => "photo",
        Channel::Paper => "paper",
        Channel::Import => "import",
    }
}

pub(super) const fn kind(kind: CorrectionKind) -> &'static str {
    match kind {
        CorrectionKind::Transcription => "transcription",
        CorrectionKind::Rule => "rule",
        CorrectionKind::HeadCount => "head count",
    }
}

pub(super) fn files(files: &[FileRef]) -> String {
    if files.is_empty() {
        return String::new();
    }
    count(files.len(), "file")
}

/// A number with its noun, which takes an s for more than one.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// What is not blank, with semicolons between.
pub(super) fn join(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.trim().is_empty()).collect();
    parts.join("; ")
}

/// Words in front of a text, or nothing where the text is blank.
pub(super) fn after(words: &str, text: &tallylog_event::Text) -> String {
    if text.is_blank() {
        String::new()
    } else {
        format!("{words}{text}")
    }
}
