//! Work on the disk, and work that takes long, apart from the threads that serve connections.

use tokio::sync::Semaphore;

use crate::problem::Problem;

/// How many readings of what anybody may ask for run at a time. Three hundred readers who all began at once would otherwise
/// be three hundred threads, and a chair's report would wait for a processor among them.
const READINGS: usize = 2;

static READING: Semaphore = Semaphore::const_new(READINGS);

/// Does the work, and waits for it.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::Stopping)?
}

/// Reads a page of what anybody may ask for any number of times: a few at a time, in the order in which they were asked for.
pub(crate) async fn reading<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let turn = READING.acquire().await.map_err(|_| Problem::Stopping)?;
    apart(move || {
        // The work goes on where nobody waits for it any more, and keeps its turn until it is done.
        let _turn = turn;
        work()
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier, Mutex};

    use super::*;

    #[tokio::test]
    async fn a_crowd_of_readers_is_read_to_a_few_at_a_time() {
        let said = Arc::new(Mutex::new(Vec::new()));
        let (begun, end) = (
            Arc::new(Barrier::new(READINGS + 1)),
            Arc::new(Barrier::new(READINGS + 1)),
        );
        let first: Vec<_> = (0..READINGS)
            .map(|_| {
                let (begun, end, said) = (Arc::clone(&begun), Arc::clone(&end), Arc::clone(&said));
                tokio::spawn(reading(move || {
                    begun.wait();
                    end.wait();
                    said.lock().unwrap().push("one of the first");
                    Ok(())
                }))
            })
            .collect();
        apart(move || Ok(begun.wait())).await.unwrap();
        let late = Arc::clone(&said);
        let later = tokio::spawn(reading(move || {
            late.lock().unwrap().push("later");
            Ok(())
        }));
        // Work apart begins in order: whatever had been begun for the later one has been done by now.
        for _ in 0..10 {
            tokio::task::yield_now().await;
            apart(|| Ok(())).await.unwrap();
        }
        let said_early = said.lock().unwrap().len();
        apart(move || Ok(end.wait())).await.unwrap();
        assert_eq!(said_early, 0, "the later one waits");
        for one in first {
            one.await.unwrap().unwrap();
        }
        later.await.unwrap().unwrap();
        assert_eq!(said.lock().unwrap().len(), READINGS + 1);
    }
}
