//! Opens a contest: entry 0, the roster, and the first registrar's device.

mod fault;
mod plan;
mod registrars;
mod summary;

use std::fs;
use std::path::Path;

use tallylog_event::{Contest, ContestId, County, Event, PublicKey, Registrar, Role, SigningKey, Text};
use tallylog_server::{Log, Problem, Settings};
use tallylog_tlog::{KeyName, LogKey};
use tallylog_verify::Keys;

pub(crate) use self::fault::OpenFault;
use self::plan::{OwnKeys, Plan};
use crate::args::device::DeviceArgs;
use crate::args::open::OpenArgs;
use crate::data_dir::DataDir;
use crate::desk::confirm;
use crate::device::{About, Device, envelope};
use crate::failure::{Failure, Outcome};
use crate::import::roster;
use crate::show::{grouped, talk};
use crate::signed;

pub(crate) async fn run(args: &OpenArgs) -> Result<Outcome, Failure> {
    let bytes = fs::read(&args.contest).map_err(|error| Failure::File {
        path: args.contest.clone(),
        error,
    })?;
    let plan = Plan::read(&bytes)?;
    KeyName::new(&plan.origin)?;
    let counties = roster::read(&args.roster)?;
    let person = Text::new(args.person.trim()).map_err(|error| OpenFault::Field {
        field: "--person".to_owned(),
        message: error.to_string(),
    })?;
    let data = DataDir::new(&args.data_dir);
    if !data.is_vacant()? {
        return Err(Failure::NotEmpty(args.data_dir.clone()));
    }
    talk(&summary::of(&plan, &counties, &person));
    confirm(args.yes, "Open this contest? Nothing of it can be amended later")?;
    // What was there before is whole or was refused; so what is there after a failure is of this run alone.
    let had_device = args.device.exists();
    let opened = open(args, plan, &counties, person, &data).await;
    if opened.is_err() {
        undo(&args.data_dir);
        if !had_device {
            undo(&args.device);
        }
    }
    opened
}

async fn open(
    args: &OpenArgs,
    plan: Plan,
    counties: &[County],
    person: Text,
    data: &DataDir,
) -> Result<Outcome, Failure> {
    let device = DeviceArgs {
        device: args.device.clone(),
        passphrase_file: args.passphrase_file.clone(),
        server: Some(args.server.clone()),
    };
    let key = Device::new_key(&device)?;
    let contest = plan.contest(random_id()?, own_keys(data, &person, &key)?)?;
    // What cannot be verified later is refused now: entry 0 is never amended.
    Keys::new(&contest, &[]).map_err(OpenFault::Witnesses)?;
    let settings = Settings {
        signing: Some(data.signing()?),
        reserve: args.reserve.kept(),
        // A notebook that is as old as the log has seen whatever is typed.
        notebook: Some(data.notebook()),
        ..Settings::default()
    };
    let (log, writer) = data.open_or_create(settings)?;
    let written = record(&log, &key, &contest, counties).await;
    let kept = written.and_then(|()| entries(&log, counties));
    drop(log);
    let ended = tokio::task::spawn_blocking(|| writer.join()).await;
    ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
    let (entries, log_key) = kept?;
    let about = About {
        contest: contest.id,
        contest_name: contest.name.to_string(),
        kind: contest.kind,
        log_key: log_key.clone(),
        server: args.server.clone(),
        person,
        role: Role::Registrar,
        seats: Vec::new(),
        key: PublicKey::of(&key),
    };
    Device::finish(&args.device, &about, &entries)?;
    said(args, &about, counties);
    if let Some(warning) = registrars::warning(&contest.registrars) {
        talk(&warning);
    }
    crate::show::data(&format!("{log_key}\n"))?;
    Ok(Outcome::Yes)
}

/// Entry 0 and the roster, in turn.
async fn record(log: &Log, key: &SigningKey, contest: &Contest, counties: &[County]) -> Result<(), Failure> {
    let listed = counties.iter().map(|county| Event::CountyListed(county.clone().into()));
    for event in std::iter::once(Event::ContestOpened(contest.clone().into())).chain(listed) {
        log.submit(envelope(contest.id, key, event)?).await?;
    }
    Ok(())
}

/// The entries that a device keeps, and the key that signs for them.
fn entries(log: &Log, counties: &[County]) -> Result<(Vec<Vec<u8>>, LogKey), Failure> {
    let size = u64::try_from(1 + counties.len()).unwrap_or(u64::MAX);
    let entries = log.reader().entries(0..size);
    let entries = entries
        .map(|entry| entry.map(|(_, bytes)| bytes))
        .collect::<Result<_, _>>()?;
    let key = signed::log_key(&*log.state()?)?.ok_or(Problem::Empty)?;
    Ok((entries, key))
}

/// A name that no other contest has.
fn random_id() -> Result<ContestId, Failure> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|_| Failure::Randomness)?;
    Ok(ContestId(id))
}

fn own_keys(data: &DataDir, person: &Text, registrar: &SigningKey) -> Result<OwnKeys, Failure> {
    let key = |name| data.key(name).map(|(key, _)| PublicKey::of(&key));
    Ok(OwnKeys {
        log: key("log")?,
        service: key("service")?,
        registrar: Registrar {
            person: person.clone(),
            key: PublicKey::of(registrar),
        },
    })
}

/// Takes away what a run made that did not come to its end. There is nothing in it that anybody was told of.
fn undo(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        talk(&format!("{} could not be taken away: {error}", folder.display()));
    }
}

fn said(args: &OpenArgs, about: &About, counties: &[County]) {
    let precincts: usize = counties.iter().map(|county| county.precincts.len()).sum();
    let count = |number: usize| grouped(u64::try_from(number).unwrap_or(u64::MAX));
    talk(&about.heading());
    talk(&format!(
        "opened by {}, with {} counties and pools, {} precincts and sites; the log lies in {}, the registrar's key in {}",
        about.person,
        count(counties.len()),
        count(precincts),
        args.data_dir.display(),
        args.device.display(),
    ));
    talk("the log's verifier key, for everybody who is to check it:");
}
