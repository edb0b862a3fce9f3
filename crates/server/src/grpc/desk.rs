//! Serves the desks.

use tallylog_wire::v1;
use tonic::{Request, Response, Status};

use crate::apart::apart;
use crate::lane::{Asker, Lanes};
use crate::problem::Problem;
use crate::query::{self, desk as asked};
use crate::{Known, Log, Reader, clock, desk};

pub(super) struct DeskService {
    log: Log,
    lanes: Lanes,
}

impl DeskService {
    pub(super) fn new(log: Log, lanes: Lanes) -> Self {
        Self { log, lanes }
    }

    /// Answers a member of the staff, apart from the threads that serve connections: the notebook waits for the disk.
    async fn serve<Q: Send + 'static, A: Send + 'static>(
        &self,
        request: Request<Q>,
        answer: impl FnOnce(&Log, &Known, Q) -> Result<A, Problem> + Send + 'static,
    ) -> Result<Response<A>, Status> {
        let reader = Reader::of(&request).staff()?.clone();
        let request = request.into_inner();
        let log = self.log.clone();
        Ok(Response::new(apart(move || answer(&log, &reader, request)).await?))
    }

    /// Answers a question to the log and the notebook.
    async fn look<Q: Send + 'static, A: Send + 'static>(
        &self,
        request: Request<Q>,
        query: impl FnOnce(asked::Desk<'_>, &Q) -> Result<A, Problem> + Send + 'static,
        position: impl FnOnce(&mut A) -> &mut Option<v1::Position> + Send + 'static,
    ) -> Result<Response<A>, Status> {
        // Nobody else waits in the lane.
        Reader::of(&request).staff()?;
        let turn = self.lanes.present.turn(Asker::of(&request)).await?;
        self.serve(request, move |log, reader, request| {
            let _turn = turn;
            let state = &*log.state()?;
            let desk = asked::Desk {
                state,
                notebook: log.notebook()?,
                reader,
                present: &asked::Present::of(state, clock::now().0),
            };
            let mut answer = query(desk, &request)?;
            query::add_root(position(&mut answer), log.reader())?;
            Ok(answer)
        })
        .await
    }
}

#[tonic::async_trait]
impl v1::desk_server::Desk for DeskService {
    async fn find(&self, request: Request<v1::FindRequest>) -> Result<Response<v1::FindResponse>, Status> {
        self.look(request, asked::find, |answer| &mut answer.position).await
    }

    async fn claim(&self, request: Request<v1::ClaimRequest>) -> Result<Response<v1::ClaimResponse>, Status> {
        self.serve(request, |log, reader, request| desk::claim(log, reader, &request))
            .await
    }

    async fn unclaim(&self, request: Request<v1::UnclaimRequest>) -> Result<Response<v1::UnclaimResponse>, Status> {
        self.serve(request, |log, reader, request| desk::unclaim(log, reader, &request))
            .await
    }

    async fn save_draft(
        &self,
        request: Request<v1::SaveDraftRequest>,
    ) -> Result<Response<v1::SaveDraftResponse>, Status> {
        self.serve(request, desk::save_draft).await
    }

    async fn load_draft(
        &self,
        request: Request<v1::LoadDraftRequest>,
    ) -> Result<Response<v1::LoadDraftResponse>, Status> {
        self.serve(request, |log, reader, request| desk::load_draft(log, reader, &request))
            .await
    }

    async fn hand_over(&self, request: Request<v1::HandOverRequest>) -> Result<Response<v1::HandOverResponse>, Status> {
        self.serve(request, |log, reader, request| desk::hand_over(log, reader, &request))
            .await
    }

    async fn differences(
        &self,
        request: Request<v1::DifferencesRequest>,
    ) -> Result<Response<v1::DifferencesResponse>, Status> {
        let query = |desk: asked::Desk<'_>, request: &v1::DifferencesRequest| {
            asked::sees_figures(desk.reader)?;
            asked::differences(desk, request)
        };
        self.look(request, query, |answer| &mut answer.position).await
    }

    async fn decisions(
        &self,
        request: Request<v1::DecisionsRequest>,
    ) -> Result<Response<v1::DecisionsResponse>, Status> {
        let query = |desk: asked::Desk<'_>, request: &v1::DecisionsRequest| {
            asked::sees_figures(desk.reader)?;
            asked::decisions(desk, request)
        };
        self.look(request, query, |answer| &mut answer.position).await
    }

    async fn queue(&self, request: Request<v1::QueueRequest>) -> Result<Response<v1::QueueResponse>, Status> {
        let now = clock::now().0;
        let query = move |desk: asked::Desk<'_>, request: &v1::QueueRequest| {
            asked::sees_figures(desk.reader)?;
            asked::queue(desk, request, now)
        };
        self.look(request, query, |answer| &mut answer.position).await
    }

    async fn own(&self, request: Request<v1::OwnRequest>) -> Result<Response<v1::OwnResponse>, Status> {
        self.serve(request, |log, reader, request| desk::own(log, reader, &request))
            .await
    }

    async fn outstanding(
        &self,
        request: Request<v1::OutstandingRequest>,
    ) -> Result<Response<v1::OutstandingResponse>, Status> {
        let now = clock::now().0;
        let query =
            move |desk: asked::Desk<'_>, request: &v1::OutstandingRequest| asked::outstanding(desk, request, now);
        self.look(request, query, |answer| &mut answer.position).await
    }

    async fn note_call(&self, request: Request<v1::NoteCallRequest>) -> Result<Response<v1::NoteCallResponse>, Status> {
        self.serve(request, |log, reader, request| desk::note_call(log, reader, &request))
            .await
    }

    async fn write_phones(
        &self,
        request: Request<v1::WritePhonesRequest>,
    ) -> Result<Response<v1::WritePhonesResponse>, Status> {
        self.serve(request, |log, reader, request| {
            desk::write_phones(log, reader, &request)
        })
        .await
    }
}
