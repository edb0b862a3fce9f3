//! The night again, at a speed, from any moment.

use std::time::Duration;

use tallylog_event::Entry;
use tallylog_server::Problem;
use tallylog_wire::v1::moment::At;

use crate::args::keep::ReplayArgs;
use crate::args::{Format, MomentArgs};
use crate::data_dir::DataDir;
use crate::entries::Entries;
use crate::failure::{Failure, Outcome};
use crate::show::feed::wrap;
use crate::show::{data, grouped, line_width, object_line, talk};
use crate::source::Asked;
use crate::time;
use crate::watch::follower::Follower;

/// The longest pause between two entries that is played: nights are quiet, and the days after are long.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

pub(crate) async fn run(args: &ReplayArgs) -> Result<Outcome, Failure> {
    let entries = read(args).await?.0;
    let from = place(args.from.as_ref(), &entries, 0)?;
    let until = place(args.until.as_ref(), &entries, entries.len())?;
    let mut follower = Follower::default();
    let mut before = None;
    for (at, bytes) in entries.iter().enumerate().take(until) {
        let damaged = |fault| Problem::Damaged {
            entry: tallylog_event::EntryIndex(u64::try_from(at).unwrap_or(u64::MAX)),
            fault,
        };
        if at < from {
            follower.skip(bytes).map_err(damaged)?;
            continue;
        }
        let told = follower.take(bytes).map_err(damaged)?;
        let now = told.happening.received_at.0;
        tokio::time::sleep(pause(before, now, args.speed)).await;
        before = Some(now);
        match args.format {
            Format::Json => object_line(&told.json(follower.state()))?,
            Format::Table | Format::Csv => {
                let line = told.line(follower.state());
                let line = line_width().map_or(line.clone(), |width| wrap(&line, width));
                data(&format!("{line}\n"))?;
            }
        }
    }
    talk(&format!("replayed up to size {}", grouped(follower.size())));
    Ok(Outcome::Yes)
}

async fn read(args: &ReplayArgs) -> Result<Entries, Failure> {
    match (&args.file, &args.data_dir, &args.server) {
        (Some(file), _, _) => Entries::of_bundle(file),
        (None, Some(folder), _) => Entries::of_folder(&DataDir::new(folder)),
        (None, None, server) => {
            let (device, passphrase) = (args.device.as_deref(), args.passphrase_file.as_deref());
            // The command line asks for one of them.
            let asked = Asked::new(server.as_deref(), device, passphrase)?;
            Entries::of_server(&asked.ok_or_else(|| Failure::BadUrl(String::new()))?).await
        }
    }
}

/// How many entries stand before a moment.
fn place(moment: Option<&String>, entries: &[Vec<u8>], otherwise: usize) -> Result<usize, Failure> {
    let asked = MomentArgs {
        release: None,
        as_of: moment.cloned(),
    };
    Ok(match time::moment(&asked)?.and_then(|moment| moment.at) {
        None | Some(At::Release(_)) => otherwise,
        Some(At::Size(size)) => usize::try_from(size).unwrap_or(usize::MAX),
        Some(At::TimeMs(millis)) => entries
            .iter()
            .take_while(|bytes| Entry::decode(bytes).is_ok_and(|entry| entry.received_at.0 < millis))
            .count(),
    })
}

fn pause(before: Option<u64>, now: u64, speed: u64) -> Duration {
    let gap = before.map_or(0, |before| now.saturating_sub(before));
    Duration::from_millis(gap.checked_div(speed).unwrap_or(0)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_hour_takes_seconds_and_speed_nothing_takes_no_time() {
        assert_eq!(pause(None, 5_000, 60), Duration::ZERO);
        assert_eq!(pause(Some(1_000), 61_000, 60), Duration::from_secs(1));
        assert_eq!(pause(Some(0), 3_600_000, 60), LONGEST_PAUSE);
        assert_eq!(pause(Some(0), 3_600_000, 0), Duration::ZERO);
    }
}
