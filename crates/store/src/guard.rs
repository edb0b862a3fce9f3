//! A panic of the engine becomes an error, and stays off stderr.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;

use crate::StoreError;
use crate::error::{EngineError, Step};

/// How a full disk is written in the words of a panic.
const FULL: [&str; 4] = [
    "StorageFull",
    "No space left on device",
    "QuotaExceeded",
    "Disk quota exceeded",
];

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Lets the engine work; what it says or how it dies comes back as an error.
pub(crate) fn engine<T>(step: Step, work: impl FnOnce() -> Result<T, sled::Error>) -> Result<T, StoreError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(install_hook);
    let before = QUIET.replace(true);
    // Unwind safety: after a panic the caller drops the engine, or poisons the store, and so never
    // looks again at what the panic may have left half-done.
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    match outcome {
        Ok(result) => result.map_err(|error| refused(step, error.into())),
        Err(panic) => Err(panicked(step, panic.as_ref())),
    }
}

fn refused(step: Step, source: EngineError) -> StoreError {
    if source.is_full() {
        let reason = source.to_string();
        return StoreError::EngineFull { step, reason };
    }
    StoreError::Engine { step, source }
}

/// A panic says what it is about in words alone. Where it was for want of room is told by the system's own words.
fn panicked(step: Step, panic: &(dyn Any + Send)) -> StoreError {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    let reason = text.unwrap_or("it did not say why").to_owned();
    if FULL.iter().any(|word| reason.contains(word)) {
        return StoreError::EngineFull { step, reason };
    }
    StoreError::EnginePanicked { step, reason }
}

/// Silences the panics that are caught here and those in the engine's own threads.
///
/// The hook belongs to the whole process and any thread may panic at any time. So it is put
/// in once and for all, and passes on every panic that is not the engine's.
fn install_hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let engines = thread::current()
            .name()
            .is_some_and(|name| name.starts_with("sled-io-"));
        if !engines && !QUIET.get() {
            before(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_engine_is_an_error() {
        let outcome: Result<(), _> = engine(Step::Open, || panic!("as the engine does"));
        let error = outcome.unwrap_err();
        assert_eq!(error.code(), "store-engine-panicked");
        assert!(error.to_string().contains("as the engine does"), "{error}");
    }

    #[test]
    fn an_engine_without_room_says_that_the_disk_is_full_however_it_dies() {
        let full = || std::io::Error::from_raw_os_error(28);
        let refused: Result<(), _> = engine(Step::Flush, || Err(sled::Error::Io(full())));
        let written = |room: bool| if room { Ok(()) } else { Err(full()) };
        let unwrapped: Result<(), _> = engine(Step::Flush, || {
            written(false).unwrap();
            Ok(())
        });
        for outcome in [refused, unwrapped] {
            let error = outcome.unwrap_err();
            assert_eq!(error.code(), "disk-full");
            assert!(error.is_full());
        }
    }
}
