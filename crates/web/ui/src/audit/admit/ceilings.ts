import type { Filed, State } from "../../fold";
import { equalBytes } from "../../log/bytes";
import { encode } from "../../log/codec";
import { report as reportCodec } from "../../log/event/report";
import { files as filesCodec } from "../../log/event/values";
import type { CaseEvent, Correction, Event, FileRef, PrecinctId, Report } from "../../log/events";
import { isKnown } from "./entered";
import { hasCeilings, nameOf, refusal, type Refusal, type Signer } from "./refusal";

/** The most versions of a precinct that one key may file. */
const MOST_VERSIONS = 256;
/** The most files that one event may name. */
const MOST_FILES = 64;
/** The most colleagues whom an entry may name as having typed into it. */
const MOST_HANDS = 4;

/** Whether an event names too many files, of whatever kind it is and wherever it names them. */
export function namesFewFiles(signer: Signer, event: Event): Refusal | null {
  return hasCeilings(signer) && filesOf(event).length > MOST_FILES ? refusal("too-many-files") : null;
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

/** Whether the signer may report, or enter, a precinct once more. */
export function filesAnother(state: State, signer: Signer, report: Report): Refusal | null {
  return hasRoom(state, signer, report.precinct) ?? saysSomethingNew(state, signer, report, []);
}

/** Whether the signer may correct a precinct once more. */
export function correctsAnother(state: State, signer: Signer, { report, evidence }: Correction): Refusal | null {
  return hasRoom(state, signer, report.precinct) ?? saysSomethingNew(state, signer, report, evidence);
}

/** Whether the signer has filed fewer versions of a precinct than one key may, whatever became of them. */
export function hasRoom(state: State, signer: Signer, precinct: PrecinctId): Refusal | null {
  const versions = filed(state, signer, precinct)?.versions ?? 0;
  return hasCeilings(signer) && versions >= MOST_VERSIONS ? refusal("too-many-versions", nameOf(precinct)) : null;
}

function filed(state: State, { author }: Signer, precinct: PrecinctId): Filed | null {
  const position = state.roster.position(precinct);
  return position === null ? null : state.filings.ofKey(position, author.id);
}

/** Refuses what says again what the signer said last, while that is the record and nobody asked to hear it again. */
function saysSomethingNew(state: State, signer: Signer, report: Report, evidence: readonly FileRef[]): Refusal | null {
  if (!hasCeilings(signer) || state.desks.entry.assigned(report.precinct) !== null) return null;
  const position = state.roster.position(report.precinct);
  const record = position === null ? null : state.counted(position, "Recorded");
  if (record === null || record.entry !== filed(state, signer, report.precinct)?.latest) return null;
  const isSaid =
    equalBytes(encode(reportCodec, record.report), encode(reportCodec, report)) &&
    equalBytes(encode(filesCodec, record.correction?.evidence ?? []), encode(filesCodec, evidence));
  return isSaid ? refusal("repeats-itself", record.entry) : null;
}

/** Whether an entry may name these as having typed into it: few operators, each once, and others than who signs. */
export function typedByOperators(state: State, person: string, typedBy: readonly string[]): Refusal | null {
  if (typedBy.length > MOST_HANDS) return refusal("too-many-hands", typedBy.length);
  for (const [place, name] of typedBy.entries()) {
    if (name === person || typedBy.indexOf(name) !== place) return refusal("hand-twice", name);
    const unknown = isKnown(state, name);
    if (unknown !== null) return unknown;
    if (!isOperator(state, name)) return refusal("not-an-operator", name);
  }
  return null;
}

/** Whether a person has an operator's key that was not revoked. */
function isOperator({ authors }: State, name: string): boolean {
  const keys = authors.all().filter(({ person }) => person === name);
  return keys.some(({ role, revoked }) => role.kind === "Operator" && revoked === null);
}
