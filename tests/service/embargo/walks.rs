//! What there is to ask of the calls that walk through the night: the figures, the roster, the timeline, the entries in words.

use tallylog_wire::v1;
use tallylog_wire::v1::log_client::LogClient;
use tallylog_wire::v1::results_client::ResultsClient;

use super::reader::Reading;
use super::veil::Veil;

impl Reading<'_> {
    pub(super) async fn figures(&mut self) {
        let counties: Vec<_> = std::iter::once(String::new()).chain(self.counties()).collect();
        for moment in self.moments() {
            for basis in 0..3 {
                for county in counties.clone() {
                    let moment = moment.clone();
                    ask!(
                        self,
                        ResultsClient,
                        figures,
                        v1::FiguresRequest { moment, basis, county }
                    );
                }
            }
        }
    }

    pub(super) async fn roster(&mut self) {
        for moment in self.moments() {
            ask!(self, ResultsClient, roster, v1::RosterRequest { moment });
        }
    }

    pub(super) async fn timeline(&mut self) {
        for from in self.every_entry() {
            for basis in 0..3 {
                for (steps, until) in [(0, 0), (1, 0), (10_000, 0), (10_000, from)] {
                    let asked = v1::TimelineRequest {
                        basis,
                        from,
                        steps,
                        follow: false,
                        until,
                    };
                    ask_stream!(self, ResultsClient, timeline, asked, usize::MAX, |_, _| {});
                }
            }
        }
    }

    pub(super) async fn happenings(&mut self) {
        let ends = [0, self.night.first, self.end, self.end + 1];
        for from in self.every_entry() {
            for until in ends {
                let asked = v1::HappeningsRequest { from, until };
                ask!(self, LogClient, happenings, asked, |_: Veil, _| {});
            }
        }
    }
}
