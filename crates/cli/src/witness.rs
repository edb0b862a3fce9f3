//! A witness for the logs of others.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tallylog_event::SigningKey;
use tallylog_server::witness::{Folder, Witness, serve};
use tallylog_tlog::{KeyName, LogKey, Policy, WitnessKey, WitnessSigner};

use crate::args::{WitnessArgs, WitnessCommand, WitnessDirArgs, WitnessServeArgs};
use crate::data_dir::key_file;
use crate::failure::{Failure, Outcome};
use crate::serve::{address, listen, told_to_stop};
use crate::show::{data, talk};

pub(crate) async fn run(args: &WitnessArgs) -> Result<Outcome, Failure> {
    match &args.command {
        WitnessCommand::Serve(args) => watch(args).await,
        WitnessCommand::Key(args) => show_key(&args.of),
    }
}

async fn watch(args: &WitnessServeArgs) -> Result<Outcome, Failure> {
    if !args.listen.ip().is_loopback() && !args.insecure {
        return Err(Failure::NotLoopback(args.listen));
    }
    let logs = logs(args)?;
    let (folder, signer) = open(&args.of)?;
    let witness = Witness::open(folder, signer, logs, Arc::new(tallylog_server::now))?;
    let listener = listen(args.listen).await?;
    talk(&format!("witness {}", witness.key()));
    for (origin, shown) in witness.logs() {
        talk(&shown.map_or_else(
            || format!("watching {origin}: nothing cosigned yet"),
            |shown| format!("watching {origin}: cosigned size {}", shown.latest.size),
        ));
    }
    talk(&format!("serving on http://{}", address(&listener, args.listen)));
    serve(Arc::new(witness), listener, told_to_stop()).await;
    talk("stopped; everything cosigned is on disk");
    Ok(Outcome::Yes)
}

/// The key alone on stdout. A witness that runs need not be stopped for it.
fn show_key(of: &WitnessDirArgs) -> Result<Outcome, Failure> {
    let key = match settled(of)? {
        Some(key) => key,
        None => open(of)?.1.key().clone(),
    };
    data(&format!("{key}\n"))?;
    Ok(Outcome::Yes)
}

/// The verifier key, if its name is settled; a name that is asked for must be that.
fn settled(of: &WitnessDirArgs) -> Result<Option<WitnessKey>, Failure> {
    let Some(key) = Folder::verifier_key(&of.data_dir)? else {
        return Ok(None);
    };
    if of.name.as_ref().is_some_and(|name| name != key.name()) {
        let settled = key.name().clone();
        return Err(Failure::WitnessName { settled });
    }
    Ok(Some(key))
}

/// Takes the folder with its key, which is made at the first start.
///
/// The secret key is on disk before the verifier key is, so one without the other was lost and is not made again: what
/// it cosigned could not be told from what a new key cosigns.
fn open(of: &WitnessDirArgs) -> Result<(Folder, WitnessSigner), Failure> {
    let folder = Folder::open(&of.data_dir)?;
    let path = Folder::secret_key(&of.data_dir);
    if let Some(key) = settled(of)? {
        if !path.exists() {
            return Err(Failure::NoWitnessKey { path });
        }
        let (secret, _) = key_file(path.clone())?;
        let signer = WitnessSigner::new(key.name().clone(), secret);
        if *signer.key() != key {
            return Err(Failure::NoWitnessKey { path });
        }
        return Ok((folder, signer));
    }
    let (secret, _) = key_file(path)?;
    let name = of.name.clone().map_or_else(|| derived_name(&secret), Ok)?;
    let signer = WitnessSigner::new(name, secret);
    folder.settle(signer.key())?;
    Ok((folder, signer))
}

/// A name for whoever does not care: no two keys have the same, and it is nobody's address.
fn derived_name(secret: &SigningKey) -> Result<KeyName, Failure> {
    let public = secret.verifying_key();
    let [a, b, c, d, ..] = public.as_bytes();
    Ok(KeyName::new(format!(
        "witness.invalid/{}",
        hex::encode([*a, *b, *c, *d])
    ))?)
}

fn logs(args: &WitnessServeArgs) -> Result<Vec<LogKey>, Failure> {
    match &args.policy {
        Some(path) => logs_of(path),
        None => Ok(args.log.clone()),
    }
}

fn logs_of(path: &Path) -> Result<Vec<LogKey>, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })?;
    let policy = Policy::parse(&bytes).map_err(|error| Failure::Policy {
        path: path.to_owned(),
        error,
    })?;
    let logs: Vec<_> = policy.logs().cloned().collect();
    if logs.is_empty() {
        return Err(Failure::NoLogs(path.to_owned()));
    }
    Ok(logs)
}
