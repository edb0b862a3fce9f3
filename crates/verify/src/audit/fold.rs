//! The dear checks: every signature, every admission, and what the log claimed of itself on the way.

use std::collections::BTreeMap;
use std::convert::Infallible;

use tallylog_event::{AuthorityEvent, CaseEvent, CountyId, EntryIndex, Event, PublicKey, ReleasePolicy, Role};
use tallylog_projection::{Basis, Counted, ReplayError, Replayed, Scope, Signatures, State, Visitor, replay_shown};
use tallylog_rules::GroupId;
use tallylog_tlog::Policy;

use super::{Options, commitments, hex, people, samples};
use crate::flaw::check_of;
use crate::roster::differences;
use crate::{Bundle, Check, Flaw, KeysError, Owner, Release, Report, Totals};

/// Folds every entry, and compares what the log claimed with what its entries give; and the witnesses of `policies` with
/// everybody who became a registrar or the log's service on the way.
pub(super) fn check(bundle: &Bundle<'_>, options: &Options, policies: &[&Policy], report: &mut Report) {
    let mut looker = Looker::new(options);
    let entries = |range| Ok::<_, Infallible>(bundle.entries().shown(range));
    let replayed = replay_shown(bundle.entries().count(), &entries, Signatures::Check, &mut looker);
    for (check, entry, flaw) in looker.flaws.drain(..) {
        report.fail(check, Some(entry), flaw);
    }
    match replayed {
        Ok(fold) => {
            independent(fold.state(), policies, report);
            looker.end(fold.state(), bundle.entries().withheld(), report);
            report.abandoned_samples = fold.state().abandoned_samples();
            report.foreign_samples = samples::foreign(bundle, fold.state());
        }
        Err(ReplayError::Damaged { entry, fault }) => report.fail(check_of(&fault), Some(entry), fault),
        Err(ReplayError::Source(never)) => match never {},
    }
}

/// Wants no witness to have a key that was enrolled for a registrar or the log's service, revoked since or not.
fn independent(state: &State, policies: &[&Policy], report: &mut Report) {
    for author in state.authors() {
        let owner = match &author.role {
            Role::Registrar => Owner::Registrar(author.person.clone()),
            Role::Service => Owner::Service,
            Role::Chair(_)
            | Role::Operator
            | Role::Reviewer
            | Role::CorrectionsOfficer
            | Role::Campaign(_)
            | Role::Observer
            | Role::Witness
            | Role::Importer => continue,
        };
        let mut witnesses = policies.iter().flat_map(|policy| policy.witnesses());
        if let Some((witness, _)) = witnesses.find(|(witness, _)| *witness.public_key() == author.key.0) {
            let witness = witness.name().clone();
            let flaw = KeysError::NotIndependent { witness, owner };
            report.fail(Check::Policy, Some(author.enrolled), flaw);
        }
    }
}

/// What took two persons.
#[derive(Default)]
struct Pairs {
    reports: u64,
    acts: u64,
}

/// Looks on while the log is folded.
struct Looker<'a> {
    options: &'a Options,
    flaws: Vec<(Check, EntryIndex, Flaw)>,
    /// Which entry listed a county.
    listed: BTreeMap<CountyId, EntryIndex>,
    signed: BTreeMap<PublicKey, Vec<EntryIndex>>,
    releases: Vec<Release>,
    totals: Option<Totals>,
    /// Reports whose release took another person, and acts that took two.
    persons: Pairs,
    commitments: commitments::Seen,
    /// Events that were taken in part on the word of what is withheld.
    undecided: Vec<EntryIndex>,
}

impl Visitor for Looker<'_> {
    fn before(&mut self, state: &State, replayed: &Replayed) {
        if let Event::ResultsCommitted(commitment) = &replayed.body.event {
            let entry = replayed.entry.index;
            let flaws = self.commitments.compare(state, commitment);
            self.flaws
                .extend(flaws.into_iter().map(|(check, flaw)| (check, entry, flaw)));
        }
    }

    fn rests_on_the_withheld(&mut self, entry: EntryIndex) {
        self.undecided.push(entry);
    }

    fn after(&mut self, state: &State, replayed: &Replayed) {
        let entry = replayed.entry.index;
        self.signed
            .entry(replayed.entry.envelope.author)
            .or_default()
            .push(entry);
        match &replayed.body.event {
            Event::CountyListed(county) => {
                self.listed.insert(county.id, entry);
            }
            Event::Released(release) => self.release(state, replayed, release),
            Event::Case(CaseEvent::Approved(_)) | Event::Authority(AuthorityEvent::Seconded(_)) => {
                self.persons.acts += 1;
            }
            Event::ContestOpened(_)
            | Event::KeyEnrolled(_)
            | Event::KeyRevoked(_)
            | Event::Reported(_)
            | Event::Corrected(_)
            | Event::ResultsCommitted(_)
            | Event::Code(_)
            | Event::Entered(_)
            | Event::FilesAdded(_)
            | Event::Review(_)
            | Event::Case(_)
            | Event::Inquiry(_)
            | Event::Course(_)
            | Event::Paper(_)
            | Event::Authority(_) => {}
        }
    }
}

