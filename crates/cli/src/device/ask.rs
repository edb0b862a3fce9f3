//! Asks a server in a person's name, or in nobody's.

use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use super::SignedReads;
use crate::failure::Failure;
use crate::source::connect;

/// A connection on which every request is signed, if there is a person. Any client of the services is made of it.
pub(crate) type Service = InterceptedService<Channel, Signs>;

/// Signs requests in a person's name, or leaves them as they are.
#[derive(Clone)]
pub(crate) struct Signs(Option<SignedReads>);

impl Interceptor for Signs {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        match &mut self.0 {
            Some(reads) => reads.call(request),
            None => Ok(request),
        }
    }
}

/// Asks one server in one person's name, or in nobody's.
pub(crate) struct Asking {
    channel: Channel,
    reads: Option<SignedReads>,
}

impl Asking {
    pub(crate) async fn connect(server: &str, reads: Option<SignedReads>) -> Result<Self, Failure> {
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
            Err(refusal) if self.learns(&refusal) => Ok(call(self.service()).await?.into_inner()),
            answered => Ok(answered?.into_inner()),
        }
    }

    fn learns(&self, refusal: &Status) -> bool {
        self.reads.as_ref().is_some_and(|reads| reads.learn(refusal))
    }

    fn service(&self) -> Service {
        InterceptedService::new(self.channel.clone(), Signs(self.reads.clone()))
    }
}
