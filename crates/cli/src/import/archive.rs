//! The archive that the published results are recorded in.

use std::path::Path;

use tallylog_event::{
    Candidate, Channel, Contest, ContestId, ContestKind, Correction, County, Embargo, Enrolment, EntryIndex, Envelope,
    Event, EventBody, LogIdentity, PublicKey, Registrar, Release, ReleasePolicy, Report, Role, SigningKey,
    SubmissionId, Text, UnixMillis, WitnessPolicy,
};
use tallylog_projection::FOLD_VERSION;
use tallylog_rules::{Attendees, Ruleset, Sheet};
use tallylog_server::{Answer, Log};

use super::attendance::SiteAttendance;
use super::release::{Record, ReleaseFile};
use super::sheet::Reading;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::show::talk;

/// An archive that is open in a log.
pub(super) struct Archive<'a> {
    log: &'a Log,
    counties: &'a [County],
    contest: Contest,
    candidates: Vec<String>,
    importer: SigningKey,
}

/// What became of the precincts of a file.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// Appeared for the first time.
    pub(super) reports: u64,
    /// Differ from their record.
    pub(super) corrections: u64,
    /// Are as they were.
    pub(super) unchanged: u64,
    /// Had been recorded from this file before.
    pub(super) known: u64,
}

impl Recorded {
    pub(super) fn precincts(&self) -> u64 {
        self.reports + self.corrections + self.unchanged + self.known
    }
}

impl<'a> Archive<'a> {
    /// Opens the archive of a log, or goes on with it: contest, roster, importer's key.
    pub(super) async fn open(
        data: &DataDir,
        log: &'a Log,
        from: &Path,
        counties: &'a [County],
        candidates: &[String],
    ) -> Result<Self, Failure> {
        let opened = log.state()?.contest().is_some();
        let keys = Keys::of(data, opened)?;
        if !opened {
            let contest = keys.contest(from, candidates)?;
            let opening = body(
                contest.id,
                submission(&["contest"]),
                tallylog_server::now(),
                Event::ContestOpened(contest.into()),
            );
            log.submit(Envelope::seal(&opening, &keys.registrar)).await?;
        }
        let contest = log.state()?.contest().cloned().ok_or(tallylog_server::Problem::Empty)?;
        if contest.kind != ContestKind::Archive {
            return Err(Failure::NotAnArchive(data.root().to_owned()));
        }
        let archive = Self {
            log,
            counties,
            candidates: contest
                .candidates
                .iter()
                .map(|candidate| candidate.name.to_string())
                .collect(),
            contest,
            importer: keys.importer,
        };
        archive.set_up(&keys.registrar).await?;
        Ok(archive)
    }

    /// The names of the candidates in roster order.
    pub(super) fn candidates(&self) -> &[String] {
        &self.candidates
    }

    /// The most people that a report may give for a room or a group.
    pub(super) fn largest_room(&self) -> Attendees {
        self.contest.ruleset.largest_room
    }

    /// Lists the counties that are not listed yet, and enrols the importer.
    async fn set_up(&self, registrar: &SigningKey) -> Result<(), Failure> {
        let mut answers = Vec::new();
        {
            let state = self.log.state()?;
            for (county, listed) in self.counties.iter().zip(state.roster().counties()) {
                if county != listed {
                    return Err(Failure::RosterDiffers(county.name.to_string()));
                }
            }
            if state.roster().len() > self.counties.len() {
                return Err(Failure::RosterDiffers("the end of counties.csv".to_owned()));
            }
            for county in self.counties.iter().skip(state.roster().len()) {
                let event = Event::CountyListed(county.clone().into());
                answers.push(self.send(
                    registrar,
                    &["county", county.name.as_str()],
                    tallylog_server::now(),
                    event,
                )?);
            }
            if state.key(&PublicKey::of(&self.importer)).is_none() {
                let person = text("Importer")?;
                let enrolment = Enrolment::new(self.contest.id, person, Role::Importer, &self.importer);
                let event = Event::KeyEnrolled(enrolment.into());
                answers.push(self.send(registrar, &["importer"], tallylog_server::now(), event)?);
            }
        }
        all(answers).await
    }

