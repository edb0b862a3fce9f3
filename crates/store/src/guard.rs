//! A panic of the engine becomes an error, and stays off stderr.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;

use crate::StoreError;
use crate::error::{EngineError, Step};

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
        Ok(result) => result.map_err(|error| StoreError::Engine {
            step,
            source: EngineError::from(error),
        }),
        Err(_) => Err(StoreError::EnginePanicked { step }),
    }
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
        assert_eq!(outcome.unwrap_err().code(), "store-engine-panicked");
    }
}
