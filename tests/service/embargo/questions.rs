//! What there is to ask: of every call, everything that could tell two nights apart.

use tallylog_event::{Channel, CourseEvent, Envelope, Event, FileHash, Hold, ReviewEvent, Signature};
use tallylog_tlog::{BundleId, TileId, TilePath};
use tallylog_wire::v1;
use tallylog_wire::v1::cases_client::CasesClient;
use tallylog_wire::v1::desk_client::DeskClient;
use tallylog_wire::v1::intake_client::IntakeClient;
use tallylog_wire::v1::keys_client::KeysClient;
use tallylog_wire::v1::log_client::LogClient;
use tallylog_wire::v1::moment::At;
use tallylog_wire::v1::receipt_request::Of;
use tallylog_wire::v1::results_client::ResultsClient;
use tallylog_wire::v1::totals_request::Scope;

use super::night::photo;
use super::reader::Reading;
use super::veil::Veil;
use crate::support::{by_channel, corrected, correction, document, file_of, key, request, text};

/// Asks, and keeps what came back.
macro_rules! ask {
    ($reading:ident, $client:ident, $method:ident, $request:expr) => {
        ask!($reading, $client, $method, $request, |veil: Veil, answer| veil
            .position(&mut answer.position))
    };
    ($reading:ident, $client:ident, $method:ident, $request:expr, $veil:expr) => {{
        let request = $request;
        let question = format!("{} {request:?}", stringify!($method));
        let answered = $client::new($reading.service()).$method(request).await;
        $reading.keep(question, answered, $veil);
    }};
}

/// The same of a stream of at most so many messages.
macro_rules! ask_stream {
    ($reading:ident, $client:ident, $method:ident, $request:expr, $most:expr, $veil:expr) => {{
        let request = $request;
        let question = format!("{} {request:?}", stringify!($method));
        let answered = $client::new($reading.service()).$method(request).await;
        $reading.keep_stream(question, answered, $most, $veil).await;
    }};
}

