//! What takes two persons, in words.

use tallylog_event::{Act, AuthorityEvent};

use super::{Said, Words};

impl Words<'_> {
    pub(super) fn of_authority(&self, event: &AuthorityEvent) -> Said {
        match event {
            AuthorityEvent::Proposed(act) => (format!("{} proposed", noun(act)), self.act(act)),
            AuthorityEvent::Seconded(seconding) => (
                format!("{} seconded", noun(&seconding.act)),
                format!("{}, as {} proposes", self.act(&seconding.act), seconding.proposal),
            ),
            AuthorityEvent::Withdrawn(withdrawal) => (
                "proposal turned down".to_owned(),
                format!("{}: {}", withdrawal.proposal, withdrawal.reason),
            ),
        }
    }

    fn act(&self, act: &Act) -> String {
        match act {
            Act::Enrol(enrolment) => self.enrolled(enrolment),
            Act::Revoke(revocation) => format!("{}: {}", self.holder(&revocation.key), revocation.reason),
            Act::Succeed(succession) => format!("{}: {}", succession.enrolment.key, succession.reason),
        }
    }
}

const fn noun(act: &Act) -> &'static str {
    match act {
        Act::Enrol(_) => "enrolment",
        Act::Revoke(_) => "revocation",
        Act::Succeed(_) => "successor of the service's key",
    }
}
