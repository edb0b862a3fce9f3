//! Archives of a few entries, and a static host for their files.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::{run, text};

const COUNTIES: &str = "county,kind,fips,congressional_district,county_delegates,state_delegates\n\
    Alder,county,19001,1,10,4\n\
    Pool,satellite,,1,,2\n";
const PRECINCTS: &str = "county,precinct,code,county_delegates\n\
    Alder,North,01,6\n\
    Alder,South,02,4\n\
    Pool,Library,,\n";
const ATTENDANCE: &str = "release,county,precinct,attendance\nfirst,Pool,Library,20\n";
const HEADER: &str = "county,precinct,candidate,first_alignment,final_alignment,sde\n";
pub(crate) const FIRST: &str = "Alder,North,Ash,60,60,1.6000\nAlder,North,Beech,40,40,0.8000\n";
pub(crate) const SECOND: &str = "Alder,North,Ash,50,50,1.2000\nAlder,North,Beech,50,50,1.2000\n";
/// As long as the second, and another story.
pub(crate) const OTHER: &str = "Alder,North,Ash,70,70,1.6000\nAlder,North,Beech,30,30,0.8000\n";

/// Records a release in the archive of a folder, which is made where there is none.
pub(crate) fn import(data: &Path, releases: &[(&str, &str)]) {
    let from = tempfile::tempdir().unwrap();
    for (name, rows) in [
        ("counties.csv", COUNTIES),
        ("precincts.csv", PRECINCTS),
        ("satellite_attendance.csv", ATTENDANCE),
    ] {
        fs::write(from.path().join(name), rows).unwrap();
    }
    fs::create_dir(from.path().join("releases")).unwrap();
    for (name, rows) in releases {
        fs::write(
            from.path().join("releases").join(format!("{name}.csv")),
            format!("{HEADER}{rows}"),
        )
        .unwrap();
    }
    let ended = run(&["import", text(from.path()), "--data-dir", text(data)]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

pub(crate) fn export(data: &Path, to: &Path) {
    let ended = run(&["export", "tiles", text(to), "--data-dir", text(data)]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(file.file_name());
        if file.file_type().unwrap().is_dir() {
            copy(&file.path(), &to);
        } else {
            fs::copy(file.path(), to).unwrap();
        }
    }
}

/// Any static host: it shows the files of a folder, and today perhaps those of another.
pub(crate) struct Host {
    pub(crate) url: String,
    folder: Arc<Mutex<PathBuf>>,
}

impl Host {
    pub(crate) fn of(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let folder = Arc::new(Mutex::new(folder.to_owned()));
        let shown = Arc::clone(&folder);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let folder = shown.lock().unwrap().clone();
                std::thread::spawn(move || answer(&stream.unwrap(), &folder));
            }
        });
        Self { url, folder }
    }

    pub(crate) fn shows(&self, folder: &Path) {
        folder.clone_into(&mut self.folder.lock().unwrap());
    }
}

fn answer(mut stream: &TcpStream, folder: &Path) {
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    while lines.next().is_some_and(|line| !line.is_empty()) {}
    let path = first.split(' ').nth(1).unwrap();
    let (status, body) = match fs::read(folder.join(path.trim_start_matches('/'))) {
        Ok(body) => ("200 OK", body),
        // What a server of ours says of what is under embargo.
        Err(_) if folder.join("embargoed").exists() => ("404 Not Found", b"{\"code\":\"embargoed\"}".to_vec()),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
}
