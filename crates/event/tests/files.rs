//! No file that an event names is overlooked, wherever it names it.

use tallylog_event::EventBody;

const GOLDEN: &str = include_str!("../golden/events.txt");

/// The golden events have every variant. What stands in one as a `FileRef`, by the names that Rust gives to its parts, is
/// what it says that it names.
#[test]
fn every_file_that_stands_in_an_event_is_one_of_its_files() -> Result<(), Box<dyn std::error::Error>> {
    let mut names_some = 0;
    for line in GOLDEN.lines().filter(|line| !line.starts_with('#')) {
        let (name, bytes) = line.split_once(' ').ok_or(line)?;
        let event = EventBody::decode(&hex::decode(bytes)?)?.event;
        let standing = format!("{event:?}").matches("FileRef {").count();
        assert_eq!(event.files().len(), standing, "{name}");
        names_some += usize::from(standing > 0);
    }
    assert!(names_some >= 15, "only {names_some} golden events name files");
    Ok(())
}
