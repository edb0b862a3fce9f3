//! An operator at a terminal: one precinct after the other.

use std::sync::Arc;
use std::time::Duration;

use tallylog_event::Text;
use tallylog_rules::{Delegates, Place, Sheet};
use tallylog_wire::v1;
use tokio::task::block_in_place;

use super::draft::{Draft, Form, Saver};
use super::how::{How, agree};
use super::sign::{self, Filed};
use super::{ask, find};
use crate::args::enter::EnterArgs;
use crate::desk::{caucus, place};
use crate::device::{self, Asking, Device};
use crate::failure::{Failure, Outcome};
use crate::outbox::{self, Outbox, Sending};
use crate::worksheet::{self, Ask, Caucus, Filled, Terminal, fill_until, wrap};

const SECOND: &str = "This is the second entry, and the first one is not shown to you. Type what you are told or see, and \
                      nothing else.";

const LEFT: &str = "Nothing is signed. Enter keeps what you typed for you, - throws it away and frees the precinct, and \
                    another operator's name hands it over.";

/// An operator at work.
struct Shift<'a> {
    args: &'a EnterArgs,
    device: Device,
    outbox: Outbox,
    asking: Arc<Asking>,
    desk: Terminal,
}

/// Goes on until the operator stops, or with the one precinct that flags name.
pub(super) async fn run(args: &EnterArgs, desk: Terminal) -> Result<Outcome, Failure> {
    let device = Device::open(&args.device)?;
    let mut shift = Shift {
        args,
        outbox: Outbox::open(device.dir(), device.about())?,
        asking: Arc::new(device.asking().await?),
        device,
        desk,
    };
    let about = shift.device.about();
    let who = format!("Operators' desk of {}. quit stops, here and everywhere.", about.person);
    shift.desk.say(&about.heading());
    shift.desk.say(&who);
    let mut outcome = Outcome::Yes;
    loop {
        shift.send_what_waits().await?;
        let Some(found) = shift.choose().await? else { break };
        let ended = shift.one(&found).await?;
        if ended == Outcome::No {
            outcome = ended;
        }
        if args.precinct.is_some() || args.resume {
            break;
        }
    }
    // Nobody goes home with something that only this machine has.
    match shift.send_what_waits().await? {
        Some(fault) => Err(fault),
        None => Ok(outcome),
    }
}