    /// Records a release file: what is new, what has changed, and the release itself.
    pub(super) async fn record(&self, file: &ReleaseFile, attendance: &SiteAttendance) -> Result<Recorded, Failure> {
        let reading = Reading::new(&self.contest.ruleset, self.counties, file, attendance);
        let sheets: Vec<(&Record, Sheet)> = file
            .records
            .iter()
            .map(|record| (record, reading.sheet(record)))
            .collect();
        let released = self.log.state()?.release(file.name.as_str()).is_some();
        if released {
            return self.compare(file, &sheets);
        }
        let mut recorded = Recorded::default();
        all(self.send_records(file, &sheets, &mut recorded)?).await?;
        self.release(file).await?;
        Ok(recorded)
    }

    fn send_records(
        &self,
        file: &ReleaseFile,
        sheets: &[(&Record, Sheet)],
        recorded: &mut Recorded,
    ) -> Result<Vec<Answer>, Failure> {
        let state = self.log.state()?;
        let mut answers = Vec::new();
        for (record, sheet) in sheets {
            let id = self.submission(file, record);
            let versions = state.versions(record.precinct);
            let current = versions.last().map(|version| (version.entry, version.filing()));
            if let Some(known) = versions.iter().find(|version| version.submission() == id) {
                // An import that was cut short recorded this row: the file must still say so.
                if known.filing().report().sheet != *sheet {
                    return Err(self.differs(file, record));
                }
                recorded.known += 1;
                continue;
            }
            let report = Report {
                precinct: record.precinct,
                channel: Channel::Import,
                sheet: sheet.clone(),
                files: Vec::new(),
            };
            let event = match current {
                Some((_, filing)) if filing.report().sheet == *sheet => {
                    recorded.unchanged += 1;
                    continue;
                }
                Some((replaces, _)) => {
                    recorded.corrections += 1;
                    Event::Corrected(unexplained(replaces, report)?.into())
                }
                None => {
                    recorded.reports += 1;
                    Event::Reported(report.into())
                }
            };
            let at = UnixMillis(file.date.0 + record.line);
            answers.push(self.send_as(&self.importer, id, at, event)?);
        }
        Ok(answers)
    }

    async fn release(&self, file: &ReleaseFile) -> Result<(), Failure> {
        let answer = {
            let state = self.log.state()?;
            let records = file
                .records
                .iter()
                .filter_map(|record| state.versions(record.precinct).last());
            let mut entries: Vec<EntryIndex> = records.map(|version| version.entry).collect();
            entries.sort_unstable();
            // The entries of different precincts differ.
            let Ok(release) = Release::new(file.name.clone(), entries) else {
                return Ok(());
            };
            self.send(
                &self.importer,
                &["release", file.name.as_str()],
                file.date,
                Event::Released(release),
            )?
        };
        all(vec![answer]).await
    }

    /// A file whose release is in the log already must say what the release says.
    fn compare(&self, file: &ReleaseFile, sheets: &[(&Record, Sheet)]) -> Result<Recorded, Failure> {
        let state = self.log.state()?;
        let release = state.release(file.name.as_str());
        for (record, sheet) in sheets {
            let listed = state
                .roster()
                .position(record.precinct)
                .and_then(|at| release?.entry_of(at));
            let versions = state.versions(record.precinct);
            let version = versions.iter().find(|version| Some(version.entry) == listed);
            if version.is_none_or(|version| version.filing().report().sheet != *sheet) {
                return Err(self.differs(file, record));
            }
        }
        if release.is_some_and(|release| release.precincts() != sheets.len()) {
            return Err(Failure::ReleaseDiffers {
                name: file.name.to_string(),
                county: "the number of precincts".to_owned(),
                precinct: sheets.len().to_string(),
            });
        }
        Ok(Recorded {
            known: u64::try_from(sheets.len()).unwrap_or(u64::MAX),
            ..Recorded::default()
        })
    }

    fn differs(&self, file: &ReleaseFile, record: &Record) -> Failure {
        let (county, precinct) = self.names(record);
        Failure::ReleaseDiffers {
            name: file.name.to_string(),
            county: county.to_owned(),
            precinct: precinct.to_owned(),
        }
    }

    fn names(&self, record: &Record) -> (&str, &str) {
        let county = self.counties.get(usize::from(record.precinct.county.0));
        let precinct = county.and_then(|county| county.precincts.get(usize::from(record.precinct.number)));
        (
            county.map_or("?", |county| county.name.as_str()),
            precinct.map_or("?", |precinct| precinct.name.as_str()),
        )
    }

