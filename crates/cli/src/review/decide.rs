//! What a reviewer signs.

use std::num::NonZeroU8;

use tallylog_event::{
    Decision, EntryIndex, Event, Hold, Lift, Resolution, ResolutionOutcome, ReviewEvent, Ruling, Subject, Verdict,
};
use tallylog_rules::Code;
use tallylog_wire::v1;

use super::ask;
use crate::args::Format;
use crate::args::review::{AcceptArgs, HoldArgs, OwnArgs, ResolveArgs, RuleArgs, Way};
use crate::desk::{DeskFault, act, documents, place, said};
use crate::device::Device;
use crate::failure::{Failure, Outcome};
use crate::show;

/// A discrepancy by its place and code, as somebody named it.
struct Named<'a> {
    county: &'a str,
    precinct: &'a str,
    code: &'a str,
}

impl Named<'_> {
    fn place(&self) -> String {
        match self.precinct {
            "" => self.county.to_owned(),
            precinct => format!("{}, {precinct}", self.county),
        }
    }

    fn number(&self) -> Result<NonZeroU8, DeskFault> {
        let code = Code::parse(&self.code.to_uppercase());
        code.and_then(|code| NonZeroU8::new(code.number()))
            .ok_or_else(|| DeskFault::NoCode(self.code.to_owned()))
    }

    /// What an open discrepancy of the code is on.
    async fn subject(&self, device: &Device) -> Result<Subject, Failure> {
        let roster = device.roster()?;
        if self.precinct.is_empty() {
            let county = roster.roster().county_named(self.county);
            let county = county.ok_or_else(|| DeskFault::NoCounty(self.county.to_owned()))?;
            return Ok(Subject::County(county.id));
        }
        place(&roster, self.county, self.precinct)?;
        let request = v1::QueueRequest {
            county: self.county.to_owned(),
            precinct: self.precinct.to_owned(),
            code: self.code.to_uppercase(),
            mine: false,
        };
        let asking = device.asking().await?;
        let open = ask::queue(&asking, &request).await?;
        let entry = open.items.iter().find_map(|item| item.discrepancy.as_ref()?.entry);
        if let Some(entry) = entry {
            return Ok(Subject::Entry(EntryIndex(entry)));
        }
        // One that was decided about is in no queue: the decision names what it is on.
        let decided = ask::decisions(&asking, self.county, self.precinct).await?.decisions;
        let last = decided
            .iter()
            .rfind(|decision| decision.code.eq_ignore_ascii_case(self.code));
        let entry = last.and_then(|decision| decision.about.last().copied());
        entry.map(|entry| Subject::Entry(EntryIndex(entry))).ok_or_else(|| {
            DeskFault::NotOpen {
                code: self.code.to_uppercase(),
                place: self.place(),
            }
            .into()
        })
    }
}

async fn decide(
    device: &Device,
    named: Named<'_>,
    verdict: Verdict,
    reason: &str,
    (did, format): (&str, Format),
) -> Result<Outcome, Failure> {
    let reason = said("--reason", reason)?;
    let code = named.number()?;
    let subject = named.subject(device).await?;
    let decision = Decision {
        subject,
        code,
        verdict,
        reason,
    };
    let did = format!("{did} {} on {}", named.code.to_uppercase(), named.place());
    act(
        device,
        Event::Review(ReviewEvent::Decided(Box::new(decision))),
        did,
        format,
    )
    .await
}

fn accept_named(args: &AcceptArgs) -> Named<'_> {
    Named {
        county: &args.county,
        precinct: &args.precinct,
        code: &args.code,
    }
}

/// Accepts a discrepancy that does not block.
pub(super) async fn accept(device: &Device, args: &AcceptArgs) -> Result<Outcome, Failure> {
    let how = ("accepted", args.format);
    decide(device, accept_named(args), Verdict::Accepted, &args.reason, how).await
}

/// Opens a discrepancy again.
pub(super) async fn reopen(device: &Device, args: &AcceptArgs) -> Result<Outcome, Failure> {
    let how = ("opened again", args.format);
    decide(device, accept_named(args), Verdict::Reopened, &args.reason, how).await
}

/// Records a ruling of the committee.
pub(super) async fn rule(device: &Device, args: &RuleArgs) -> Result<Outcome, Failure> {
    let ruling = Ruling {
        authority: said("--authority", &args.authority)?,
        evidence: documents(device, &args.evidence)?,
    };
    let named = Named {
        county: &args.county,
        precinct: &args.precinct,
        code: &args.code,
    };
    let how = ("recorded the ruling on", args.format);
    decide(device, named, Verdict::Ruled(ruling), &args.reason, how).await
}

