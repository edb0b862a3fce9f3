//! What comes from the desks of a tabulation centre, in words.

use tallylog_event::{
    CallerCheck, CodeEvent, CourseEvent, Decision, ManualEntry, PaperEvent, Resolution, ResolutionOutcome, ReviewEvent,
    RosterChange, Subject, Verdict,
};
use tallylog_rules::Code;

use super::words::{after, channel, count, files, join};
use super::{Said, Words};

impl Words<'_> {
    pub(super) fn of_code(&self, event: &CodeEvent) -> Said {
        match event {
            CodeEvent::Issued(batch) => (
                "enrolment codes issued".to_owned(),
                format!(
                    "{} each for {}, good until {}",
                    batch.each,
                    self.places(&batch.precincts),
                    (self.time)(batch.expires_at)
                ),
            ),
            CodeEvent::Redeemed(redemption) => (
                "key enrolled by code".to_owned(),
                format!(
                    "{}; code {} of {}",
                    self.enrolled(&redemption.enrolment),
                    redemption.number,
                    redemption.batch
                ),
            ),
            CodeEvent::Withdrawn(withdrawal) => {
                let of = match withdrawal.precincts.as_slice() {
                    [] => "all".to_owned(),
                    precincts => self.places(precincts),
                };
                let detail = format!("{of}, of the batch of {}: {}", withdrawal.batch, withdrawal.reason);
                ("enrolment codes withdrawn".to_owned(), detail)
            }
        }
    }

    pub(super) fn entered(&self, entry: &ManualEntry) -> Said {
        let caller = match entry.caller {
            CallerCheck::NoCaller => "",
            CallerCheck::CalledBack => "caller called back",
            CallerCheck::Passphrase => "caller knew the passphrase",
            CallerCheck::Unchecked => "caller NOT checked",
        };
        let read_back = match (entry.caller, entry.read_back) {
            (CallerCheck::NoCaller, _) => "",
            (_, true) => "read back",
            (_, false) => "NOT read back",
        };
        let typed: Vec<&str> = entry.typed_by.iter().map(tallylog_event::Text::as_str).collect();
        let typed = if typed.is_empty() {
            String::new()
        } else {
            format!("begun by {}", typed.join(", "))
        };
        let detail = join([
            self.sheet(&entry.report.sheet),
            caller.to_owned(),
            read_back.to_owned(),
            typed,
            files(&entry.report.files),
        ]);
        (format!("entry by {}", channel(entry.report.channel)), detail)
    }

    pub(super) fn of_review(&self, event: &ReviewEvent) -> Said {
        match event {
            ReviewEvent::Resolved(resolution) => (
                "two entries resolved".to_owned(),
                format!("{}: {}", resolved(resolution), resolution.reason),
            ),
            ReviewEvent::Decided(decision) => self.decided(decision),
            ReviewEvent::Held(hold) => ("held".to_owned(), hold.reason.to_string()),
            ReviewEvent::Lifted(lift) => (
                "hold lifted".to_owned(),
                format!("the hold of {}: {}", lift.hold, lift.reason),
            ),
        }
    }

    fn decided(&self, decision: &Decision) -> Said {
        let code = usize::from(decision.code.get()) - 1;
        let code = Code::ALL.get(code).map_or_else(
            || format!("V{:02}", decision.code),
            |code| format!("{} {}", code.as_str(), code.name()),
        );
        let subject = match decision.subject {
            Subject::Entry(entry) => entry.to_string(),
            Subject::County(id) => self
                .state
                .roster()
                .county(id)
                .map_or_else(|| "an unknown county".to_owned(), |county| county.name.to_string()),
        };
        let (title, authority) = match &decision.verdict {
            Verdict::Accepted => ("discrepancy accepted", String::new()),
            Verdict::Ruled(ruling) => (
                "discrepancy ruled on",
                join([after("authority: ", &ruling.authority), files(&ruling.evidence)]),
            ),
            Verdict::Reopened => ("discrepancy reopened", String::new()),
        };
        let detail = join([format!("{code} on {subject}: {}", decision.reason), authority]);
        (title.to_owned(), detail)
    }

    pub(super) fn of_course(&self, event: &CourseEvent) -> Said {
        match event {
            CourseEvent::Paused(notice) => ("entry PAUSED".to_owned(), notice.to_string()),
            CourseEvent::Resumed(notice) => ("entry resumed".to_owned(), notice.to_string()),
            CourseEvent::Certified(certification) => {
                let release = self
                    .state
                    .releases()
                    .iter()
                    .find(|known| known.entry == certification.release);
                let release = release.map_or_else(
                    || format!("the release of {}", certification.release),
                    |known| format!("release {:?}", known.name.as_str()),
                );
                let detail = join([
                    release,
                    certification.statement.to_string(),
                    files(&certification.evidence),
                ]);
                ("results CERTIFIED".to_owned(), detail)
            }
            CourseEvent::RosterAmended(amendment) => {
                let detail = join([
                    self.amended(&amendment.change),
                    after("", &amendment.reason),
                    after("authority: ", &amendment.authority),
                    files(&amendment.evidence),
                ]);
                ("roster amended".to_owned(), detail)
            }
        }
    }

    fn amended(&self, change: &RosterChange) -> String {
        match change {
            RosterChange::Withdrawn(group) => format!("{} has withdrawn", self.state.group_name(*group)),
            RosterChange::Apportionment(apportionment) => {
                let county = apportionment.county;
                let elects = apportionment.precincts.iter().map(|precinct| {
                    let id = tallylog_event::PrecinctId {
                        county,
                        number: precinct.number,
                    };
                    format!("{} elects {}", self.place(id), precinct.delegates)
                });
                let elects: Vec<String> = elects.collect();
                format!(
                    "{}; the county {} delegates",
                    elects.join(", "),
                    apportionment.county_delegates
                )
            }
        }
    }

    pub(super) fn of_paper(&self, event: &PaperEvent) -> Said {
        match event {
            PaperEvent::Drawn(sample) => (
                "paper sample drawn".to_owned(),
                format!(
                    "{} by the dice {} and the checkpoint of size {}",
                    count(sample.precincts.len(), "precinct"),
                    sample.dice,
                    sample.size
                ),
            ),
            PaperEvent::Announced(announcement) => (
                "paper sample announced".to_owned(),
                format!(
                    "{} from the checkpoint of size {}, before the dice are rolled",
                    count(
                        usize::try_from(announcement.precincts).unwrap_or(usize::MAX),
                        "precinct"
                    ),
                    announcement.size
                ),
            ),
            PaperEvent::DrawnFrom(sample) => (
                "paper sample drawn".to_owned(),
                format!(
                    "{} by the dice {} and the checkpoint that {} announced",
                    count(sample.precincts.len(), "precinct"),
                    sample.dice,
                    sample.announcement
                ),
            ),
            PaperEvent::Abandoned(abandonment) => {
                let what = match abandonment.seconds {
                    Some(_) => "paper sample abandoned by two",
                    None => "paper sample given up by one of two",
                };
                (
                    what.to_owned(),
                    format!(
                        "the sample that {} announced: {}",
                        abandonment.announcement, abandonment.reason
                    ),
                )
            }
            PaperEvent::Read(reading) => (
                "paper read".to_owned(),
                join([
                    format!("for the sample of {}: {}", reading.sample, self.sheet(&reading.sheet)),
                    files(&reading.files),
                ]),
            ),
        }
    }
}

fn resolved(resolution: &Resolution) -> String {
    let (first, second) = (resolution.first, resolution.second);
    match resolution.outcome {
        ResolutionOutcome::KeepFirst => format!("{first} stands, {second} is set aside"),
        ResolutionOutcome::KeepSecond => format!("{second} stands, {first} is set aside"),
        ResolutionOutcome::RedoFirst => format!("{first} is set aside and made again by the same person"),
        ResolutionOutcome::RedoSecond => format!("{second} is set aside and made again by the same person"),
        ResolutionOutcome::DiscardBoth => format!("{first} and {second} are set aside, to be entered anew"),
    }
}
