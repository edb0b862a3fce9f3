//! Records the published results of a past night: every release file in turn, each ended by a release event.
//!
//! Submission ids and recorded times are functions of file and row, so importing again, or after a crash half-way,
//! changes nothing that is there and completes the rest.

mod archive;
mod attendance;
mod release;
pub(crate) mod roster;
mod sheet;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use tallylog_rules::Ruleset;
use tallylog_server::{Log, Settings};

use self::archive::Archive;
use self::attendance::SiteAttendance;
use self::release::{Names, ReleaseFile};
use crate::args::ImportArgs;
use crate::data_dir::DataDir;
use crate::failure::{Failure, Outcome, TableFault};
use crate::show::{grouped, talk};

pub(crate) async fn run(args: &ImportArgs) -> Result<Outcome, Failure> {
    let counties = roster::read(&args.from)?;
    let attendance = SiteAttendance::read(
        &args.from.join("satellite_attendance.csv"),
        &counties,
        Ruleset::iowa_2020().largest_room,
    )?;
    let releases = release_files(&args.from)?;
    let data = DataDir::new(&args.data_dir);
    let settings = Settings {
        signing: Some(data.signing()?),
        reserve: args.reserve.kept(),
        ..Settings::default()
    };
    let (log, writer) = data.open_or_create(settings)?;
    let imported = import(args, &data, &log, &counties, &attendance, &releases).await;
    drop(log);
    let written = tokio::task::spawn_blocking(|| writer.join()).await;
    let size = imported?;
    written.unwrap_or(Err(tallylog_server::Problem::LogFailed))?;
    talk(&format!("the log has {} entries", grouped(size)));
    Ok(Outcome::Yes)
}

async fn import(
    args: &ImportArgs,
    data: &DataDir,
    log: &Log,
    counties: &[tallylog_event::County],
    attendance: &SiteAttendance,
    releases: &[PathBuf],
) -> Result<u64, Failure> {
    let first = releases.first().map_or(args.from.as_path(), PathBuf::as_path);
    let candidates = release::candidates(first)?;
    let archive = Archive::open(data, log, &args.from, counties, &candidates).await?;
    for path in releases {
        let names = Names::of(counties, archive.candidates(), archive.largest_room());
        let file = ReleaseFile::read(path, &names)?;
        let recorded = archive.record(&file, attendance).await?;
        talk(&format!(
            "{}: {} precincts; {} reports, {} corrections, {} unchanged, {} recorded before",
            file.name,
            grouped(recorded.precincts()),
            grouped(recorded.reports),
            grouped(recorded.corrections),
            grouped(recorded.unchanged),
            grouped(recorded.known),
        ));
    }
    Ok(log.reader().head().size)
}

/// The release files in the order of their names.
fn release_files(from: &Path) -> Result<Vec<PathBuf>, Failure> {
    let folder = from.join("releases");
    let failed = |error| Failure::File {
        path: folder.clone(),
        error,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Failure::Table {
            path: folder,
            fault: TableFault::NoReleases,
        });
    }
    Ok(files)
}