/// Settles two entries that differ.
pub(super) async fn resolve(device: &Device, args: &ResolveArgs) -> Result<Outcome, Failure> {
    let reason = said("--reason", &args.reason)?;
    let precinct = place(&device.roster()?, &args.county, &args.precinct)?;
    let both = ask::differences(&device.asking().await?, &args.county, &args.precinct).await?;
    let entry = |side: Option<&v1::DeskEntry>| EntryIndex(side.map_or(0, |side| side.entry));
    let resolution = Resolution {
        precinct,
        first: entry(both.first.as_ref()),
        second: entry(both.second.as_ref()),
        outcome: outcome(args.way),
        reason,
    };
    let did = format!(
        "{}, {}: {} of entries {} and {}",
        args.county,
        args.precinct,
        left(args.way),
        resolution.first.0,
        resolution.second.0
    );
    let event = Event::Review(ReviewEvent::Resolved(Box::new(resolution)));
    act(device, event, did, args.format).await
}

const fn outcome(way: Way) -> ResolutionOutcome {
    match way {
        Way::KeepFirst => ResolutionOutcome::KeepFirst,
        Way::KeepSecond => ResolutionOutcome::KeepSecond,
        Way::RedoFirst => ResolutionOutcome::RedoFirst,
        Way::RedoSecond => ResolutionOutcome::RedoSecond,
        Way::DiscardBoth => ResolutionOutcome::DiscardBoth,
    }
}

const fn left(way: Way) -> &'static str {
    match way {
        Way::KeepFirst => "the first is kept and waits for another second entry,",
        Way::KeepSecond => "the second is kept and waits for another second entry,",
        Way::RedoFirst => "whoever made the first makes it again,",
        Way::RedoSecond => "whoever made the second makes it again,",
        Way::DiscardBoth => "both are set aside and it is entered anew,",
    }
}

/// Holds a precinct.
pub(super) async fn hold(device: &Device, args: &HoldArgs) -> Result<Outcome, Failure> {
    let reason = said("--reason", &args.reason)?;
    let precinct = place(&device.roster()?, &args.county, &args.precinct)?;
    let event = Event::Review(ReviewEvent::Held(Box::new(Hold { precinct, reason })));
    let did = format!("held {}, {}", args.county, args.precinct);
    act(device, event, did, args.format).await
}

/// Lifts the latest hold of a precinct.
pub(super) async fn lift(device: &Device, args: &HoldArgs) -> Result<Outcome, Failure> {
    let reason = said("--reason", &args.reason)?;
    place(&device.roster()?, &args.county, &args.precinct)?;
    let request = v1::QueueRequest {
        county: args.county.clone(),
        precinct: args.precinct.clone(),
        ..v1::QueueRequest::default()
    };
    let holds = ask::queue(&device.asking().await?, &request).await?.holds;
    let name = format!("{}, {}", args.county, args.precinct);
    let hold = holds.last().ok_or_else(|| DeskFault::NotHeld(name.clone()))?;
    let lift = Lift {
        hold: EntryIndex(hold.entry),
        reason,
    };
    let did = match holds.len() - 1 {
        0 => format!("lifted the hold of {name}"),
        more => format!("lifted a hold of {name}; {more} more stand"),
    };
    act(
        device,
        Event::Review(ReviewEvent::Lifted(Box::new(lift))),
        did,
        args.format,
    )
    .await
}

/// Says who looks after a precinct or a county. It is noted, and not in the log.
pub(super) async fn own(device: &Device, args: &OwnArgs) -> Result<Outcome, Failure> {
    let request = v1::OwnRequest {
        county: args.county.clone(),
        precinct: args.precinct.clone().unwrap_or_default(),
        person: args.person.clone().unwrap_or_default(),
    };
    let before = ask::own(&device.asking().await?, &request).await?.before;
    let name = |person: &str| {
        if person.is_empty() {
            "nobody".to_owned()
        } else {
            person.to_owned()
        }
    };
    show::data(&format!(
        "{}: looked after by {}, before by {}\n",
        [args.county.as_str(), &request.precinct].join(" ").trim(),
        name(&request.person),
        name(&before)
    ))?;
    Ok(Outcome::Yes)
}
