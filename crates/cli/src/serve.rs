//! Serves a log until it is told to stop.

use std::future::Future;
use std::net::SocketAddr;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tallylog_server::{Log, Settings, Showing, Signing, Writer};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::ServeArgs;
use crate::data_dir::DataDir;
use crate::failure::{Failure, Outcome};
use crate::show::{grouped, talk};

pub(crate) async fn run(args: &ServeArgs) -> Result<Outcome, Failure> {
    if !args.listen.ip().is_loopback() && !args.insecure {
        return Err(Failure::NotLoopback(args.listen));
    }
    let data = DataDir::new(&args.data_dir);
    if !data.has_log() {
        return Err(Failure::NoLog(args.data_dir.clone()));
    }
    let codes = data.codes()?;
    let settings = Settings {
        queue: args.queue,
        signing: Some(Signing {
            quorum: args.witnesses.quorum(),
            witnesses: args.witnesses.witness.clone(),
            ..data.signing()?
        }),
        notebook: Some(data.notebook()),
        codes: Some(codes.secret()),
        files: Some(data.shelving(if args.public_files {
            Showing::Everybody
        } else {
            Showing::Insiders
        })),
        ..Settings::default()
    };
    let (log, writer) = data.open(settings)?;
    let kept = data.keep_codes(&codes, &log, args.new_codes);
    if let Err(failure) = kept.and_then(|()| data.keep_service(&log)) {
        drop(log);
        writer.join()?;
        return Err(failure);
    }
    let listener = listen(args.listen).await?;
    let size = log.reader().head().size;
    talk(&format!(
        "serving {} entries on http://{}",
        grouped(size),
        address(&listener, args.listen)
    ));
    until(log, writer, listener, told_to_stop()).await?;
    talk("stopped; everything acknowledged is on disk");
    Ok(Outcome::Yes)
}

pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    allow_connections();
    TcpListener::bind(address)
        .await
        .map_err(|error| Failure::Listen { address, error })
}

/// Lets the process have as many connections as the system allows it: by custom it begins with 1,024, which is less than a
/// rush. Where that fails there are as many as there were.
fn allow_connections() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let current = maximum;
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current, maximum }) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}

/// The address that a listener has: the port where any was asked for.
pub(crate) fn address(listener: &TcpListener, asked: SocketAddr) -> SocketAddr {
    listener.local_addr().unwrap_or(asked)
}

/// Serves until `stop` or until the writer fails, then writes what is under way and seals the log.
pub(crate) async fn until(
    log: Log,
    writer: Writer,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let mut sizes = log.sizes();
    let failed = async move { while sizes.changed().await.is_ok() {} };
    let stop = async {
        tokio::select! {
            () = stop => {}
            // The writer ends before its senders do only when the disk has failed.
            () = failed => {}
        }
    };
    let served = tallylog_server::serve(log, listener, stop)
        .await
        .map_err(Failure::Transport);
    let written = tokio::task::spawn_blocking(|| writer.join()).await;
    written.unwrap_or(Err(tallylog_server::Problem::LogFailed))?;
    served
}

/// Ready when a person or the system asks the process to stop.
pub(crate) async fn told_to_stop() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_may_have_as_many_connections_as_the_system_allows() {
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        let few = Rlimit {
            current: Some(256),
            maximum,
        };
        setrlimit(Resource::Nofile, few).unwrap();
        listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        assert_eq!(getrlimit(Resource::Nofile).current, maximum);
    }
}
