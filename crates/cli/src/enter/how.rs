//! How a report came, how the operator made sure of the caller, and whether the figures were read back.

use tallylog_event::{CallerCheck, Channel};
use tallylog_rules::Sheet;
use tallylog_wire::v1;

use super::EnterFault;
use crate::args::enter::{Caller, Came, EnterArgs};
use crate::failure::Failure;
use crate::worksheet::{Ask, Caucus, read_back};

/// How a report came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct How {
    pub(super) channel: Channel,
    pub(super) caller: CallerCheck,
}

impl How {
    /// As flags say it.
    pub(super) fn said(args: &EnterArgs) -> Result<Self, EnterFault> {
        let came = args.channel.ok_or(EnterFault::NoChannel)?;
        match (came, args.caller) {
            (Came::Phone, None | Some(Caller::None)) => Err(EnterFault::NoCaller),
            (Came::Photo | Came::Paper, Some(Caller::CalledBack | Caller::Passphrase | Caller::Unchecked)) => {
                Err(EnterFault::NobodyCalled)
            }
            (Came::Photo | Came::Paper, _) if args.read_back => Err(EnterFault::NobodyCalled),
            (came, caller) => Ok(Self {
                channel: channel(came),
                caller: check(caller.unwrap_or(Caller::None)),
            }),
        }
    }

    /// As flags say it, and asked for where they do not.
    pub(super) fn ask(
        args: &EnterArgs,
        desk: &mut impl Ask,
        found: &v1::DeskPrecinct,
    ) -> Result<Option<Self>, Failure> {
        let came = match args.channel {
            Some(came) => came,
            None => match choose(desk, "How did it come? phone, photo or paper", &CHANNELS)? {
                Some(came) => came,
                None => return Ok(None),
            },
        };
        if came != Came::Phone {
            return Ok(Some(Self {
                channel: channel(came),
                caller: CallerCheck::NoCaller,
            }));
        }
        let caller = match args.caller.filter(|caller| *caller != Caller::None) {
            Some(caller) => caller,
            None => match ask_caller(desk, found)? {
                Some(caller) => caller,
                None => return Ok(None),
            },
        };
        Ok(Some(Self {
            channel: channel(came),
            caller: check(caller),
        }))
    }

    pub(super) const fn by_phone(self) -> bool {
        matches!(self.channel, Channel::Phone)
    }
}

const CHANNELS: [(&str, Came); 3] = [("phone", Came::Phone), ("photo", Came::Photo), ("paper", Came::Paper)];

const CALLERS: [(&str, Caller); 3] = [
    ("back", Caller::CalledBack),
    ("passphrase", Caller::Passphrase),
    ("unchecked", Caller::Unchecked),
];

fn ask_caller(desk: &mut impl Ask, found: &v1::DeskPrecinct) -> Result<Option<Caller>, Failure> {
    desk.say(&match (found.chair.as_str(), found.phone.as_str()) {
        (_, "") => "  No number of this precinct's chair is noted.".to_owned(),
        ("", phone) => format!("  Its chair's number: {phone}"),
        (chair, phone) => format!("  Its chair: {chair}, {phone}"),
    });
    desk.say("  back: you called back at that number.  passphrase: the caller gave the one on");
    desk.say("  the precinct's papers.  unchecked: neither; it is recorded so.");
    choose(desk, "Who is calling? back, passphrase or unchecked", &CALLERS)
}

/// One of some words, or its beginning; `None` to stop.
fn choose<T: Copy>(desk: &mut impl Ask, question: &str, words: &[(&str, T)]) -> Result<Option<T>, Failure> {
    loop {
        let typed = desk.ask(&format!("  {question}"))?.trim().to_lowercase();
        if typed == "quit" {
            return Ok(None);
        }
        let mut meant = words
            .iter()
            .filter(|(word, _)| !typed.is_empty() && word.starts_with(&typed));
        match (meant.next(), meant.next()) {
            (Some((_, one)), None) => return Ok(Some(*one)),
            (_, _) => desk.say("  Type one of these words, or quit."),
        }
    }
}

/// The last question to an operator, and what it finds out: whether a caller agreed to the figures.
pub(super) fn agree(
    how: How,
    was_read_back: &mut bool,
    desk: &mut dyn Ask,
    caucus: &Caucus,
    sheet: &Sheet,
) -> Result<bool, Failure> {
    let (begin, question) = match how.channel {
        Channel::Phone => (
            "Read this to the caller, slowly, and have every line agreed to:",
            "Does the caller agree to all of it? yes signs it; no; gone (hung up)",
        ),
        Channel::Photo => (
            "Read this against the photo:",
            "Does the photo say exactly this? yes signs it; no",
        ),
        Channel::App | Channel::Paper | Channel::Import => (
            "Read this against the worksheet:",
            "Does the worksheet say exactly this? yes signs it; no",
        ),
    };
    desk.say("");
    desk.say(&format!("  {begin}"));
    desk.say_all(&read_back(caucus, sheet));
    desk.say("");
    loop {
        *was_read_back = false;
        match desk.ask(&format!("  {question}"))?.trim().to_lowercase().as_str() {
            "yes" => {
                *was_read_back = how.by_phone();
                return Ok(true);
            }
            "no" => return Ok(false),
            "gone" if how.by_phone() => {
                let answer = desk.ask("  It is recorded as not read back. yes signs it so")?;
                return Ok(answer.trim().eq_ignore_ascii_case("yes"));
            }
            _ => desk.say("  Type one of these words."),
        }
    }
}

pub(super) const fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::App => "app",
        Channel::Phone => "phone",
        Channel::Photo => "photo",
        Channel::Paper => "paper",
        Channel::Import => "import",
    }
}

pub(super) const fn caller_name(caller: CallerCheck) -> &'static str {
    match caller {
        CallerCheck::NoCaller => "none",
        CallerCheck::CalledBack => "called-back",
        CallerCheck::Passphrase => "passphrase",
        CallerCheck::Unchecked => "unchecked",
    }
}

const fn channel(came: Came) -> Channel {
    match came {
        Came::Phone => Channel::Phone,
        Came::Photo => Channel::Photo,
        Came::Paper => Channel::Paper,
    }
}

const fn check(caller: Caller) -> CallerCheck {
    match caller {
        Caller::None => CallerCheck::NoCaller,
        Caller::CalledBack => CallerCheck::CalledBack,
        Caller::Passphrase => CallerCheck::Passphrase,
        Caller::Unchecked => CallerCheck::Unchecked,
    }
}
