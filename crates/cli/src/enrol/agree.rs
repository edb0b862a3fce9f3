//! Shows a registrar whose key is to be enrolled, for what, and has that confirmed before anything is signed.

use std::fmt::Write;

use clap::ValueEnum;
use tallylog_event::{Enrolment, PrecinctId, Role};
use tallylog_projection::{State, role_name};

use super::{EnrolFault, key_words};
use crate::args::enrol::RoleName;
use crate::desk::confirm;
use crate::device::Device;
use crate::failure::Failure;
use crate::show::talk;

/// Has the enrolment confirmed that a request asks for.
///
/// The registrar says the role beforehand: a file that asks for more than it should is not waved through by habit.
pub(crate) fn agree(registrar: &Device, enrolment: &Enrolment, said: RoleName, yes: bool) -> Result<(), Failure> {
    let asked = role_name(&enrolment.role);
    if spelled(&enrolment.role) != Some(said) {
        let said = said.to_possible_value();
        let said = said.map_or_else(String::new, |role| role.get_name().to_owned());
        return Err(EnrolFault::OtherRole { asked, said }.into());
    }
    talk(&shown(enrolment, &registrar.roster()?));
    confirm(yes, &format!("Enrol this key of {} as {asked}?", enrolment.person))
}

/// A role as the command line spells it; no request asks for the others.
const fn spelled(role: &Role) -> Option<RoleName> {
    Some(match role {
        Role::Registrar => RoleName::Registrar,
        Role::Chair(_) => RoleName::Chair,
        Role::Operator => RoleName::Operator,
        Role::Reviewer => RoleName::Reviewer,
        Role::CorrectionsOfficer => RoleName::CorrectionsOfficer,
        Role::Campaign(_) => RoleName::Campaign,
        Role::Observer => RoleName::Observer,
        Role::Witness | Role::Importer | Role::Service => return None,
    })
}

fn shown(enrolment: &Enrolment, roster: &State) -> String {
    let mut text = format!("person  {}\nrole    {}\n", enrolment.person, role_name(&enrolment.role));
    for scope in scopes(&enrolment.role, roster) {
        // Writing to a string cannot fail.
        let _whole = writeln!(text, "for     {scope}");
    }
    text + &format!(
        "key     {}\ncompare the words with those on the person's device",
        key_words(&enrolment.key)
    )
}

/// What a key is for beside its role: a campaign, or the precincts of a chair.
fn scopes(role: &Role, roster: &State) -> Vec<String> {
    match role {
        Role::Campaign(name) => vec![format!("the campaign {name}")],
        Role::Chair(precincts) => precincts.iter().map(|id| place(*id, roster)).collect(),
        Role::Registrar
        | Role::Operator
        | Role::Reviewer
        | Role::CorrectionsOfficer
        | Role::Observer
        | Role::Witness
        | Role::Importer
        | Role::Service => Vec::new(),
    }
}

fn place(id: PrecinctId, roster: &State) -> String {
    roster.roster().precinct(id).map_or_else(
        || {
            format!(
                "precinct {} of county {}, which this device's roster lacks",
                id.number, id.county.0
            )
        },
        |(county, precinct)| format!("{}, {}", county.name, precinct.name),
    )
}
