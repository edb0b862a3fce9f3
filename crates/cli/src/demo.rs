//! A simulated night.
use crate::args::DemoArgs;
use crate::failure::{Failure, Outcome};
pub(crate) async fn run(_args: &DemoArgs) -> Result<Outcome, Failure> {
    Ok(Outcome::Yes)
}
