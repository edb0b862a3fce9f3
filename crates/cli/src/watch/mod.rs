//! Follows a log as it grows, believes nothing of it, and shows each entry as a line.

pub(crate) mod follower;
mod place;
mod screen;

use std::path::PathBuf;
use std::time::Duration;

use tallylog_tlog::{LogKey, SignedCheckpoint};
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;
use tallylog_wire::v1::log_client::LogClient;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use self::follower::{Compared, Distrust, Follower};
use self::place::Place;
use self::screen::Screen;
use crate::args::follow::WatchArgs;
use crate::device::Asking;
use crate::failure::{Failure, Outcome};
use crate::serve;
use crate::show::{grouped, talk};
use crate::source::{Asked, KEPT_BACK};

/// How often the server is asked for its checkpoint: that it still answers is worth as much as what it says.
const HEARTBEAT: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait before a lost server is tried again: the first time, and at most.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

pub(crate) async fn run(args: &WatchArgs) -> Result<Outcome, Failure> {
    let stop = serve::told_to_stop();
    let mut watch = Watch::new(args)?;
    tokio::select! {
        ended = watch.follow() => ended,
        // What was shown is noted already.
        () = stop => Ok(Outcome::Yes),
    }
}

struct Watch<'a> {
    args: &'a WatchArgs,
    asked: Asked,
    /// Whether it was said that some of the log is not for everybody.
    told: bool,
    /// The first release that may not have been shown yet, by its place among them. Only where the rest is withheld.
    releases: usize,
    withholds: bool,
    follower: Follower,
    before: Option<Place>,
    /// The first entry that is shown; the log's size at the start if nobody says.
    from: Option<u64>,
    key: Option<LogKey>,
    /// A checkpoint over more than was read yet.
    ahead: Option<SignedCheckpoint>,
    screen: Screen,
}

/// How a connection ended.
enum Ended {
    /// Everything that was wanted was shown.
    Done,
    /// The log cannot be trusted.
    Distrusted(Distrust),
}

impl From<Distrust> for Ended {
    fn from(distrust: Distrust) -> Self {
        Self::Distrusted(distrust)
    }
}

impl<'a> Watch<'a> {
    fn new(args: &'a WatchArgs) -> Result<Self, Failure> {
        let before = args.state.as_deref().map(Place::read).transpose()?.flatten();
        let from = args.from.or(before.as_ref().map(|place| place.size));
        let asked = Asked::new(
            args.server.as_deref(),
            args.device.as_deref(),
            args.passphrase_file.as_deref(),
        )?;
        Ok(Self {
            args,
            // The command line asks for one of both.
            asked: asked.ok_or_else(|| Failure::BadUrl(String::new()))?,
            told: false,
            releases: 0,
            withholds: false,
            follower: Follower::default(),
            before,
            from,
            key: args.log_key.clone(),
            ahead: None,
            screen: Screen::new(args.format),
        })
    }

