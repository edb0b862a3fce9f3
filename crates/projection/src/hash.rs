//! One hash for a state, the same for the same log on every machine.

use serde::Serialize;
use sha2::{Digest, Sha256};
use tallylog_event::{Contest, Event, EventBody, Role, SubmissionId, UnixMillis};

use crate::{Author, State};

const DOMAIN: &[u8] = b"tallylog/state/v1\0";

/// What stands before the desks, in contests whose version has them.
const DESKS: &[u8] = b"tallylog/desks/v2\0";

/// What stands before the acts that take two persons, in contests whose version has them.
const ACTS: &[u8] = b"tallylog/desks/v3\0";

impl State {
    /// SHA-256 over the state's canonical form.
    ///
    /// It covers the contest, the roster, keys with persons, roles and revocations, every precinct's versions in order
    /// with the signed bytes of its record, the releases with what they list, and the committed results. Two servers, or a server and a
    /// verifier, that read the same entries have the same hash. `docs/ARCHITECTURE.md` gives the form.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut form = Form(Sha256::new());
        form.0.update(DOMAIN);
        form.number(self.size());
        form.number(self.last_received_at().map_or(0, |time| time.0));
        form.contest(self);
        form.keys(self);
        form.precincts(self);
        form.releases(self);
        form.commitments(self);
        let version = self.contest().map_or(0, |contest| contest.fold);
        if version > 1 {
            form.0.update(DESKS);
            self.desks.form(&mut form);
        }
        if version > 2 {
            form.0.update(ACTS);
            self.desks.form_of_acts(&mut form);
        }
        form.0.finalize().into()
    }
}

/// Numbers are 8 bytes big-endian; bytes and lists are preceded by their length as such a number.
pub(crate) struct Form(Sha256);

impl Form {
    pub(crate) fn number(&mut self, number: u64) {
        self.0.update(number.to_be_bytes());
    }

    pub(crate) fn length(&mut self, length: usize) {
        self.number(u64::try_from(length).unwrap_or(u64::MAX));
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.update(bytes);
    }

    /// What a step at a desk says, in the encoding that events have.
    #[expect(
        clippy::expect_used,
        reason = "encoding into memory fails for no value of these types"
    )]
    pub(crate) fn said(&mut self, says: &impl Serialize) {
        self.bytes(&postcard::to_stdvec(says).expect("encodes"));
    }

    /// The contest and its roster, each as the bytes of the event that carried it, without submission id and recorded time.
    fn contest(&mut self, state: &State) {
        let Some(contest) = state.contest() else {
            return self.number(0);
        };
        self.number(1);
        self.event(contest, Event::ContestOpened(Box::new(contest.clone())));
        self.length(state.roster().len());
        for county in state.roster().counties() {
            self.event(contest, Event::CountyListed(Box::new(county.clone())));
        }
    }

    fn event(&mut self, contest: &Contest, event: Event) {
        let body = EventBody {
            contest: contest.id,
            submission: SubmissionId([0; 16]),
            recorded_at: UnixMillis(0),
            event,
        };
        self.bytes(&body.encode());
    }

    fn keys(&mut self, state: &State) {
        self.length(state.authors().count());
        for author in state.authors() {
            self.key(author);
        }
    }

    fn key(&mut self, author: &Author) {
        self.bytes(&author.key.0);
        self.bytes(author.person.as_str().as_bytes());
        self.role(&author.role);
        self.number(author.enrolled.0);
        self.number(author.revoked.map_or(0, |by| by.0));
    }

    fn role(&mut self, role: &Role) {
        self.bytes(crate::people::role_name(role).as_bytes());
        match role {
            Role::Chair(precincts) => {
                self.length(precincts.len());
                for precinct in precincts {
                    self.number(precinct.county.0.into());
                    self.number(precinct.number.into());
                }
            }
            Role::Campaign(name) => self.bytes(name.as_str().as_bytes()),
            Role::Registrar
            | Role::Operator
            | Role::Reviewer
            | Role::CorrectionsOfficer
            | Role::Observer
            | Role::Witness
            | Role::Importer
            | Role::Service => {}
        }
    }

    fn precincts(&mut self, state: &State) {
        self.length(state.histories.len());
        for history in &state.histories {
            self.length(history.versions().len());
            for version in history.versions() {
                self.number(version.entry.0);
                self.bytes(&state.author(version.author).key.0);
            }
            self.bytes(history.record().map_or(&[], |version| version.body()));
        }
    }

    fn releases(&mut self, state: &State) {
        self.length(state.releases().len());
        for release in state.releases() {
            self.number(release.entry.0);
            self.bytes(release.name.as_str().as_bytes());
            self.length(release.precincts());
            for (_, entry) in release.listed() {
                self.number(entry.0);
            }
        }
    }

    fn commitments(&mut self, state: &State) {
        self.length(state.commitments().len());
        let Some(contest) = state.contest() else {
            return;
        };
        for committed in state.commitments() {
            self.number(committed.entry.0);
            let commitment = Box::new(committed.commitment.as_ref().clone());
            self.event(contest, Event::ResultsCommitted(commitment));
        }
    }
}
