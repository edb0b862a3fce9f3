//! Published results of two counties.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{run, text};

pub(crate) const COUNTIES: &str = "county,kind,fips,congressional_district,county_delegates,state_delegates\n\
    Alder,county,19001,1,10,4\n\
    Pool,satellite,,1,,2\n";
pub(crate) const PRECINCTS: &str = "county,precinct,code,county_delegates\n\
    Alder,North,01,6\n\
    Alder,South,02,4\n\
    Pool,Library,,\n";
pub(crate) const ATTENDANCE: &str = "release,county,precinct,attendance\nfirst,Pool,Library,20\n";
pub(crate) const FIRST: &str = "county,precinct,candidate,first_alignment,final_alignment,sde\n\
    Alder,North,Ash,60,60,1.6000\n\
    Alder,North,Beech,40,40,0.8000\n\
    Pool,Library,Ash,10,10,1.0000\n\
    Pool,Library,Beech,10,10,1.0000\n";
pub(crate) const SECOND: &str = "county,precinct,candidate,first_alignment,final_alignment,sde\n\
    Alder,North,Ash,50,50,1.2000\n\
    Alder,North,Beech,50,50,1.2000\n\
    Alder,South,Ash,30,30,1.2000\n\
    Alder,South,Beech,10,10,0.4000\n\
    Pool,Library,Ash,10,10,1.0000\n\
    Pool,Library,Beech,10,10,1.0000\n";

pub(crate) fn folder(releases: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, rows) in [
        ("counties.csv", COUNTIES),
        ("precincts.csv", PRECINCTS),
        ("satellite_attendance.csv", ATTENDANCE),
    ] {
        fs::write(folder.path().join(name), rows).unwrap();
    }
    fs::create_dir(folder.path().join("releases")).unwrap();
    for (name, rows) in releases {
        write(folder.path(), name, rows);
    }
    folder
}

pub(crate) fn write(folder: &Path, release: &str, rows: &str) {
    fs::write(folder.join("releases").join(format!("{release}.csv")), rows).unwrap();
}

#[track_caller]
pub(crate) fn import(from: &Path, data: &Path) {
    let ended = run(&["import", text(from), "--data-dir", text(data)]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}
