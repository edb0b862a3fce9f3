import type { Author, State, Version } from "../../fold";
import { isText } from "../../log/codec";
import type { ByGroup, Channel, Contest, Correction, Game, PrecinctId, Report, Sheet } from "../../log/events";
import { correctsAnother, filesAnother } from "./ceilings";
import { firstOf, hasDesks, isAmong, isBlank, nameOf, refusal, wrongRole, type Refusal, type Signer } from "./refusal";

/** The most equivalents that a source may claim for a group, in ten-thousandths. */
const LARGEST_CLAIM = 1_000_000_000n;

export function reports(state: State, signer: Signer, report: Report): Refusal | null {
  return (
    mayReport(signer, report) ??
    openForReports(state) ??
    fits(state, signer.contest, report) ??
    filesAnother(state, signer, report)
  );
}

/** Whether reports are taken now. */
export function openForReports({ desks }: State): Refusal | null {
  const [certified, paused] = [desks.course.certifiedBy(), desks.course.pausedBy()];
  if (certified !== null) return refusal("certified", certified);
  return paused === null ? null : refusal("entry-paused", paused);
}

export function corrects(state: State, signer: Signer, correction: Correction): Refusal | null {
  return (
    mayCorrect(signer, correction) ??
    openForReports(state) ??
    fits(state, signer.contest, correction.report) ??
    replaces(state, signer, correction) ??
    correctsAnother(state, signer, correction)
  );
}

function replaces(state: State, { author }: Signer, { replaces: given, report }: Correction): Refusal | null {
  const position = state.roster.position(report.precinct);
  const record = position === null ? null : state.counted(position, "Recorded");
  return record?.entry === given ? mayReplace(author, record) : refusal("not-the-record", given);
}

/** A chair amends what a chair of the precinct reported. What an operator entered or an officer corrected has other authority behind it. */
function mayReplace({ role }: Author, record: Version): Refusal | null {
  return role.kind === "Chair" && record.author.role.kind !== "Chair" ? refusal("not-a-chairs", record.entry) : null;
}

/** Whether a channel is one by which operators enter. */
export function isByDesk(channel: Channel["kind"]): boolean {
  return channel === "Phone" || channel === "Photo" || channel === "Paper";
}

/**
 * Who may report: an importer in an archive, and nobody else there; elsewhere a chair for its own precincts from its
 * device, and an operator by every other channel. In a log with desks, operators have a form of their own.
 */
function mayReport(signer: Signer, { channel, precinct }: Report): Refusal | null {
  const { author, contest } = signer;
  const { kind } = author.role;
  if (contest.kind.kind === "Archive")
    return kind === "Importer" && channel.kind === "Import" ? null : wrongRole(author);
  if (kind === "Operator" && !hasDesks(signer)) return isByDesk(channel.kind) ? null : wrongRole(author);
  return kind === "Chair" && channel.kind === "App" ? inScope(author, precinct) : wrongRole(author);
}

/**
 * Who may correct: an importer in an archive; elsewhere a chair its own report, and a corrections officer any record, in a
 * log with desks only through a case. Both must explain themselves.
 */
function mayCorrect(signer: Signer, correction: Correction): Refusal | null {
  const { author, contest } = signer;
  const { kind } = author.role;
  if (contest.kind.kind === "Archive") return kind === "Importer" ? null : wrongRole(author);
  if (kind === "CorrectionsOfficer") return hasDesks(signer) ? refusal("needs-a-case") : officer(correction);
  if (kind !== "Chair") return wrongRole(author);
  const isTranscription = correction.kind?.kind === "Transcription";
  return (
    inScope(author, correction.report.precinct) ??
    (isTranscription ? explained(correction.reason, "reason") : refusal("unexplained-correction", "kind"))
  );
}

/** What an officer's correction must say of itself. */
export function officer({ kind, reason, authority, evidence }: Correction): Refusal | null {
  const why = explained(reason, "reason");
  if (why !== null) return why;
  if (evidence.length === 0) return refusal("unexplained-correction", "evidence");
  if (kind === null) return refusal("unexplained-correction", "kind");
  return kind.kind === "Transcription" ? null : explained(authority, "authority");
}

function explained(text: string, what: string): Refusal | null {
  return isBlank(text) ? refusal("unexplained-correction", what) : null;
}

/** A chair is a chair of some precincts; whoever else may, may everywhere. */
export function inScope({ role }: Author, precinct: PrecinctId): Refusal | null {
  const isOwn = role.kind !== "Chair" || isAmong(role.value, precinct);
  return isOwn ? null : refusal("out-of-scope", nameOf(precinct));
}

/** Whether the report is about a precinct and groups of the roster, in figures that a room can have. */
export function fits(state: State, contest: Contest, { precinct, sheet }: Report): Refusal | null {
  return listed(state, precinct) ?? figuresFit(contest, sheet);
}

/** Whether a precinct is in the roster. */
export function listed(state: State, precinct: PrecinctId): Refusal | null {
  return state.roster.position(precinct) === null ? refusal("unknown-precinct", nameOf(precinct)) : null;
}

/** Whether figures are of groups of the roster, and such as a room can have. */
export function figuresFit(contest: Contest, sheet: Sheet): Refusal | null {
  const candidates = contest.candidates.length;
  const people = (figure: number): Refusal | null => within(figure, contest.ruleset.largestRoom);
  const anything = (): null => null;
  return (
    people(sheet.attendance?.people ?? 0) ??
    people(sheet.worksheetThreshold ?? 0) ??
    column(sheet.firstAlignment, candidates, people) ??
    column(sheet.finalAlignment, candidates, people) ??
    column(sheet.awards, candidates, anything) ??
    column(sheet.claimed, candidates, (claim) => within(claim, LARGEST_CLAIM)) ??
    firstOf(sheet.games, (game) => couldBeHeld(game, candidates))
  );
}

function within(figure: number | bigint, limit: number | bigint): Refusal | null {
  return figure > limit ? refusal("figure-too-large", `${figure}`) : null;
}

function column<T>(
  figures: ByGroup<T> | null,
  candidates: number,
  within: (figure: T) => Refusal | null,
): Refusal | null {
  return firstOf(figures ?? [], ([group, figure]) => known(group, candidates) ?? within(figure));
}

function known(group: number, candidates: number): Refusal | null {
  return group > candidates ? refusal("unknown-group", group) : null;
}

function couldBeHeld({ among, winners, delegates, witnesses }: Game, candidates: number): Refusal | null {
  const unknown = firstOf(among, (group) => known(group, candidates));
  if (unknown !== null) return unknown;
  const decides = winners.length === delegates && winners.length > 0 && winners.length < among.length;
  const areAmong = winners.every((winner) => among.includes(winner));
  if (!decides || !areAmong || !isOrdered(among) || !isOrdered(winners)) return refusal("bad-game");
  return witnesses.every(isText) ? null : refusal("bad-name");
}

function isOrdered(groups: readonly number[]): boolean {
  return groups.every((group, at) => at === 0 || group > (groups[at - 1] ?? 0));
}
