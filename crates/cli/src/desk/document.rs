//! Documents, bound by their hash, and kept on the device until the server has them.

use std::path::PathBuf;

use tallylog_event::FileRef;

use crate::device::Device;
use crate::failure::Failure;
use crate::outbox::{Outbox, document};

/// What an event is about to say of some documents. Their bytes are on the device's disk when this returns.
pub(crate) fn documents(device: &Device, paths: &[PathBuf]) -> Result<Vec<FileRef>, Failure> {
    let read = paths.iter().map(|path| document(path));
    let read = read.collect::<Result<Vec<_>, _>>()?;
    if !read.is_empty() {
        Outbox::open(device.dir(), device.about())?.keep_documents(&read)?;
    }
    Ok(read.into_iter().map(|(file, _)| file).collect())
}
