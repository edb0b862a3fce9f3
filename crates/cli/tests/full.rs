//! Full disks, and folders that cannot be looked at: what is said, what is left, and how a command ends.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::means::Means;
use support::small::{FIRST, SECOND, folder, import};
use support::{Ended, refused, run, tallylog, text};

fn snapshot(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(snapshot(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

#[track_caller]
fn check(data: &Path, code: i32, said: &str) {
    let ended = run(&["check", "--data-dir", text(data)]);
    let all = format!("{}{}", ended.out, ended.err);
    assert_eq!(ended.code, Some(code), "{all}");
    assert!(all.contains(said), "{all}");
}

#[test]
fn whoever_asks_a_folder_changes_no_byte_of_it() {
    let (from, data) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
    import(from.path(), data.path());
    let before = snapshot(data.path());
    check(data.path(), 0, "verified");
    for asked in [["totals"], ["discrepancies"]] {
        let ended = run(&[&asked[..], &["--data-dir", text(data.path())]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
    let key = run(&["key", "log", "--data-dir", text(data.path())]);
    assert_eq!(key.code, Some(0), "{}", key.err);
    assert!(snapshot(data.path()) == before);
}

#[test]
fn a_folder_that_cannot_be_looked_at_is_not_said_to_hold_no_log() {
    let parent = tempfile::tempdir().unwrap();
    let circle = parent.path().join("circle");
    symlink(&circle, &circle).unwrap();
    for asked in ["check", "totals", "serve"] {
        let said = refused(&[asked, "--data-dir", text(&circle)], 2);
        assert!(said.contains("circle") && said.contains("os error"), "{said}");
        assert!(!said.contains("no-log"), "{said}");
    }
}

#[test]
fn a_log_is_not_begun_where_the_disk_has_less_than_its_reserve() {
    let (from, parent) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
    let data = parent.path().join("data");
    let args = [
        "import",
        text(from.path()),
        "--reserve",
        "1000TiB",
        "--data-dir",
        text(&data),
    ];
    let said = refused(&args, 2);
    assert!(said.contains("[disk-full]") && said.contains("make room"), "{said}");
    assert!(!data.join("log").exists());
    import(from.path(), &data);
    for (verb, from_flag, to_flag) in [("backup", "--data-dir", "--to"), ("restore", "--from", "--data-dir")] {
        let to = parent.path().join(verb);
        let said = refused(
            &[verb, from_flag, text(&data), to_flag, text(&to), "--reserve", "1000TiB"],
            2,
        );
        assert!(said.contains("[disk-full]"), "{said}");
        assert!(!to.exists());
    }
}

#[test]
fn what_has_no_room_says_that_the_disk_is_full_and_leaves_nothing_half_written() {
    let (from, data) = (folder(&[("first", FIRST)]), tempfile::tempdir().unwrap());
    import(from.path(), data.path());
    let stdout = File::options().write(true).open("/dev/full").unwrap();
    let ended: Ended = tallylog()
        .args(["totals", "--data-dir", text(data.path())])
        .stdout(Stdio::from(stdout))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap()
        .into();
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("[disk-full]"), "{}", ended.err);
    let out = tempfile::tempdir().unwrap();
    for (args, output, draft) in [
        (&["bundle"][..], "night.tallylog", "night.new"),
        (&["prove", "entry", "0"], "entry.proof", "entry.proof.new"),
    ] {
        let path = out.path().join(output);
        symlink("/dev/full", out.path().join(draft)).unwrap();
        let all = [args, &["--data-dir", text(data.path()), "--output", text(&path)]].concat();
        let said = refused(&all, 2);
        assert!(said.contains("[disk-full]") && said.contains(draft), "{said}");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "{args:?}");
    }
}

/// A disk of so many KiB, which goes away with this.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Only a superuser may have one.
    #[track_caller]
    fn new(kib: u32) -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        let is_mounted = disk.mount(&format!("size={kib}k"));
        Means::Mount.noted(is_mounted).then_some(disk)
    }

    fn mount(&self, options: &str) -> bool {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(self.0.path());
        mount.output().is_ok_and(|mounted| mounted.status.success())
    }

    /// Fills what is left of it.
    fn fill(&self) -> PathBuf {
        let path = self.0.path().join("filler");
        let mut filler = File::create(&path).unwrap();
        let mut size = 1 << 16;
        while size > 0 {
            if filler.write_all(&vec![1; size]).is_err() {
                size /= 2;
            }
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0.path()).output());
    }
}

#[test]
fn a_log_whose_disk_ran_full_during_an_import_is_sound_and_is_finished_when_there_is_room() {
    let Some(disk) = SmallDisk::new(1_500) else {
        return;
    };
    let from = folder(&[("first", FIRST), ("second", SECOND)]);
    let data = disk.0.path().join("data");
    let args = ["import", text(from.path()), "--reserve", "0", "--data-dir", text(&data)];
    // So much room that it begins, and so little that it does not end.
    let ended = run(&args);
    let filler = disk.fill();
    if ended.code == Some(0) {
        check(&data, 0, "verified");
    } else {
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains("[disk-full]"), "{}", ended.err);
    }
    fs::remove_file(filler).unwrap();
    assert!(disk.mount("remount,size=40m"));
    import(from.path(), &data);
    check(&data, 0, "verified");
}

#[test]
fn a_server_that_starts_on_a_full_disk_answers_and_says_what_is_the_matter() {
    let Some(disk) = SmallDisk::new(12 << 10) else {
        return;
    };
    let from = folder(&[("first", FIRST)]);
    let data = disk.0.path().join("data");
    let args = ["import", text(from.path()), "--reserve", "0", "--data-dir", text(&data)];
    assert_eq!(run(&args).code, Some(0));
    for reserve in ["0", "4MiB"] {
        let filler = disk.fill();
        check(&data, 0, "verified");
        let mut server = tallylog()
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--reserve",
                reserve,
                "--data-dir",
                text(&data),
            ])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let mut said = String::new();
        let url = loop {
            let line = lines.next().unwrap_or_else(|| unreachable!("it ended: {said}"));
            if let Some((_, url)) = line.split_once("http://") {
                break format!("http://{url}");
            }
            said += &line;
        };
        assert!(said.contains("disk") && said.contains("full"), "{said}");
        let totals = run(&["totals", "--server", &url]);
        assert_eq!(totals.code, Some(0), "{}", totals.err);
        fs::remove_file(filler).unwrap();
        let stop = Command::new("kill").arg(server.id().to_string()).status().unwrap();
        assert!(stop.success());
        assert_eq!(server.wait().unwrap().code(), Some(0));
        check(&data, 0, "verified");
    }
}