impl Reading<'_> {
    /// Asks everything of a call. Whoever adds a call to the interface says here what the public may ask of it.
    pub(super) async fn call(&mut self, name: &str) {
        match name {
            "Intake.Submit" => self.submit().await,
            "Intake.SubmitMany" => self.submit_many().await,
            "Results.Totals" => self.totals().await,
            "Results.Precinct" => self.precinct().await,
            "Results.Precincts" => self.precincts().await,
            "Results.Figures" => self.figures().await,
            "Results.Discrepancies" => self.discrepancies().await,
            "Results.Roster" => self.roster().await,
            "Results.Timeline" => self.timeline().await,
            "Results.PrecinctProof" => self.precinct_proof().await,
            "Log.Head" => {
                let end = self.end;
                ask!(self, LogClient, head, v1::HeadRequest {}, |veil: Veil, answer| veil
                    .hash(end, &mut answer.last_hash));
            }
            "Log.Entries" => self.entries().await,
            "Log.Subscribe" => self.subscribe().await,
            "Log.Happenings" => self.happenings().await,
            "Log.Checkpoint" => {
                ask!(
                    self,
                    LogClient,
                    checkpoint,
                    v1::CheckpointRequest {},
                    |veil: Veil, answer| {
                        veil.note(&mut answer.note);
                        veil.hash(answer.size, &mut answer.root);
                    }
                );
            }
            "Log.Checkpoints" => self.checkpoints().await,
            "Log.Inclusion" => self.inclusion().await,
            "Log.Consistency" => self.consistency().await,
            "Log.Receipt" => self.receipt().await,
            "Cases.Cases" | "Cases.Inquiries" | "Cases.PaperAudit" | "Cases.Releases" | "Cases.Course" => {
                self.moments_of(name).await;
            }
            "Cases.Case" => {
                for entry in self.every_entry() {
                    ask!(self, CasesClient, case, v1::CaseRequest { entry, moment: None });
                }
            }
            "Cases.Effect" => {
                let body = self.guess().body;
                ask!(self, CasesClient, effect, v1::EffectRequest { body });
            }
            "Cases.Files" => self.files().await,
            "Cases.ReleasePreview" => {
                for key in [Vec::new(), self.guess().author.0.to_vec()] {
                    ask!(self, CasesClient, release_preview, v1::ReleasePreviewRequest { key });
                }
            }
            name if name.starts_with("Desk.") => self.desk(name).await,
            name if name.starts_with("Keys.") => self.keys(name).await,
            other => unreachable!("nobody has said what the public may ask of {other}"),
        }
    }

    async fn files(&mut self) {
        for (county, precinct) in self.places() {
            for missing in [false, true] {
                let (county, precinct) = (county.clone(), precinct.clone());
                let asked = v1::FilesRequest {
                    county,
                    precinct,
                    missing,
                };
                ask!(self, CasesClient, files, asked, |veil: Veil, answer| veil
                    .position(&mut answer.position));
            }
        }
    }

    /// Asks everything at a path. Whoever adds one says here what the public finds there.
    pub(super) async fn path(&mut self, route: &str) {
        match route {
            "/checkpoint" => {
                self.get(route.to_owned(), |veil, body| {
                    veil.note(body);
                })
                .await;
            }
            // Which checkpoints were signed is a matter of time.
            "/checkpoints" => self.get(route.to_owned(), |_, body| body.clear()).await,
            "/policy" | "/log-key" => self.get(route.to_owned(), |_, _| {}).await,
            "/tile/{*path}" => self.tiles().await,
            "/shown/{size}/{from}" => {
                let entries: Vec<_> = self.every_entry().collect();
                let asked = entries.iter().flat_map(|entry| [(self.end, *entry), (*entry, 0)]);
                for (size, from) in asked.collect::<Vec<_>>() {
                    let path = format!("/shown/{size}/{from}");
                    self.get(path, move |veil, body| veil.shown(from, body)).await;
                }
            }
            "/" | "/timeline" | "/precinct" | "/log" | "/log/checkpoints" | "/log/keys" | "/verify" => {
                self.get(route.to_owned(), |_, _| {}).await;
            }
            "/precinct/{county}" => self.get("/precinct/Polk".to_owned(), |_, _| {}).await,
            "/precinct/{county}/{precinct}" => self.get("/precinct/Polk/1".to_owned(), |_, _| {}).await,
            "/assets/{*name}" => self.get("/assets/none".to_owned(), |_, _| {}).await,
            // What a report that is kept back names, what an inquiry that is kept back names, and what nothing names.
            "/file/{hash}" => {
                for hash in [file_of(&photo()).hash, document().hash, FileHash([9; 32])] {
                    self.get(format!("/file/{hash}"), |_, _| {}).await;
                }
            }
            other => unreachable!("nobody has said what the public finds at {other}"),
        }
    }

    /// The awaited report, as whoever knows everything about it but its author's key would guess it.
    fn guess(&self) -> Envelope {
        let mut guess = self.night.kept[0].clone();
        guess.signature = Signature([7; 64].map(|byte: u8| byte));
        guess
    }

    pub(super) fn every_entry(&self) -> std::ops::Range<u64> {
        0..self.end + 1
    }

    /// Now, both releases, every size around what is kept back, and a time.
    pub(super) fn moments(&self) -> Vec<Option<v1::Moment>> {
        let sizes = (self.night.first - 1..=self.end + 1).map(At::Size);
        let releases = ["first", "second", "third"].map(|name| At::Release(name.to_owned()));
        let times = [0, 1_833_584_400_000 + 60_000 * (self.night.first + 2), u64::MAX].map(At::TimeMs);
        let named = sizes.chain(releases).chain(times);
        std::iter::once(None)
            .chain(named.map(|at| Some(v1::Moment { at: Some(at) })))
            .collect()
    }

    pub(super) fn counties(&self) -> Vec<String> {
        let counties = self.night.served.night.counties.iter();
        counties.map(|county| county.name.to_string()).collect()
    }

    fn places(&self) -> Vec<(String, String)> {
        let counties = self.night.served.night.counties.iter();
        let places = counties.flat_map(|county| {
            let precincts = county.precincts.iter();
            precincts.map(|precinct| (county.name.to_string(), precinct.name.to_string()))
        });
        places.collect()
    }

    async fn totals(&mut self) {
        let counties = self.counties().into_iter().map(|name| Some(Scope::County(name)));
        let districts = (1..=4).map(|number| Some(Scope::District(number)));
        let scopes: Vec<_> = std::iter::once(None).chain(counties).chain(districts).collect();
        for moment in self.moments() {
            for basis in 0..3 {
                for scope in &scopes {
                    let (moment, scope) = (moment.clone(), scope.clone());
                    ask!(self, ResultsClient, totals, v1::TotalsRequest { moment, basis, scope });
                }
            }
        }
    }

    async fn precinct(&mut self) {
        for (county, precinct) in self.places() {
            for moment in self.moments() {
                let (county, precinct) = (county.clone(), precinct.clone());
                ask!(
                    self,
                    ResultsClient,
                    precinct,
                    v1::PrecinctRequest {
                        county,
                        precinct,
                        moment,
                        before: 0
                    }
                );
            }
        }
    }

    async fn precincts(&mut self) {
        for moment in self.moments() {
            for state in 0..7 {
                let (moment, county) = (moment.clone(), String::new());
                ask!(
                    self,
                    ResultsClient,
                    precincts,
                    v1::PrecinctsRequest { state, county, moment }
                );
            }
        }
    }

    async fn discrepancies(&mut self) {
        let counties: Vec<_> = std::iter::once(String::new()).chain(self.counties()).collect();
        for moment in self.moments() {
            for county in counties.clone() {
                let moment = moment.clone();
                ask!(
                    self,
                    ResultsClient,
                    discrepancies,
                    v1::DiscrepanciesRequest {
                        moment,
                        county,
                        ..v1::DiscrepanciesRequest::default()
                    }
                );
            }
        }
    }

    async fn precinct_proof(&mut self) {
        for release in ["", "first", "second", "third"] {
            for (county, precinct) in self.places() {
                let asked = v1::PrecinctProofRequest {
                    county,
                    precinct,
                    release: release.to_owned(),
                    fresh: false,
                };
                // The proof in the results tree stays as it is: it is of what was released.
                ask!(self, ResultsClient, precinct_proof, asked, |veil: Veil, answer| {
                    let size = veil.note(&mut answer.note);
                    veil.proven(size, &mut answer.commitment);
                    veil.proven(size, &mut answer.counted);
                });
            }
        }
    }

    async fn entries(&mut self) {
        let single = self.every_entry().map(|from| (from, from + 1));
        let open = self.every_entry().map(|from| (from, 0));
        let whole = [(0, self.end), (0, self.end + 1), (self.night.first, self.end)];
        for (from, until) in single.chain(open).chain(whole).collect::<Vec<_>>() {
            let asked = v1::EntriesRequest { from, until };
            ask_stream!(self, LogClient, entries, asked, usize::MAX, |veil: Veil, answer| veil
                .entry(&mut answer.bytes));
        }
    }

    /// A subscription has no end: it is read as far as it must come. That it comes no further is tested by itself.
    async fn subscribe(&mut self) {
        let head = LogClient::new(self.service()).head(v1::HeadRequest {}).await;
        let public = usize::try_from(head.unwrap().into_inner().public_size).unwrap();
        let asked = v1::SubscribeRequest { from: 0 };
        ask_stream!(self, LogClient, subscribe, asked, public, |veil: Veil, answer| veil
            .entry(&mut answer.bytes));
        let beyond = v1::SubscribeRequest { from: self.end + 1 };
        ask_stream!(self, LogClient, subscribe, beyond, 1, |_, _| {});
    }

    async fn checkpoints(&mut self) {
        // Which checkpoints were signed is a matter of time.
        let asked = v1::CheckpointsRequest { from: self.end };
        ask_stream!(self, LogClient, checkpoints, asked, 1, |veil: Veil, answer| {
            veil.note(&mut answer.note);
        });
    }

    async fn inclusion(&mut self) {
        let size = self.end;
        for entry in self.every_entry() {
            ask!(
                self,
                LogClient,
                inclusion,
                v1::InclusionRequest { entry, size },
                |veil: Veil, answer| {
                    veil.hash(size, &mut answer.root);
                    veil.hash(answer.entry + 1, &mut answer.leaf_hash);
                    veil.path(size, &mut answer.path);
                }
            );
        }
    }

    async fn consistency(&mut self) {
        let new = self.end;
        for old in self.every_entry() {
            ask!(
                self,
                LogClient,
                consistency,
                v1::ConsistencyRequest { old, new },
                |veil: Veil, answer| {
                    veil.hash(answer.old, &mut answer.old_root);
                    veil.hash(answer.new, &mut answer.new_root);
                    veil.path(answer.new, &mut answer.path);
                }
            );
        }
    }

    async fn receipt(&mut self) {
        let entries = self.every_entry().map(Of::Entry);
        // Whoever guesses the whole report has yet to guess its id.
        let author = self.guess().author.0.to_vec();
        let guesses = [0, 1, 0xA5].map(|byte| {
            Of::Submission(v1::Submission {
                author: author.clone(),
                id: vec![byte; 16],
            })
        });
        for of in entries.chain(guesses).collect::<Vec<_>>() {
            let asked = v1::ReceiptRequest {
                of: Some(of),
                wait: false,
            };
            ask!(self, LogClient, receipt, asked, |veil: Veil, answer| veil
                .receipt(&mut answer.proof));
        }
    }

    async fn moments_of(&mut self, name: &str) {
        for moment in self.moments() {
            match name {
                "Cases.Cases" => ask!(
                    self,
                    CasesClient,
                    cases,
                    v1::CasesRequest {
                        moment,
                        ..Default::default()
                    }
                ),
                "Cases.Inquiries" => ask!(
                    self,
                    CasesClient,
                    inquiries,
                    v1::InquiriesRequest {
                        moment,
                        ..Default::default()
                    }
                ),
                "Cases.PaperAudit" => ask!(
                    self,
                    CasesClient,
                    paper_audit,
                    v1::PaperAuditRequest {
                        moment,
                        ..Default::default()
                    }
                ),
                "Cases.Releases" => ask!(self, CasesClient, releases, v1::ReleasesRequest { moment }),
                _ => ask!(self, CasesClient, course, v1::CourseRequest { moment }),
            }
        }
    }

    /// Sends what a stranger could: what the log says to it must not depend on what others reported.
    fn tries(&self) -> Vec<v1::SubmitRequest> {
        let served = &self.night.served;
        let precinct = self.night.precinct;
        let sheet = &served.night.sheets[&precinct];
        let pen = &served.pen;
        let events = [
            by_channel(precinct, sheet, Channel::App),
            by_channel(precinct, sheet, Channel::Phone),
            corrected(correction(self.night.first, precinct, sheet)),
            Event::Review(ReviewEvent::Held(Box::new(Hold {
                precinct,
                reason: text("why not"),
            }))),
            Event::Course(CourseEvent::Paused(text("why not"))),
        ];
        let release = |key| request(&pen.release(key, "third", &[self.night.first]));
        let by = |key| events.clone().map(|event| request(&pen.sign(key, event)));
        let (stranger, observer) = (key(99), &self.night.observer);
        let mut tries: Vec<_> = by(&stranger).into_iter().chain(by(observer)).collect();
        tries.extend([release(&stranger), release(observer), request(&self.guess())]);
        tries
    }

    async fn submit(&mut self) {
        for sent in self.tries() {
            ask!(self, IntakeClient, submit, sent, |_, _| {});
        }
    }

    async fn submit_many(&mut self) {
        let sent = self.tries();
        let question = format!("submit_many {sent:?}");
        let answered = IntakeClient::new(self.service())
            .submit_many(tokio_stream::iter(sent))
            .await;
        self.keep_stream(question, answered, usize::MAX, |_, _| {}).await;
    }

    /// All of the desks' is for staff.
    async fn desk(&mut self, name: &str) {
        let (county, precinct) = self.places().swap_remove(0);
        match name {
            "Desk.Find" => ask!(self, DeskClient, find, v1::FindRequest::default()),
            "Desk.Claim" => ask!(
                self,
                DeskClient,
                claim,
                v1::ClaimRequest { county, precinct },
                |_, _| {}
            ),
            "Desk.Unclaim" => ask!(
                self,
                DeskClient,
                unclaim,
                v1::UnclaimRequest {
                    county,
                    precinct,
                    done: false
                },
                |_, _| {}
            ),
            "Desk.SaveDraft" => {
                let asked = v1::SaveDraftRequest {
                    county,
                    precinct,
                    ..Default::default()
                };
                ask!(self, DeskClient, save_draft, asked, |_, _| {});
            }
            "Desk.LoadDraft" => ask!(
                self,
                DeskClient,
                load_draft,
                v1::LoadDraftRequest { county, precinct },
                |_, _| {}
            ),
            "Desk.HandOver" => {
                let asked = v1::HandOverRequest {
                    county,
                    precinct,
                    ..Default::default()
                };
                ask!(self, DeskClient, hand_over, asked, |_, _| {});
            }
            "Desk.Differences" => ask!(
                self,
                DeskClient,
                differences,
                v1::DifferencesRequest { county, precinct }
            ),
            "Desk.Decisions" => ask!(self, DeskClient, decisions, v1::DecisionsRequest { county, precinct }),
            "Desk.Queue" => ask!(self, DeskClient, queue, v1::QueueRequest::default()),
            "Desk.Own" => ask!(self, DeskClient, own, v1::OwnRequest::default(), |_, _| {}),
            "Desk.Outstanding" => ask!(self, DeskClient, outstanding, v1::OutstandingRequest::default()),
            "Desk.NoteCall" => ask!(self, DeskClient, note_call, v1::NoteCallRequest::default(), |_, _| {}),
            "Desk.WritePhones" => ask!(
                self,
                DeskClient,
                write_phones,
                v1::WritePhonesRequest::default(),
                |_, _| {}
            ),
            other => unreachable!("nobody has said what the public may ask of {other}"),
        }
    }

    async fn keys(&mut self, name: &str) {
        match name {
            "Keys.Codes" => ask!(self, KeysClient, codes, v1::CodesRequest::default()),
            // A log without a secret has no codes.
            "Keys.Redeem" => ask!(self, KeysClient, redeem, v1::RedeemRequest::default(), |_, _| {}),
            "Keys.People" => ask!(self, KeysClient, people, v1::PeopleRequest {}),
            "Keys.Progress" => ask!(self, KeysClient, progress, v1::ProgressRequest::default()),
            other => unreachable!("nobody has said what the public may ask of {other}"),
        }
    }

    async fn tiles(&mut self) {
        let widest = u16::try_from(self.end + 1).unwrap();
        for width in 1..=widest {
            let id = TileId::new(0, 0, width).unwrap();
            let path = format!("/{}", TilePath::Tile(id));
            self.get(path, |veil, body| veil.tile(0, body)).await;
            let id = BundleId::new(0, width).unwrap();
            let path = format!("/{}", TilePath::Bundle(id));
            self.get(path, move |veil, body| veil.bundle(id, body)).await;
        }
        self.get("/tile/1/000.p/1".to_owned(), |veil, body| veil.tile(1, body))
            .await;
    }
}
