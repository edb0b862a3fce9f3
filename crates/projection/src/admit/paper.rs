//! Paper audits.

use tallylog_event::{Basis, Contest, PaperEvent, PaperReading, Role, Sample};

use super::report::figures_fit;
use super::{Signer, needs};
use crate::desks::draw;
use crate::{DeskRefusal, Refusal, State};

/// The fewest dice of a sample: 20 have more than 51 bits, too many to go through in the time that people look on.
const FEWEST_DICE: usize = 20;

pub(super) fn admit(state: &State, open: &Contest, signer: &Signer<'_>, event: &PaperEvent) -> Result<(), Refusal> {
    match event {
        PaperEvent::Drawn(sample) => {
            needs(signer.author, "a reviewer or a registrar", |role| {
                matches!(role, Role::Reviewer | Role::Registrar)
            })?;
            draws(state, sample)
        }
        PaperEvent::Read(reading) => {
            needs(signer.author, "a reviewer or an operator", |role| {
                matches!(role, Role::Reviewer | Role::Operator)
            })?;
            reads(state, open, signer, reading)
        }
    }
}

/// Whether the sample is the one that its dice and its root draw. That the root is the log's at that size cannot be known
/// here: the server looks before it takes the sample, and whoever verifies the log looks again.
fn draws(state: &State, sample: &Sample) -> Result<(), Refusal> {
    let dice = sample.dice.as_str();
    if dice.len() < FEWEST_DICE || !dice.bytes().all(|die| (b'1'..=b'6').contains(&die)) {
        return Err(DeskRefusal::BadDice.into());
    }
    let bad = || Err(DeskRefusal::BadSample.into());
    if sample.size > state.size() || sample.precincts.is_empty() {
        return bad();
    }
    let drawn = draw(&state.roster().at(sample.size), dice, &sample.root);
    if drawn.starts_with(&sample.precincts) {
        Ok(())
    } else {
        bad()
    }
}

/// Whoever typed the record would read the paper as they read it before.
fn reads(state: &State, open: &Contest, signer: &Signer<'_>, reading: &PaperReading) -> Result<(), Refusal> {
    let drawn = state.desks().paper.sample(reading.sample);
    let drawn = drawn.ok_or(DeskRefusal::NoSuchSample(reading.sample))?;
    if !drawn.sample.what.precincts.contains(&reading.precinct) {
        return Err(DeskRefusal::NotInSample(reading.precinct).into());
    }
    let record = state.counted(reading.precinct, Basis::Recorded);
    if let Some(own) = record.filter(|record| state.typists(record).contains(&&signer.author.person)) {
        return Err(DeskRefusal::OwnEntry(own.entry).into());
    }
    figures_fit(open, &reading.sheet)
}
