//! Work on the disk, and work that takes long, apart from the threads that serve connections.

use crate::problem::Problem;

/// Does the work, and waits for it.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::Stopping)?
}
