//! Questions about a moment, each with its answer for those who may read everything and for everybody else.

use prost::Message;
use tallylog_projection::State;
use tallylog_wire::v1;

use crate::access::Reader;
use crate::problem::Problem;
use crate::query;

/// A question that everybody may ask.
pub(super) trait Question: Message + 'static {
    type Answer: Message + Clone + Default + 'static;

    /// The moment that it is about; the latest where there is none.
    fn moment(&self) -> Option<&v1::Moment>;

    fn answer(&self, state: &State, reader: &Reader) -> Result<Self::Answer, Problem>;

    /// Where the answer says of what log it is.
    fn position(answer: &mut Self::Answer) -> &mut Option<v1::Position>;
}

/// Says of a request which message answers it, and by which query: the first for whoever reads everything, the second for
/// the public.
macro_rules! question {
    ($request:ty, $response:ty, $all:path, $public:path) => {
        impl Question for $request {
            type Answer = $response;

            fn moment(&self) -> Option<&v1::Moment> {
                self.moment.as_ref()
            }

            fn answer(&self, state: &State, reader: &Reader) -> Result<Self::Answer, Problem> {
                if reader.reads_everything(state) {
                    $all(state, self)
                } else {
                    $public(state, self)
                }
            }

            fn position(answer: &mut Self::Answer) -> &mut Option<v1::Position> {
                &mut answer.position
            }
        }
    };
}

question!(
    v1::TotalsRequest,
    v1::TotalsResponse,
    query::totals,
    query::public::totals
);
question!(
    v1::FiguresRequest,
    v1::FiguresResponse,
    query::figures,
    query::public::figures
);
question!(
    v1::RosterRequest,
    v1::RosterResponse,
    query::roster,
    query::public::roster
);
question!(
    v1::PrecinctRequest,
    v1::PrecinctResponse,
    query::precinct,
    query::public::precinct
);
question!(
    v1::PrecinctsRequest,
    v1::PrecinctsResponse,
    query::precincts,
    query::public::precincts
);
question!(
    v1::DiscrepanciesRequest,
    v1::DiscrepanciesResponse,
    query::discrepancies,
    embargoed
);

/// What the checks found says something of reports that are kept back.
fn embargoed(_: &State, _: &v1::DiscrepanciesRequest) -> Result<v1::DiscrepanciesResponse, Problem> {
    Err(Problem::Embargoed)
}