    /// Follows through every loss of the connection.
    async fn follow(&mut self) -> Result<Outcome, Failure> {
        let mut wait = FIRST_WAIT;
        loop {
            let had = self.follower.size();
            match self.session().await {
                Ok(Ended::Done) => return Ok(Outcome::Yes),
                Ok(Ended::Distrusted(distrust)) => {
                    talk(&format!("not followed any further: {distrust} [{}]", distrust.code()));
                    return Ok(Outcome::No);
                }
                Err(failure) if !is_passing(&failure) => return Err(failure),
                Err(failure) => {
                    if self.follower.size() > had {
                        wait = FIRST_WAIT;
                    }
                    self.screen.lost(&failure, self.follower.size(), wait);
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// One connection: takes up where the last ended.
    async fn session(&mut self) -> Result<Ended, Failure> {
        let server = timed(self.asked.connect()).await?;
        let asked = server.ask(async |service| LogClient::new(service).head(v1::HeadRequest {}).await);
        let v1::HeadResponse {
            size,
            public_size,
            withholds,
            ..
        } = timed(asked).await?;
        self.withholds = withholds;
        self.say_what_is_kept_back(size, public_size);
        let had = self
            .before
            .as_ref()
            .map_or(0, |place| place.size)
            .max(self.follower.size());
        if size < had {
            return Ok(Distrust::Shrunk { had, has: size }.into());
        }
        let from = *self.from.get_or_insert(size);
        let request = v1::SubscribeRequest {
            from: self.follower.size(),
        };
        let mut entries = server
            .ask(async |service| LogClient::new(service).subscribe(request).await)
            .await?;
        let mut caught_up = false;
        let mut beats = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if self.args.until.is_some_and(|until| self.follower.size() >= until) {
                return self.last_look(&server).await;
            }
            if self.withholds && !caught_up && self.follower.size() >= public_size {
                caught_up = true;
                self.show_releases(&server, from).await?;
                // What comes before is withheld, and nobody waits for it.
                if self
                    .args
                    .until
                    .is_some_and(|until| until <= size && public_size < until)
                {
                    return self.last_look(&server).await;
                }
            }
            tokio::select! {
                next = entries.message() => {
                    let next = next?.ok_or_else(|| Failure::Hung(self.asked.url.clone()))?;
                    if let Some(distrust) = self.take(&next, from)? {
                        return Ok(distrust.into());
                    }
                }
                _ = beats.tick() => {
                    if let Some(distrust) = self.look(&server).await? {
                        return Ok(distrust.into());
                    }
                    if self.withholds {
                        self.show_releases(&server, from).await?;
                    }
                }
            }
        }
    }

    /// Whoever follows in nobody's name waits at the first entry that is kept back.
    fn say_what_is_kept_back(&mut self, size: u64, public_size: u64) {
        if self.asked.reads.is_some() || public_size >= size || self.told {
            return;
        }
        self.told = true;
        talk(&format!(
            "{KEPT_BACK} The log has {} entries, and the first {} are public. Releases are shown as they come.",
            grouped(size),
            grouped(public_size)
        ));
    }

    /// Shows the releases that stand behind what is withheld: their entries are not reached before it is public.
    async fn show_releases(&mut self, asking: &Asking, from: u64) -> Result<(), Failure> {
        let ask = async |service| {
            let request = v1::ReleasesRequest { moment: None };
            CasesClient::new(service).releases(request).await
        };
        let answer = timed(asking.ask(ask)).await?;
        let ask = async |service| LogClient::new(service).head(v1::HeadRequest {}).await;
        let v1::HeadResponse { public_size, .. } = timed(asking.ask(ask)).await?;
        for release in answer.releases.iter().skip(self.releases) {
            let entry = release.signed.as_ref().map_or(0, |signed| signed.entry);
            // Whatever is public in a row comes as an entry.
            if entry >= public_size.max(from) {
                self.screen.release(release, answer.position.as_ref())?;
            }
        }
        self.releases = self.releases.max(answer.releases.len());
        Ok(())
    }

    fn take(&mut self, next: &v1::SubscribeResponse, from: u64) -> Result<Option<Distrust>, Failure> {
        let entry = self.follower.size();
        let broken = |fault| Some(Distrust::Entry { entry, fault });
        if entry < from {
            if let Err(fault) = self.follower.skip(&next.bytes) {
                return Ok(broken(fault));
            }
            self.screen.behind(next.behind, entry);
            let distrust = self.settle(entry)?;
            if distrust.is_none() && self.follower.size() == from {
                // Where this run begins: the next one shows what comes from here on, also if nothing comes meanwhile.
                self.note()?;
            }
            return Ok(distrust);
        }
        match self.follower.take(&next.bytes) {
            Err(fault) => Ok(broken(fault)),
            Ok(told) => {
                if let Some(distrust) = self.settle(entry)? {
                    return Ok(Some(distrust));
                }
                self.screen.show(&told, self.follower.state(), next.behind)?;
                self.note()?;
                Ok(None)
            }
        }
    }

    /// Compares what was just read with what is known of the log: its key, an earlier run, a checkpoint.
    fn settle(&mut self, entry: u64) -> Result<Option<Distrust>, Failure> {
        if entry == 0 {
            let wanted = self.wanted()?;
            let named = self.follower.log_key()?;
            if let (Some(wanted), Some(named)) = (wanted, named.clone())
                && wanted != named
            {
                let (named, wanted) = (Box::new(named), Box::new(wanted));
                return Ok(Some(Distrust::OtherLog { named, wanted }));
            }
            self.key = named;
        }
        if let Some(place) = &self.before
            && place.size == self.follower.size()
            && self.follower.root(place.size).map(|root| hex::encode(root.0)).as_ref() != Some(&place.root)
        {
            return Ok(Some(Distrust::Rewritten(place.size)));
        }
        let reached = self
            .ahead
            .take_if(|note| note.unverified().size.0 <= self.follower.size());
        Ok(reached.and_then(|note| self.compare(note)))
    }

    /// The key that was given, or that of the last run.
    fn wanted(&self) -> Result<Option<LogKey>, Failure> {
        if let Some(given) = &self.args.log_key {
            return Ok(Some(given.clone()));
        }
        let Some(place) = &self.before else {
            return Ok(None);
        };
        let broken = || Failure::NoPlace(self.args.state.clone().unwrap_or_default());
        place.log_key.parse().map(Some).map_err(|_| broken())
    }

    fn compare(&mut self, note: SignedCheckpoint) -> Option<Distrust> {
        // Before entry 0 nobody knows whose signature to look for.
        let compared = self.key.as_ref().map(|key| self.follower.compare(&note, key));
        match compared {
            Some(Ok(Compared::Agrees)) => None,
            Some(Ok(Compared::Ahead)) | None => {
                self.ahead = Some(note);
                None
            }
            Some(Err(distrust)) => Some(distrust),
        }
    }

    /// Asks for the latest checkpoint: the server still answers, and it signed what was read.
    async fn look(&mut self, asking: &Asking) -> Result<Option<Distrust>, Failure> {
        let ask = async |service| LogClient::new(service).checkpoint(v1::CheckpointRequest {}).await;
        let answer = timed(asking.ask(ask)).await?;
        self.screen.alive(self.follower.size(), answer.size);
        match SignedCheckpoint::parse(&answer.note) {
            Ok(note) => Ok(self.compare(note)),
            Err(error) => Ok(Some(Distrust::Checkpoint(error))),
        }
    }

    async fn last_look(&mut self, asking: &Asking) -> Result<Ended, Failure> {
        match self.look(asking).await {
            // A log that signs nothing, or nothing yet, was read all the same; `--until` says no more than that.
            Ok(None) | Err(Failure::Server(_)) => Ok(Ended::Done),
            Ok(Some(distrust)) => Ok(distrust.into()),
            Err(failure) => Err(failure),
        }
    }

    fn note(&self) -> Result<(), Failure> {
        let path: Option<&PathBuf> = self.args.state.as_ref();
        match (path, Place::of(&self.follower)?) {
            (Some(path), Some(place)) => place.write(path),
            _ => Ok(()),
        }
    }
}

/// Whether a connection may be tried again: not if the address is none, or our own output failed.
fn is_passing(failure: &Failure) -> bool {
    let Failure::Server(status) = failure else {
        return matches!(failure, Failure::Unreachable { .. } | Failure::Hung(_));
    };
    matches!(
        status.code(),
        tonic::Code::Unavailable
            | tonic::Code::Cancelled
            | tonic::Code::Unknown
            | tonic::Code::DeadlineExceeded
            | tonic::Code::Internal
            | tonic::Code::Aborted
            | tonic::Code::ResourceExhausted
    )
}

async fn timed<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    match timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_late) => Err(Failure::from(tonic::Status::deadline_exceeded(format!(
            "no answer within {} seconds",
            grouped(PATIENCE.as_secs())
        )))),
    }
}
