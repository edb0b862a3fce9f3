//! Serves what is looked at before something is signed, and what came of it.

use std::sync::Arc;

use tallylog_wire::v1;
use tonic::{Request, Response, Status};

use crate::Log;
use crate::access::Reader;
use crate::apart::apart;
use crate::lane::{Asker, Lanes};
use crate::problem::Problem;
use crate::query::{self, Book};

pub(super) struct CaseService {
    log: Log,
    lanes: Lanes,
}

/// Who asks, and of which moment.
struct Asked {
    reader: Reader,
    asker: Asker,
    moment: Option<v1::Moment>,
}

impl Asked {
    fn now<T>(request: &Request<T>) -> Self {
        Self::of(request, None)
    }

    fn of<T>(request: &Request<T>, moment: Option<&v1::Moment>) -> Self {
        Self {
            reader: Reader::of(request),
            asker: Asker::of(request),
            moment: moment.cloned(),
        }
    }
}

impl CaseService {
    pub(super) fn new(log: Log, lanes: Lanes) -> Self {
        Self { log, lanes }
    }

    /// Answers whoever may read everything of the contest, also what is yet in no release.
    async fn answer_insider<T: Send + 'static>(
        &self,
        asked: Asked,
        query: impl FnOnce(Book<'_>) -> Result<T, Problem> + Send + 'static,
        position: impl FnOnce(&mut T) -> &mut Option<v1::Position> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        let query = move |book: Book<'_>, reader: &Reader| {
            reader.reads_all_of(book.state)?;
            query(book)
        };
        self.answer(asked, query, position).await
    }

    /// Answers apart from the threads that serve connections.
    async fn answer<T: Send + 'static>(
        &self,
        asked: Asked,
        query: impl FnOnce(Book<'_>, &Reader) -> Result<T, Problem> + Send + 'static,
        position: impl FnOnce(&mut T) -> &mut Option<v1::Position> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        let log = self.log.clone();
        let state = log.state()?;
        let lane = if query::size(&state, asked.moment.as_ref())? < state.size() {
            &self.lanes.past
        } else {
            &self.lanes.present
        };
        let turn = lane.turn(asked.asker).await?;
        let answer = apart(move || {
            let _turn = turn;
            let book = Book {
                state: &state,
                reader: log.reader(),
            };
            let mut answer = query(book, &asked.reader)?;
            query::add_root(position(&mut answer), log.reader())?;
            Ok(answer)
        });
        Ok(Response::new(answer.await?))
    }
}

#[tonic::async_trait]
impl v1::cases_server::Cases for CaseService {
    async fn effect(&self, request: Request<v1::EffectRequest>) -> Result<Response<v1::EffectResponse>, Status> {
        let asked = Asked::now(&request);
        let request = request.into_inner();
        let query = move |book: Book<'_>| query::effect(book.state, &request);
        self.answer_insider(asked, query, |answer| &mut answer.position).await
    }

    async fn release_preview(
        &self,
        request: Request<v1::ReleasePreviewRequest>,
    ) -> Result<Response<v1::ReleasePreviewResponse>, Status> {
        let asked = Asked::now(&request);
        let request = request.into_inner();
        let query = move |book: Book<'_>| query::release_preview(book.state, &request);
        self.answer_insider(asked, query, |answer| &mut answer.position).await
    }

    async fn releases(&self, request: Request<v1::ReleasesRequest>) -> Result<Response<v1::ReleasesResponse>, Status> {
        let asked = Asked::of(&request, request.get_ref().moment.as_ref());
        let request = request.into_inner();
        let query = move |book: Book<'_>, reader: &Reader| {
            if reader.reads_everything(book.state) {
                query::releases(book, &request)
            } else {
                query::public::releases(book, &request)
            }
        };
        self.answer(asked, query, |answer| &mut answer.position).await
    }

    async fn cases(&self, request: Request<v1::CasesRequest>) -> Result<Response<v1::CasesResponse>, Status> {
        let asked = Asked::of(&request, request.get_ref().moment.as_ref());
        let request = request.into_inner();
        let query = move |book: Book<'_>| query::cases(book.state, &request);
        self.answer_insider(asked, query, |answer| &mut answer.position).await
    }

    async fn case(&self, request: Request<v1::CaseRequest>) -> Result<Response<v1::CaseResponse>, Status> {
        let asked = Asked::of(&request, request.get_ref().moment.as_ref());
        let request = request.into_inner();
        let query = move |book: Book<'_>| query::case(book.state, &request);
        self.answer_insider(asked, query, |answer| &mut answer.position).await
    }

    async fn inquiries(
        &self,
        request: Request<v1::InquiriesRequest>,
    ) -> Result<Response<v1::InquiriesResponse>, Status> {
        let asked = Asked::of(&request, request.get_ref().moment.as_ref());
        let request = request.into_inner();
        let query = move |book: Book<'_>| query::inquiries(book.state, &request);
        self.answer_insider(asked, query, |answer| &mut answer.position).await
    }

    async fn paper_audit(
        &self,
        request: Request<v1::PaperAuditRequest>,
    ) -> Result<Response<v1::PaperAuditResponse>, Status> {
        let asked = Asked::of(&request, request.get_ref().moment.as_ref());
        let request = request.into_inner();
        let query = move |book: Book<'_>| query::paper_audit(book.state, &request);
        self.answer_insider(asked, query, |answer| &mut answer.position).await
    }

    async fn course(&self, request: Request<v1::CourseRequest>) -> Result<Response<v1::CourseResponse>, Status> {
        let asked = Asked::of(&request, request.get_ref().moment.as_ref());
        let request = request.into_inner();
        let query = move |book: Book<'_>, reader: &Reader| {
            if reader.reads_everything(book.state) {
                query::course(book.state, &request)
            } else {
                query::public::course(book.state, &request)
            }
        };
        self.answer(asked, query, |answer| &mut answer.position).await
    }

    async fn files(&self, request: Request<v1::FilesRequest>) -> Result<Response<v1::FilesResponse>, Status> {
        let asked = Asked::now(&request);
        let request = request.into_inner();
        let beside = Arc::clone(self.log.shelf()?);
        let query = move |book: Book<'_>, reader: &Reader| query::files(book, &beside, reader, &request);
        self.answer(asked, query, |answer| &mut answer.position).await
    }
}
