//! Asks a server in a person's name.

use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Response, Status};

use super::SignedReads;
use crate::failure::Failure;
use crate::source::connect;

/// A connection on which every request is signed. Any client of the services is made of it.
pub(crate) type Service = InterceptedService<Channel, SignedReads>;

/// Asks one server in one person's name.
pub(crate) struct Asking {
    channel: Channel,
    reads: SignedReads,
}

impl Asking {
    pub(super) async fn connect(server: &str, reads: SignedReads) -> Result<Self, Failure> {
        Ok(Self {
            channel: connect(server).await?,
            reads,
        })
    }

    /// Asks, and once more by the server's clock where this device's is wrong.
    ///
    /// `device.asking().await?.ask(async |service| DeskClient::new(service).find(request.clone()).await).await?`
    pub(crate) async fn ask<A>(
        &self,
        call: impl AsyncFn(Service) -> Result<Response<A>, Status>,
    ) -> Result<A, Failure> {
        match call(self.service()).await {
            Err(refusal) if self.reads.learn(&refusal) => Ok(call(self.service()).await?.into_inner()),
            answered => Ok(answered?.into_inner()),
        }
    }

    fn service(&self) -> Service {
        InterceptedService::new(self.channel.clone(), self.reads.clone())
    }
}