    fn submission(&self, file: &ReleaseFile, record: &Record) -> SubmissionId {
        let (county, precinct) = self.names(record);
        submission(&["record", file.name.as_str(), county, precinct])
    }

    fn send(&self, key: &SigningKey, of: &[&str], at: UnixMillis, event: Event) -> Result<Answer, Failure> {
        self.send_as(key, submission(of), at, event)
    }

    fn send_as(&self, key: &SigningKey, id: SubmissionId, at: UnixMillis, event: Event) -> Result<Answer, Failure> {
        let body = body(self.contest.id, id, at, event);
        Ok(self.log.enqueue(Envelope::seal(&body, key))?)
    }
}

/// The keys of an archive. They are made here, and lie beside the log.
struct Keys {
    registrar: SigningKey,
    importer: SigningKey,
    log: SigningKey,
    service: SigningKey,
}

impl Keys {
    /// The keys of an archive that is `opened`, or new ones for one that is not.
    fn of(data: &DataDir, opened: bool) -> Result<Self, Failure> {
        let mut made = false;
        let mut key = |name| {
            let (key, new) = if opened {
                (data.known_key(name)?, false)
            } else {
                data.key(name)?
            };
            made |= new;
            Ok::<_, Failure>(key)
        };
        let keys = Self {
            registrar: key("registrar")?,
            importer: key("importer")?,
            log: key("log")?,
            service: key("service")?,
        };
        if made {
            talk(&format!(
                "new keys lie unencrypted in {}, readable by you alone (mode 0600): whoever has them can sign as this archive",
                data.root().join("keys").display()
            ));
        }
        Ok(keys)
    }

    fn contest(&self, from: &Path, candidates: &[String]) -> Result<Contest, Failure> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|_| Failure::Randomness)?;
        let folder = from.canonicalize().ok();
        let folder = folder
            .as_deref()
            .and_then(Path::file_name)
            .map(|name| name.to_string_lossy().into_owned());
        let name = folder.unwrap_or_else(|| "published results".to_owned());
        let candidate = |candidate: &String| Ok::<_, Failure>(Candidate { name: text(candidate)? });
        Ok(Contest {
            id: ContestId(id),
            kind: ContestKind::Archive,
            name: text(&name)?,
            ruleset: Ruleset::iowa_2020(),
            candidates: candidates.iter().map(candidate).collect::<Result<_, _>>()?,
            log: LogIdentity {
                origin: text(&format!("tallylog.invalid/archive/{}", ContestId(id)))?,
                key: PublicKey::of(&self.log),
            },
            service: PublicKey::of(&self.service),
            registrars: vec![Registrar {
                person: text("Registrar")?,
                key: PublicKey::of(&self.registrar),
            }],
            fold: FOLD_VERSION,
            release: ReleasePolicy::AsListed,
            embargo: Embargo::Open,
            witnesses: WitnessPolicy {
                quorum: 0,
                witnesses: Vec::new(),
            },
        })
    }
}

/// A change that nobody explained: that is a discrepancy, and the log says so.
fn unexplained(replaces: EntryIndex, report: Report) -> Result<Correction, Failure> {
    Ok(Correction {
        replaces,
        report,
        kind: None,
        reason: text("")?,
        requested_by: text("")?,
        authority: text("")?,
        evidence: Vec::new(),
    })
}

fn body(contest: ContestId, submission: SubmissionId, recorded_at: UnixMillis, event: Event) -> EventBody {
    EventBody {
        contest,
        submission,
        recorded_at,
        event,
    }
}

/// A submission id that is a function of what is submitted.
fn submission(of: &[&str]) -> SubmissionId {
    let mut hasher = blake3::Hasher::new_derive_key("tallylog 2026 import submission v1");
    for part in of {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    let mut id = [0; 16];
    hasher.finalize_xof().fill(&mut id);
    SubmissionId(id)
}

fn text(text: &str) -> Result<Text, Failure> {
    Text::new(text).map_err(|error| Failure::Row {
        path: Path::new("counties.csv").to_owned(),
        line: 0,
        fault: error.into(),
    })
}

async fn all(answers: Vec<Answer>) -> Result<(), Failure> {
    for answer in answers {
        answer.await.unwrap_or(Err(tallylog_server::Problem::Stopping))?;
    }
    Ok(())
}
