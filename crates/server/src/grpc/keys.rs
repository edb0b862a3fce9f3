//! Serves keys: enrolment codes, who has a key, how far enrolment has come.

use std::sync::Mutex;

use tallylog_event::{EntryIndex, Role};
use tallylog_wire::v1;
use tonic::{Request, Response, Status};

use super::intake::proven;
use crate::codes::{From, Tries, redeem};
use crate::query::desk::needs;
use crate::query::{self, keys};
use crate::{Log, Reader, clock};

pub(super) struct KeyService {
    log: Log,
    tries: Mutex<Tries>,
}

impl KeyService {
    pub(super) fn new(log: Log) -> Self {
        Self {
            log,
            tries: Mutex::default(),
        }
    }
}

#[tonic::async_trait]
impl v1::keys_server::Keys for KeyService {
    async fn codes(&self, request: Request<v1::CodesRequest>) -> Result<Response<v1::CodesResponse>, Status> {
        let reader = Reader::of(&request);
        needs(reader.staff()?, "a registrar", |role| matches!(role, Role::Registrar))?;
        let mut answer = keys::codes(
            &*self.log.state()?,
            self.log.codes()?,
            EntryIndex(request.into_inner().batch),
            clock::now(),
        )?;
        query::add_root(&mut answer.position, self.log.reader())?;
        Ok(Response::new(answer))
    }

    async fn redeem(&self, request: Request<v1::RedeemRequest>) -> Result<Response<v1::RedeemResponse>, Status> {
        let from = From::peer(request.remote_addr());
        let receipt = redeem(&self.log, &self.tries, from, request.into_inner()).await?;
        Ok(Response::new(v1::RedeemResponse {
            receipt: Some(proven(&self.log, receipt, true).await?),
        }))
    }

    async fn people(&self, request: Request<v1::PeopleRequest>) -> Result<Response<v1::PeopleResponse>, Status> {
        Reader::of(&request).staff()?;
        let mut answer = keys::people(&*self.log.state()?)?;
        query::add_root(&mut answer.position, self.log.reader())?;
        Ok(Response::new(answer))
    }

    async fn progress(&self, request: Request<v1::ProgressRequest>) -> Result<Response<v1::ProgressResponse>, Status> {
        Reader::of(&request).staff()?;
        let mut answer = keys::progress(&*self.log.state()?, &request.into_inner(), clock::now())?;
        query::add_root(&mut answer.position, self.log.reader())?;
        Ok(Response::new(answer))
    }
}
