//! What the system calls say: nothing is answered before it is on disk.

use std::collections::BTreeMap;
use std::process::Command;

use crate::process::{Process, request, signer, terminate, vkey};
use crate::support::means::{Means, has_program};

#[test]
fn a_cosignature_leaves_after_the_file_and_its_folder_were_synced() {
    if !has_program(Means::Strace) {
        return;
    }
    let parent = tempfile::tempdir().unwrap();
    let (dir, trace) = (parent.path().join("w"), parent.path().join("trace"));
    let mut strace = Command::new("strace");
    let calls = "trace=fsync,rename,renameat,renameat2,write,writev,sendto,sendmsg";
    strace.args(["-f", "-y", "-s", "200", "-e", calls, "-o"]).arg(&trace);
    strace.arg(env!("CARGO_BIN_EXE_tallylog"));
    let log = signer(1);
    let process = Process::spawn(strace, &dir, &["--log", &vkey(&log)]);
    for (old, new) in [(0, 3), (3, 5), (5, 6)] {
        assert_eq!(process.add_checkpoint(&request(&log, old, new)).unwrap().0, 200);
    }
    let traced = std::fs::read_to_string(&trace).unwrap();
    // strace would let it live; its process id is what the trace begins with.
    let id = traced.split_whitespace().next().unwrap().parse().unwrap();
    terminate(id);
    drop(process);
    let traced = std::fs::read_to_string(&trace).unwrap();
    let folder = dir.join(tallylog_tlog::monitoring_path(log.key().name()));
    let folder = folder.parent().unwrap().to_str().unwrap().to_owned();
    let steps = steps(&traced, &folder);
    let once = ["file synced", "renamed", "folder synced", "answered"];
    assert_eq!(steps, once.repeat(3), "{traced}");
}

/// What was done to the record, each step where it ended, and where an answer began.
fn steps(traced: &str, folder: &str) -> Vec<&'static str> {
    let mut begun = BTreeMap::new();
    let mut steps = Vec::new();
    for line in traced.lines() {
        let thread = line.split_whitespace().next().unwrap();
        let step = step(line, folder);
        if line.contains("resumed>") {
            steps.extend(begun.remove(thread));
        } else if line.ends_with("<unfinished ...>") && step != Some("answered") {
            begun.extend(step.map(|step| (thread, step)));
        } else {
            steps.extend(step);
        }
    }
    steps
}

fn step(line: &str, folder: &str) -> Option<&'static str> {
    let is = |call: &str| {
        line.split_whitespace()
            .nth(1)
            .is_some_and(|word| word.starts_with(call))
    };
    if is("fsync(") && line.contains(&format!("{folder}/checkpoint.new>")) {
        return Some("file synced");
    }
    if is("rename") && line.contains("checkpoint.new\"") {
        return Some("renamed");
    }
    if is("fsync(") && line.contains(&format!("{folder}>")) {
        return Some("folder synced");
    }
    line.contains("\"HTTP/1.1 200 OK").then_some("answered")
}
