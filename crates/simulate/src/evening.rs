//! The reports: signed by whoever sends them, some of them twice.

use std::collections::BTreeMap;

use tallylog_event::{CallerCheck, Channel, Envelope, Event, ManualEntry, PrecinctId, Report, SigningKey};
use tallylog_rules::Sheet;

use crate::Keys;
use crate::chance::Chance;
use crate::desk::Desk;
use crate::filing::{Filing, Filings, after, retry_ms};
use crate::injection::Spoilt;
use crate::plan::{Arrival, Planned, What};
use crate::slip::Slip;

/// Reports by app to which the answer is lost, so that the device sends the same bytes again.
const LOST_ANSWER_PERCENT: u32 = 6;
/// Reports that a chair signs with the second device, where there is one.
const SECOND_DEVICE_PERCENT: u32 = 25;

/// Everything that reports are made from.
pub(crate) struct Evening<'a> {
    /// The version of admission: before 2 there is no operators' desk.
    pub(crate) version: u16,
    pub(crate) sheets: &'a BTreeMap<PrecinctId, Sheet>,
    pub(crate) spoilt: &'a BTreeMap<PrecinctId, Spoilt>,
    pub(crate) filings: &'a BTreeMap<PrecinctId, Filings>,
    pub(crate) keys: &'a Keys,
    pub(crate) chance: Chance,
}

impl<'a> Evening<'a> {
    /// Every report of every precinct, in roster order.
    pub(crate) fn arrivals(mut self, desk: &mut Desk) -> Vec<Planned> {
        let mut planned = Vec::with_capacity(2 * self.filings.len());
        for (precinct, filings) in self.filings {
            let operator = self.chance.place(self.keys.operators.len());
            planned.extend(self.report(*precinct, filings.first, operator, false, desk));
            if let Some(second) = filings.second {
                planned.extend(self.report(*precinct, second, operator, true, desk));
            }
        }
        planned
    }

    /// One report, and its retries.
    fn report(
        &mut self,
        precinct: PrecinctId,
        filing: Filing,
        operator: usize,
        is_second: bool,
        desk: &mut Desk,
    ) -> Vec<Planned> {
        let report = Report {
            precinct,
            channel: filing.channel,
            sheet: self.sheet(precinct, is_second).clone(),
            files: match filing.channel {
                Channel::Photo | Channel::Paper => vec![desk.file(&worksheet(precinct))],
                Channel::App | Channel::Phone | Channel::Import => Vec::new(),
            },
        };
        let key = self.author(precinct, filing.channel, operator);
        let event = self.event(report);
        let envelope = desk.seal(key, filing.recorded_at, event);
        let mut arrivals = vec![planned(filing, precinct, envelope.clone(), false)];
        if matches!(filing.channel, Channel::App) && self.chance.percent(LOST_ANSWER_PERCENT) {
            let again = Filing {
                at: after(filing.at, retry_ms(&mut self.chance)),
                ..filing
            };
            arrivals.push(planned(again, precinct, envelope, true));
        }
        arrivals
    }

    /// What is signed: operators have a form of their own, and call back whoever calls them.
    fn event(&self, report: Report) -> Event {
        let by_phone = report.channel == Channel::Phone;
        if self.version < 2 || report.channel == Channel::App {
            return Event::Reported(Box::new(report));
        }
        Event::Entered(Box::new(ManualEntry {
            report,
            caller: if by_phone {
                CallerCheck::CalledBack
            } else {
                CallerCheck::NoCaller
            },
            read_back: by_phone,
            typed_by: Vec::new(),
        }))
    }

    /// What the source writes. Where two sources differ, it is the second that errs.
    fn sheet(&self, precinct: PrecinctId, is_second: bool) -> &Sheet {
        match self.spoilt.get(&precinct) {
            Some(spoilt) if is_second || spoilt.slip != Slip::SourcesDiffer => &spoilt.sheet,
            Some(_) | None => &self.sheets[&precinct],
        }
    }

    fn author(&mut self, precinct: PrecinctId, channel: Channel, operator: usize) -> &'a SigningKey {
        let keys = self.keys;
        match channel {
            Channel::App => {
                let devices = keys.devices(precinct);
                let is_second = devices.len() > 1 && self.chance.percent(SECOND_DEVICE_PERCENT);
                &devices[usize::from(is_second)].key
            }
            Channel::Phone | Channel::Photo | Channel::Paper | Channel::Import => &keys.operators[operator].key,
        }
    }
}

/// What the photo of a precinct's worksheet shows.
pub(crate) fn worksheet(precinct: PrecinctId) -> String {
    format!(
        "Worksheet of county {}, precinct {}.",
        precinct.county.0, precinct.number
    )
}

fn planned(filing: Filing, precinct: PrecinctId, envelope: Envelope, retry: bool) -> Planned {
    Planned {
        at: filing.at,
        what: What::Arrival(Arrival {
            precinct,
            envelope,
            retry,
        }),
    }
}