impl Shift<'_> {
    /// Sends what earlier entries could not. Says what still waits.
    async fn send_what_waits(&mut self) -> Result<Option<Failure>, Failure> {
        if !self.outbox.items()?.iter().any(outbox::Item::waits) {
            return Ok(None);
        }
        self.desk.say("Entries that were signed before wait here. Sending.");
        let sent = outbox::send(&self.outbox, Some(Duration::ZERO)).await?;
        Ok(match sent {
            Sending::Done => None,
            Sending::Trouble => {
                self.desk
                    .say("Not all were taken; `tallylog outbox list` says which and why.");
                None
            }
            Sending::Waits(fault) => {
                self.desk.say("They wait on. Nothing is lost; go on.");
                Some(fault.into())
            }
        })
    }

    fn ask(&mut self, question: &str) -> Result<String, Failure> {
        let answer = block_in_place(|| self.desk.ask(question))?;
        Ok(answer.trim().to_owned())
    }

    /// Says why the server refuses, or that it does not answer; ends the command where something else is wrong.
    fn hear<T>(&mut self, answered: Result<T, Failure>) -> Result<Option<T>, Failure> {
        match answered {
            Ok(answer) => Ok(Some(answer)),
            Err(failure) if matches!(failure, Failure::Server(_)) || device::may_pass(&failure) => {
                let said = format!("{failure} [{}]", failure.code());
                self.desk.say_all(&wrap(&said, 2));
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Lets the operator find a precinct; `None` to stop.
    async fn choose(&mut self) -> Result<Option<v1::DeskPrecinct>, Failure> {
        let mut words = self.args.precinct.clone();
        let mut resume = self.args.resume;
        loop {
            let is_named = words.is_some();
            let answered = if std::mem::take(&mut resume) {
                ask::mine(&self.asking).await
            } else {
                let typed = match words.take() {
                    Some(words) => words,
                    None => self.ask("Precinct? its number or a few letters; mine, or quit")?,
                };
                match typed.as_str() {
                    "quit" => return Ok(None),
                    "" => continue,
                    "mine" => ask::mine(&self.asking).await,
                    words => ask::find(&self.asking, words, self.args.county.as_deref().unwrap_or_default()).await,
                }
            };
            let Some(found) = self.hear(answered)? else { continue };
            self.desk.say_all(&find::course(&found).into_iter().collect::<Vec<_>>());
            if let Some(chosen) = self.among(&found, is_named)? {
                return Ok(Some(chosen));
            }
            if self.args.resume {
                return Ok(None);
            }
        }
    }

    /// One of those that were found: the only one, the one that flags name, or by its number.
    fn among(&mut self, found: &v1::FindResponse, is_named: bool) -> Result<Option<v1::DeskPrecinct>, Failure> {
        let named = self.args.precinct.as_ref().filter(|_| is_named);
        let exact = |found: &&v1::DeskPrecinct| named.is_some_and(|name| found.precinct.eq_ignore_ascii_case(name));
        if let Some(exact) = found.precincts.iter().find(exact) {
            return Ok(Some(exact.clone()));
        }
        if let [one] = found.precincts.as_slice() {
            return Ok(Some(one.clone()));
        }
        self.desk.say_all(&find::numbered(found, &self.device.about().person));
        if found.precincts.is_empty() {
            return Ok(None);
        }
        let number = self.ask("Which? its number here, or Enter to look for another")?;
        let at = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        Ok(at.and_then(|at| found.precincts.get(at).cloned()))
    }

    /// One precinct, from the claim to the receipt.
    async fn one(&mut self, found: &v1::DeskPrecinct) -> Result<Outcome, Failure> {
        self.desk.say("");
        let known = format!(
            "{}: {}",
            find::title(found),
            find::standing(found, &self.device.about().person)
        );
        self.desk.say_all(&wrap(&known, 0));
        if !found.refusal.is_empty() {
            let said = format!("You may not enter it: {} [{}]", found.refusal, found.refusal_code);
            self.desk.say_all(&wrap(&said, 0));
            return Ok(self.looked_at());
        }
        let caucus = self.caucus(found)?;
        let claimed = ask::claim(&self.asking, &caucus.county, &caucus.precinct).await;
        let Some(claim) = self.hear(claimed)? else {
            return Ok(self.looked_at());
        };
        if claim.second {
            self.desk.say_all(&wrap(SECOND, 0));
        }
        let Some(how) = block_in_place(|| How::ask(self.args, &mut self.desk, found))? else {
            return self.left(&caucus).await;
        };
        let draft = Draft::of(self.device.dir(), &caucus);
        let begun = draft.begun(&self.asking, &caucus, found.draft).await;
        let Some(begun) = self.hear(begun)? else {
            return Ok(Outcome::No);
        };
        self.typed(&caucus, how, &draft, begun.unwrap_or_default()).await
    }

    /// How it counts that a precinct may not be entered: no for whoever named it, and nothing for whoever looks around.
    const fn looked_at(&self) -> Outcome {
        if self.args.precinct.is_some() {
            Outcome::No
        } else {
            Outcome::Yes
        }
    }

    /// The caucus by the roster on the device, with the delegates that the precinct elects by now.
    fn caucus(&self, found: &v1::DeskPrecinct) -> Result<Caucus, Failure> {
        let roster = self.device.roster()?;
        let id = place(&roster, &found.county, &found.precinct)?;
        let mut caucus = caucus(&roster, id)?.for_operator();
        if let Some(delegates) = found.county_delegates.and_then(|number| u16::try_from(number).ok()) {
            caucus.place = Place::Precinct {
                delegates: Delegates(delegates),
            };
        }
        Ok(caucus)
    }

    /// Asks for the worksheet, and signs it.
    async fn typed(&mut self, caucus: &Caucus, how: How, draft: &Draft, mut form: Form) -> Result<Outcome, Failure> {
        if form.edits > 0 {
            let hands = match form.typed_by.as_slice() {
                [] => String::new(),
                others => format!(" {} typed before you.", others.join(", ")),
            };
            self.desk
                .say(&format!("What was typed before is taken up again.{hands}"));
        }
        let typed_by = form.typed_by.clone();
        let from = form.read(caucus).unwrap_or_default();
        let server = Saver::start(&self.asking, caucus);
        let mut keep = |sheet: &Sheet| {
            form.edits += 1;
            form.sheet = worksheet::write(sheet, caucus);
            draft.keep(&form)?;
            server.keep(&form);
            Ok(())
        };
        let mut read_back = false;
        let mut agree =
            |desk: &mut dyn Ask, caucus: &Caucus, sheet: &Sheet| agree(how, &mut read_back, desk, caucus, sheet);
        let filled = block_in_place(|| fill_until(&mut self.desk, caucus, from, &mut keep, &mut agree))?;
        let last_saved = server.end().await;
        let Filled::Ready(sheet) = filled else {
            self.hear(last_saved)?;
            return self.left(caucus).await;
        };
        let typed_by = typed_by.iter().filter_map(|name| Text::new(name.as_str()).ok());
        let entry = Filed {
            sheet: *sheet,
            how,
            read_back,
            typed_by: typed_by.collect(),
        };
        let signed = sign::finish(self.args, &self.device, &self.outbox, caucus, entry).await;
        match signed {
            Err(Failure::Outbox(fault)) => {
                self.desk.say_all(&wrap(&fault.to_string(), 0));
                Ok(Outcome::No)
            }
            ended => ended,
        }
    }

    /// What becomes of what was typed and not signed.
    async fn left(&mut self, caucus: &Caucus) -> Result<Outcome, Failure> {
        self.desk.say_all(&wrap(LEFT, 0));
        loop {
            let answer = self.ask("Enter, - or a name")?;
            let (county, precinct) = (&caucus.county, &caucus.precinct);
            let draft = Draft::of(self.device.dir(), caucus);
            let done = match answer.as_str() {
                "" | "quit" => {
                    self.desk.say("It is kept for you: `mine` finds it again.");
                    return Ok(Outcome::Yes);
                }
                "-" => ask::unclaim(&self.asking, county, precinct, true).await,
                to => match draft.bring(&self.asking, caucus).await {
                    Ok(()) => ask::hand_over(&self.asking, county, precinct, to).await.map(|_| ()),
                    Err(failure) => Err(failure),
                },
            };
            if self.hear(done)?.is_some() {
                draft.remove()?;
                self.desk.say("Done.");
                return Ok(Outcome::Yes);
            }
        }
    }
}
