//! A simulated night: a rehearsal that shows everything, and stays up for queries.

mod devices;
mod documents;
mod driver;
pub(crate) mod screen;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tallylog_event::UnixMillis;
use tallylog_projection::FOLD_VERSION;
use tallylog_server::{Reserve, Settings, Showing, Signing};
use tallylog_simulate::{Options, night};
use tempfile::TempDir;

use self::documents::Documents;
use self::driver::Driver;
use self::screen::Screen;
use crate::args::DemoArgs;
use crate::data_dir::DataDir;
use crate::failure::{Failure, Outcome};
use crate::serve;
use crate::show::talk;

/// The clock of the night: what is received is stamped with the time that the night has reached.
#[derive(Clone, Debug, Default)]
struct NightClock(Arc<AtomicU64>);

impl NightClock {
    fn set(&self, time: UnixMillis) {
        self.0.fetch_max(time.0, Ordering::Relaxed);
    }

    fn settings(&self, signing: Signing, data: &DataDir, reserve: Reserve) -> Settings {
        let time = Arc::clone(&self.0);
        Settings {
            clock: Arc::new(move || UnixMillis(time.load(Ordering::Relaxed))),
            signing: Some(signing),
            notebook: Some(data.notebook()),
            files: Some(data.shelving(Showing::Everybody)),
            reserve,
            ..Settings::default()
        }
    }
}

pub(crate) async fn run(args: &DemoArgs) -> Result<Outcome, Failure> {
    if !args.listen.ip().is_loopback() {
        return Err(Failure::NotLoopback(args.listen));
    }
    let (folder, _temporary) = folder(args)?;
    let data = DataDir::new(&folder);
    if data.has_log()? {
        return Err(Failure::NotEmpty(folder));
    }
    let listener = serve::listen(args.listen).await?;
    let address = serve::address(&listener, args.listen);
    talk(&format!(
        "REHEARSAL: a simulated night, seed {}; nothing here is a real result",
        args.seed
    ));
    talk(&format!("the log lies in {}", folder.display()));
    talk(&format!(
        "serving on http://{address}: open it in a browser, and watch the night"
    ));

    let clock = NightClock::default();
    let night = night(&Options {
        version: FOLD_VERSION,
        ..Options::full(args.seed)
    });
    // Keys that follow from the seed protect nothing, and make the same seed the same log.
    data.adopt_key("log", &night.keys.log)?;
    data.adopt_key("service", &night.keys.service)?;
    let (log, writer) = data.open_or_create(clock.settings(data.signing()?, &data, args.reserve.kept()))?;
    let screen = Screen::new(night.counties.iter().map(|county| county.precincts.len()).sum());
    let documents = Documents::new(&data.files(), &night.files)?;
    let driver = Driver::new(log.clone(), clock, screen, address);
    let (seconds, exit, devices) = (args.seconds, args.exit, args.devices.clone());
    let entries = args.entries.unwrap_or_default();
    let (stay, over) = tokio::sync::oneshot::channel::<()>();
    let playing = tokio::spawn(async move {
        driver
            .play(&night, documents, seconds, devices.as_deref(), entries)
            .await?;
        if !exit {
            driver.stay();
            return Ok(Some(stay));
        }
        Ok::<_, Failure>(None)
    });
    let stopper = playing.abort_handle();
    let stop = async move {
        // `over` is ready once the night has ended and nobody keeps its other half to stay up.
        tokio::select! {
            () = serve::told_to_stop() => stopper.abort(),
            _ = over => {}
        }
    };
    serve::until(log, writer, listener, stop).await?;
    match playing.await {
        Ok(played) => drop(played?),
        // Somebody stopped the night half-way.
        Err(_aborted) => {}
    }
    talk("stopped; everything acknowledged is on disk");
    Ok(Outcome::Yes)
}

/// The folder for the log; a temporary one goes away with the guard that comes with it.
fn folder(args: &DemoArgs) -> Result<(PathBuf, Option<TempDir>), Failure> {
    if let Some(folder) = &args.data_dir {
        return Ok((folder.clone(), None));
    }
    let made = tempfile::Builder::new().prefix("tallylog-demo-").tempdir();
    let temporary = made.map_err(|error| Failure::File {
        path: std::env::temp_dir(),
        error,
    })?;
    Ok((temporary.path().join("data"), Some(temporary)))
}