impl<'a> Looker<'a> {
    fn new(options: &'a Options) -> Self {
        Self {
            options,
            flaws: Vec::new(),
            listed: BTreeMap::new(),
            signed: BTreeMap::new(),
            releases: Vec::new(),
            totals: None,
            persons: Pairs::default(),
            commitments: commitments::Seen::default(),
            undecided: Vec::new(),
        }
    }

    fn release(&mut self, state: &State, replayed: &Replayed, release: &tallylog_event::Release) {
        let entry = replayed.entry.index;
        let name = release.name().to_string();
        let precincts = u64::try_from(release.entries().len()).unwrap_or(u64::MAX);
        if self.options.release.as_ref() == Some(&name) {
            self.totals = Some(totals(state, name.clone(), precincts));
        }
        let policy = state.contest().map(|contest| contest.release);
        if policy.is_some_and(|policy| policy != ReleasePolicy::AsListed) {
            let confirmed = policy == Some(ReleasePolicy::Confirmed);
            let (looked, flaws) = people::of_release(state, &replayed.entry.envelope.author, release, confirmed);
            self.persons.reports += looked;
            self.flaws
                .extend(flaws.into_iter().map(|flaw| (Check::Persons, entry, flaw)));
        }
        self.releases.push(Release {
            entry,
            name,
            received_at: replayed.entry.received_at,
            precincts,
        });
    }

    /// Every entry was admitted.
    fn end(self, state: &State, withheld: u64, report: &mut Report) {
        let size = state.size() - withheld;
        report.withheld = withheld;
        report.pass(Check::Signatures, [(size, "signatures")]);
        let keys = u64::try_from(state.authors().count()).unwrap_or(u64::MAX);
        report.pass(Check::Authority, [(size, "events"), (keys, "keys")]);
        report.pass(Check::Admission, [(size, "events")]);
        self.commitments.conclude(report);
        self.conclude_releases(report);
        if let Some(named) = &self.options.roster {
            let log: Vec<_> = state.roster().counties().collect();
            for (county, difference) in differences(&log, named) {
                let entry = county.and_then(|county| self.listed.get(&county)).copied();
                report.fail(Check::Roster, entry, difference);
            }
            let precincts = u64::try_from(state.roster().precincts()).unwrap_or(u64::MAX);
            report.compared(Check::Roster, [(precincts, "precincts")]);
        }
        people::list(state, &self.signed, report);
        if state.has_acts() {
            report.sole_registrars = state.sole_registrars();
        }
        if let Some(night) = &mut report.night {
            // Whoever is not shown every entry has no state of the night.
            night.state = (withheld == 0).then(|| hex(&state.hash()));
        }
        report.undecided = self.undecided;
        report.releases = self.releases;
        report.totals = self.totals;
    }

    fn conclude_releases(&self, report: &mut Report) {
        let releases = u64::try_from(self.releases.len()).unwrap_or(u64::MAX);
        match &self.options.release {
            Some(asked) if self.totals.is_none() => report.fail(Check::Releases, None, Flaw::NoRelease(asked.clone())),
            Some(_) | None => {
                let listed = self.releases.iter().map(|release| release.precincts).sum();
                report.compared(Check::Releases, [(releases, "releases"), (listed, "entries listed")]);
            }
        }
        let Pairs { reports, acts } = self.persons;
        report.compared(Check::Persons, [(reports, "released reports"), (acts, "acts of two")]);
    }
}

/// The figures of the release that `state` has just taken.
fn totals(state: &State, release: String, precincts: u64) -> Totals {
    let counted = Counted::new(state, Basis::Released);
    let lines = tallylog_projection::Totals::of(&counted, Scope::State).lines;
    let named = (1_u16..).zip(lines).filter_map(|(number, line)| {
        let group = GroupId::new(number).ok()?;
        Some((state.group_name(group).to_owned(), line))
    });
    Totals {
        release,
        precincts,
        lines: named.collect(),
    }
}
