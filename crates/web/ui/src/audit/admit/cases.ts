import type { State, Version } from "../../fold";
import { precinctOf, waitingIn, type CaseFile, type Proposed } from "../../fold/desks/cases";
import { equalBytes } from "../../log/bytes";
import { encode } from "../../log/codec";
import { caseOutcome } from "../../log/event/desks";
import type {
  Approval,
  Case,
  CaseEvent,
  CaseOutcome,
  Closing,
  Correction,
  Proposal,
  Rejection,
  Unchanged,
} from "../../log/events";
import { hasRoom } from "./ceilings";
import {
  eachOnce,
  firstOf,
  given,
  isAmong,
  nameOf,
  needs,
  refusal,
  samePerson,
  shown,
  type Refusal,
  type Signer,
} from "./refusal";
import { fits, listed, officer } from "./report";

export function admit(state: State, signer: Signer, event: CaseEvent): Refusal | null {
  return needs(signer, "CorrectionsOfficer") ?? about(state, signer, event);
}

function about(state: State, signer: Signer, event: CaseEvent): Refusal | null {
  switch (event.kind) {
    case "Opened":
      return opens(state, event.value);
    case "Proposed":
      return proposes(state, signer, event.value);
    case "Approved":
      return approves(state, signer, event.value);
    case "Rejected":
      return rejects(state, event.value);
    case "Closed":
      return closes(state, event.value);
  }
}

function opens(state: State, what: Case): Refusal | null {
  const fault = faultOf(what);
  if (fault !== null) return refusal("bad-case", fault);
  const needsNoAuthority = what.stage.kind === "Correction" && what.kind.kind === "Transcription";
  return (
    firstOf(what.precincts, (precinct) => listed(state, precinct)) ??
    given(what.requestedBy, "requested by") ??
    given(what.reason, "reason") ??
    shown(what.evidence, "evidence") ??
    (needsNoAuthority ? null : given(what.authority, "authority"))
  );
}

/** Rule: figures of people change by a recount of the preference cards alone. */
function faultOf({ precincts, stage, kind }: Case): string | null {
  if (precincts.length === 0) return "no precinct";
  if (!eachOnce(precincts)) return "a precinct twice";
  if (precincts.length > 1 && stage.kind === "Correction") return "several precincts";
  return kind.kind === "HeadCount" && stage.kind !== "Recount" ? "head count" : null;
}

function proposes(state: State, signer: Signer, { case: entry, outcome }: Proposal): Refusal | null {
  const file = state.isWithheld(entry) ? null : openCase(state, entry);
  if (file !== null && "code" in file) return file;
  const precinct = precinctOf(outcome);
  if (file !== null && !isAmong(file.opened.what.precincts, precinct)) return refusal("not-in-case", nameOf(precinct));
  const waiting = state.desks.cases.waitingFor(precinct);
  if (waiting !== null) return refusal("proposal-open", waiting.proposal.entry);
  const record = recordOf(state, outcome);
  if ("code" in record) return record;
  return outcome.kind === "Changed"
    ? changes(state, signer, file?.opened.what ?? null, outcome.value)
    : stands(outcome.value);
}

/**
 * Whether a correction is one of its case. That is `null` where whoever reads the log is not shown it: a case of several
 * precincts stays withheld until all of them are released.
 */
function changes(state: State, signer: Signer, what: Case | null, correction: Correction): Refusal | null {
  const isOfCase =
    what === null || (correction.kind?.kind === what.kind.kind && correction.authority === what.authority);
  if (!isOfCase) return refusal("not-the-kind");
  return officer(correction) ?? fits(state, signer.contest, correction.report);
}

function stands({ findings, evidence }: Unchanged): Refusal | null {
  return given(findings, "findings") ?? shown(evidence, "evidence");
}

/** The record that an outcome speaks of, which may have moved since it was proposed. */
function recordOf(state: State, outcome: CaseOutcome): Version | Refusal {
  const named = outcome.kind === "Changed" ? outcome.value.replaces : outcome.value.record;
  const position = state.roster.position(precinctOf(outcome));
  const record = position === null ? null : state.counted(position, "Recorded");
  return record?.entry === named ? record : refusal("not-the-record", named);
}

/**
 * Two persons change a record: whoever approves proposed nothing here, and typed nothing of what is replaced.
 *
 * Whoever only proposed what is replaced may approve: two officers are enough, however often a precinct is corrected.
 */
function approves(state: State, signer: Signer, { proposal, outcome, notice }: Approval): Refusal | null {
  const proposed = openProposal(state, proposal);
  if ("code" in proposed) return proposed;
  const { person } = signer.author;
  if (state.authors.get(proposed.proposal.author)?.person === person) return samePerson(person, proposal);
  const isAsProposed = equalBytes(encode(caseOutcome, outcome), encode(caseOutcome, proposed.proposal.what.outcome));
  if (!isAsProposed) return refusal("not-as-proposed", proposal);
  const record = recordOf(state, outcome);
  if ("code" in record) return record;
  const isInACase = state.desks.cases.proposerOf(record.entry) !== null;
  const onlyProposed = isInACase && record.author.person !== person;
  if (!onlyProposed && state.typists(record).includes(person)) return samePerson(person, record.entry);
  const full = outcome.kind === "Changed" ? hasRoom(state, signer, outcome.value.report.precinct) : null;
  return full ?? given(notice, "notice");
}

/** Any officer may turn a proposal down, and whoever made it may take it back. */
function rejects(state: State, { proposal, reason }: Rejection): Refusal | null {
  const proposed = openProposal(state, proposal);
  return "code" in proposed ? proposed : given(reason, "reason");
}

function closes(state: State, { case: entry, notice }: Closing): Refusal | null {
  const file = openCase(state, entry);
  if ("code" in file) return file;
  const [waiting] = waitingIn(file.proposals);
  return waiting === undefined ? given(notice, "notice") : refusal("proposal-open", waiting.proposal.entry);
}

function openCase(state: State, entry: number): CaseFile | Refusal {
  return state.desks.cases.openCase(entry) ?? refusal("no-such-case", entry);
}

function openProposal(state: State, entry: number): Proposed | Refusal {
  return state.desks.cases.openProposal(entry) ?? refusal("no-such-proposal", entry);
}
