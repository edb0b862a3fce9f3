import { equalBytes } from "../log/bytes";
import { encode } from "../log/codec";
import type { Contest, Sheet, Subject } from "../log/events";
import { sheet as sheetCodec } from "../log/event/report";
import type { Counted } from "./counted";
import { sheetOf, sources, type History, type Version } from "./history";
import { placeOf, type Spot } from "./roster";
import { checkSheet, differ, isStale } from "./rules/check";
import { severityOf, type Code, type Severity } from "./rules/codes";
import type { State } from "./state";

/** What was found. */
export interface Found {
  readonly code: Code;
  readonly severity: Severity;
  /** The version that it is about, or the county as a whole. */
  readonly subject: Subject;
  /** The position in roster order; `null` where it is about the county as a whole. */
  readonly position: number | null;
  readonly county: number;
  /** Whether the rules found it by what the roster says of delegates. */
  readonly restsOnRoster: boolean;
  /** The precincts whose later versions end a decision about it. */
  readonly others: readonly number[];
  /** The other of two sources that differ. */
  readonly source: number | null;
}

/** A precinct with what was said of it. */
interface Desk {
  readonly counted: Counted;
  readonly contest: Contest;
  readonly spot: Spot;
  readonly position: number;
}

const V26 = 26;
const V29 = 29;
const V30 = 30;
const V31 = 31;

/** Everything that stands on a precinct by itself. What a later entry took the cause of away is not listed. */
export function checkRecord(counted: Counted, position: number): readonly Found[] {
  const { state } = counted;
  const [contest, spot, history] = [state.contest, state.roster.at(position), state.histories[position]];
  const record = history?.record();
  if (!contest || !spot || !history || !record) return [];
  const desk: Desk = { counted, contest, spot, position };
  const found = findings(desk, record);
  return history.versions.length > 1 ? [...found, ...ofHistory(desk, history)] : found;
}

function found({ spot, position }: Desk, version: Version, code: Code, severity: Severity = severityOf(code)): Found {
  return {
    code,
    severity,
    subject: { kind: "Entry", value: version.entry },
    position,
    county: spot.id.county,
    restsOnRoster: code !== V29 && code !== V30 && code !== V31,
    others: [],
    source: null,
  };
}

function findings(desk: Desk, record: Version): readonly Found[] {
  const { contest, counted, spot } = desk;
  const sheet = sheetOf(record);
  const against = {
    rules: contest.ruleset,
    place: placeOf(spot),
    ratio: counted.ratio(spot, sheet),
    groups: contest.candidates.length,
  };
  return checkSheet(against, sheet).map(({ code, severity }) => found(desk, record, code, severity));
}

/** V29, V26 and V30. What was set aside is no source beside the others and was revised by nobody. */
function ofHistory(desk: Desk, history: History): readonly Found[] {
  const told = history.standing();
  const explained = told.findLastIndex((version) => version.correction !== null && isExplained(desk, version));
  // A revision that nobody explained stays one, whatever is sent after it: only an explained correction resolves it.
  const revised = told.flatMap((now, at) => {
    const before = at < explained ? null : revisedBy(told, at);
    return before === null ? [] : ofRevision(desk, before, now);
  });
  return [...disagreements(desk, told), ...revised];
}

/** V29: the record, against the latest of every other device that stands beside it. */
function disagreements(desk: Desk, told: readonly Version[]): readonly Found[] {
  const now = told.at(-1);
  if (now === undefined || now.correction !== null) return [];
  const others = sources(told).filter((version) => version !== now);
  const differing = others.filter((version) => differ(sheetOf(now), sheetOf(version)));
  return differing.map(({ entry }) => ({ ...found(desk, now, V29), source: entry }));
}

/** What a version revises: the record before a correction, or the same device's report before. */
function revisedBy(told: readonly Version[], at: number): Version | null {
  const now = told[at];
  const earlier = told.slice(0, at);
  if (now === undefined) return null;
  if (now.correction !== null) return earlier.at(-1) ?? null;
  return earlier.findLast(({ author }) => author.id === now.author.id) ?? null;
}

function ofRevision(desk: Desk, before: Version, now: Version): readonly Found[] {
  const [old, anew] = [sheetOf(before), sheetOf(now)];
  const stale = isStale(desk.contest.ruleset, placeOf(desk.spot), old, anew) ? [found(desk, now, V26)] : [];
  const saysTheSame = now.correction === null && same(old, anew);
  return saysTheSame || isExplained(desk, now) ? stale : [...stale, found(desk, now, V30)];
}

/** Whether the same was written down, zeros and games of chance too. */
function same(one: Sheet, other: Sheet): boolean {
  return equalBytes(encode(sheetCodec, one), encode(sheetCodec, other));
}

/** Whether a revision has a kind, a reason and a document, which may come after it: nothing waits for a photo. */
function isExplained({ counted, spot }: Desk, { correction, entry }: Version): boolean {
  if (correction === null) return false;
  const isDocumented =
    correction.evidence.length > 0 ||
    correction.report.files.length > 0 ||
    counted.state.desks.entry.hasFilesSince(spot.id, entry);
  return correction.kind !== null && correction.reason.trim() !== "" && isDocumented;
}

const FIRST_WITH_TWO_OFFICERS = 2;

/**
 * Whether two persons gave the figures of the record, neither with a hand in what the other gave, and no device gives
 * others. What an officer corrects in a log with desks, another proposed.
 */
export function isConfirmed(state: State, history: History): boolean {
  const record = history.record();
  if (record === null) return false;
  const devices = sources(history.standing());
  const byOfficer = record.correction !== null && record.author.role.kind === "CorrectionsOfficer";
  if (byOfficer && (state.contest?.fold ?? 0) >= FIRST_WITH_TWO_OFFICERS && devices.length === 1) return true;
  const hands = state.typists(record);
  const byOthers = (version: Version): boolean => state.typists(version).every((hand) => !hands.includes(hand));
  if (!devices.some(byOthers)) return false;
  return devices.every((other) => other.entry === record.entry || !differ(sheetOf(record), sheetOf(other)));
}
