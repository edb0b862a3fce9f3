//! Whether a root is the log's: by the latest checkpoint that its key signed, and a proof that the log only grew.

use tallylog_event::TreeRoot;
use tallylog_tlog::{Consistency, Hash, SignedCheckpoint, Size};
use tallylog_wire::v1;
use tallylog_wire::v1::log_client::LogClient;

use crate::device::{Asking, Device, DeviceFault};
use crate::failure::Failure;

/// The latest checkpoint that the log's key signed.
pub(super) struct Roots<'a> {
    asking: &'a Asking,
    size: Size,
    root: Hash,
}

impl<'a> Roots<'a> {
    pub(super) async fn of(device: &Device, asking: &'a Asking) -> Result<Self, Failure> {
        let answer = asking
            .ask(async |service| LogClient::new(service).checkpoint(v1::CheckpointRequest {}).await)
            .await?;
        let note = SignedCheckpoint::parse(&answer.note).map_err(|_| DeviceFault::OtherReceipt)?;
        let key = std::slice::from_ref(&device.about().log_key);
        let trusted = note.verify(key, &[]).map_err(|_| DeviceFault::OtherReceipt)?;
        let signed = trusted.checkpoint();
        Ok(Self {
            asking,
            size: signed.size,
            root: signed.root,
        })
    }

    /// Size and root of the latest checkpoint.
    pub(super) const fn latest(&self) -> (u64, TreeRoot) {
        (self.size.0, TreeRoot(self.root.0))
    }

    /// Whether the log had this root when it had `size` entries. The server's word is not taken for it.
    pub(super) async fn holds(&self, size: u64, root: &[u8]) -> Result<bool, Failure> {
        let Ok(root) = <[u8; 32]>::try_from(root) else {
            return Ok(false);
        };
        if size == 0 || size > self.size.0 {
            return Ok(false);
        }
        let request = v1::ConsistencyRequest {
            old: size,
            new: self.size.0,
        };
        let answer = self
            .asking
            .ask(async |service| LogClient::new(service).consistency(request).await)
            .await?;
        let path = answer.path.iter().map(|hash| hash.as_slice().try_into().map(Hash));
        let Ok(path) = path.collect::<Result<Vec<_>, _>>() else {
            return Ok(false);
        };
        let claim = Consistency {
            old_size: Size(size),
            old_root: Hash(root),
            new_size: self.size,
            new_root: self.root,
            path: &path,
        };
        Ok(claim.verify().is_ok())
    }
}
