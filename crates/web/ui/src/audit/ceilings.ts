import { equalBytes } from "../log/bytes";
import { encode } from "../log/codec";
import { report as reportCodec } from "../log/event/report";
import { files as filesCodec } from "../log/event/values";
import type {
  CaseEvent,
  Contest,
  Correction,
  DecodedEntry,
  Event,
  FileRef,
  ManualEntry,
  PrecinctId,
  Report,
} from "../log/events";
import type { Filed, State } from "../fold";
import { refusal, type Refusal } from "./authority";

/** The first version of a log that has ceilings. */
export const CEILINGS = 3;
/** The most versions of a precinct that one key may file. */
const MOST_VERSIONS = 256;
/** The most files that one event may name. */
const MOST_FILES = 64;
/** The most colleagues whom an entry may name as having typed into it. */
const MOST_HANDS = 4;

/** Whether an event passes none of the ceilings that no one person may pass; `null` if so. */
export function keepsCeilings(state: State, { fold }: Contest, { author, body }: DecodedEntry): Refusal | null {
  const { event } = body;
  if (fold < CEILINGS) return null;
  if (filesOf(event).length > MOST_FILES) return refusal("too-many-files");
  switch (event.kind) {
    case "Reported":
      return saysSomethingNew(state, author, event.value, []);
    case "Entered":
      return typedByOperators(state, author, event.value) ?? saysSomethingNew(state, author, event.value.report, []);
    case "Corrected":
      return saysSomethingNew(state, author, event.value.report, event.value.evidence);
    case "Case":
      return event.value.kind === "Approved" && event.value.value.outcome.kind === "Changed"
        ? hasRoom(state, author, event.value.value.outcome.value.report.precinct)
        : null;
    case "ContestOpened":
    case "CountyListed":
    case "KeyEnrolled":
    case "KeyRevoked":
    case "Released":
    case "ResultsCommitted":
    case "Code":
    case "FilesAdded":
    case "Review":
    case "Inquiry":
    case "Course":
    case "Paper":
    case "Authority":
      return null;
  }
}

/** Every file that an event names, wherever it names it. */
export function filesOf(event: Event): readonly FileRef[] {
  switch (event.kind) {
    case "Reported":
    case "FilesAdded":
      return event.value.files;
    case "Entered":
      return event.value.report.files;
    case "Corrected":
      return ofCorrection(event.value);
    case "Review":
      return event.value.kind === "Decided" && event.value.value.verdict.kind === "Ruled"
        ? event.value.value.verdict.value.evidence
        : [];
    case "Case":
      return ofCase(event.value);
    case "Inquiry":
      return event.value.kind === "Filed" ? event.value.value.files : event.value.value.evidence;
    case "Course":
      return event.value.kind === "Certified" || event.value.kind === "RosterAmended" ? event.value.value.evidence : [];
    case "Paper":
      return event.value.kind === "Read" ? event.value.value.files : [];
    case "ContestOpened":
    case "CountyListed":
    case "KeyEnrolled":
    case "KeyRevoked":
    case "Released":
    case "ResultsCommitted":
    case "Code":
    case "Authority":
      return [];
  }
}

function ofCase(event: CaseEvent): readonly FileRef[] {
  switch (event.kind) {
    case "Opened":
      return event.value.evidence;
    case "Proposed":
    case "Approved": {
      const { outcome } = event.value;
      return outcome.kind === "Changed" ? ofCorrection(outcome.value) : outcome.value.evidence;
    }
    case "Rejected":
    case "Closed":
      return [];
  }
}

function ofCorrection({ report, evidence }: Correction): readonly FileRef[] {
  return [...report.files, ...evidence];
}

function filedBy(state: State, author: Uint8Array, precinct: PrecinctId): Filed | null {
  const [position, known] = [state.roster.position(precinct), state.authors.find(author)];
  return position === null || known === null ? null : state.filings.ofKey(position, known.id);
}

function hasRoom(state: State, author: Uint8Array, precinct: PrecinctId): Refusal | null {
  const versions = filedBy(state, author, precinct)?.versions ?? 0;
  return versions < MOST_VERSIONS
    ? null
    : refusal("too-many-versions", `${precinct.county} ${precinct.number}: ${versions}`);
}

/** Refuses what says again what its author said last, while that is the record and nobody asked to hear it again. */
function saysSomethingNew(
  state: State,
  author: Uint8Array,
  report: Report,
  evidence: readonly FileRef[],
): Refusal | null {
  const refused = hasRoom(state, author, report.precinct);
  const position = state.roster.position(report.precinct);
  const record = position === null ? null : state.counted(position, "Recorded");
  if (refused !== null || record === null || state.desks.entry.assigned(report.precinct) !== null) return refused;
  if (record.entry !== filedBy(state, author, report.precinct)?.latest) return null;
  const shown = record.correction?.evidence ?? [];
  const isSaid =
    equalBytes(encode(reportCodec, record.report), encode(reportCodec, report)) &&
    equalBytes(encode(filesCodec, shown), encode(filesCodec, evidence));
  return isSaid ? refusal("repeats-itself", `${record.entry}`) : null;
}

/** Whoever typed into an entry before it was handed over: few operators, each once, and others than who signs. */
function typedByOperators(state: State, author: Uint8Array, { typedBy }: ManualEntry): Refusal | null {
  if (typedBy.length > MOST_HANDS) return refusal("too-many-hands", `${typedBy.length}`);
  const signer = state.authors.find(author)?.person;
  for (const [place, name] of typedBy.entries()) {
    if (name === signer || typedBy.indexOf(name) !== place) return refusal("hand-twice", name);
    const keys = state.authors.all().filter(({ person }) => person === name);
    if (keys.length === 0) return refusal("unknown-person", name);
    if (!keys.some(({ role, revoked }) => role.kind === "Operator" && revoked === null))
      return refusal("not-an-operator", name);
  }
  return null;
}
