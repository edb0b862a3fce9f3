import type { State } from "../../fold";
import type { ProposedAct } from "../../fold/desks/authority";
import { equalBytes } from "../../log/bytes";
import { encode } from "../../log/codec";
import { act as actCodec } from "../../log/event/keys";
import type {
  Act,
  ActWithdrawal,
  AuthorityEvent,
  Enrolment,
  Revocation,
  Role,
  Seconding,
  Succession,
} from "../../log/events";
import { enrols, revokes } from "./keys";
import { given, hasCeilings, needs, refusal, samePerson, wrongRole, type Refusal, type Signer } from "./refusal";

const STAFF: readonly Role["kind"][] = ["Registrar", "Operator", "Reviewer", "CorrectionsOfficer"];

export function admit(state: State, signer: Signer, event: AuthorityEvent): Refusal | null {
  if (!hasCeilings(signer)) return refusal("not-in-version", signer.contest.fold);
  switch (event.kind) {
    case "Proposed":
      return needs(signer, "Registrar") ?? mayBe(state, signer, event.value);
    case "Seconded":
      return seconds(state, signer, event.value);
    case "Withdrawn":
      return needs(signer, "Registrar") ?? withdraws(state, event.value);
  }
}

/** A registrar enrols a key alone. */
export function enrolsAlone(state: State, signer: Signer, enrolment: Enrolment): Refusal | null {
  return (
    needs(signer, "Registrar") ?? needsSecond(state, signer, enrolment.role, STAFF) ?? enrols(state, signer, enrolment)
  );
}

/** A registrar withdraws a key alone. Most keys are withdrawn at once: a lost device cannot wait. */
export function revokesAlone(state: State, signer: Signer, revocation: Revocation): Refusal | null {
  const role = state.authors.find(revocation.key)?.role ?? null;
  const second = role && needsSecond(state, signer, role, ["Registrar"]);
  return needs(signer, "Registrar") ?? second ?? revokes(state, revocation);
}

/** The key for the log's own events takes two persons, and where there are two registrars so does what concerns these roles. */
function needsSecond(state: State, signer: Signer, { kind }: Role, ofTwo: readonly Role["kind"][]): Refusal | null {
  if (!hasCeilings(signer)) return null;
  const takesTwo = kind === "Service" || (ofTwo.includes(kind) && state.authors.hasSeveralRegistrars());
  return takesTwo ? refusal("needs-second", kind) : null;
}

/** Whether the state allows an act. */
function mayBe(state: State, signer: Signer, act: Act): Refusal | null {
  switch (act.kind) {
    case "Enrol":
      return act.value.role.kind === "Service" ? refusal("bad-act") : enrols(state, signer, act.value);
    case "Revoke":
      return revokes(state, act.value) ?? given(act.value.reason, "reason");
    case "Succeed":
      return succeeds(state, signer, act.value);
  }
}

function succeeds(state: State, signer: Signer, { enrolment, reason }: Succession): Refusal | null {
  const { log } = signer.contest;
  if (enrolment.role.kind !== "Service" || enrolment.person !== log.origin) return refusal("bad-act");
  if (equalBytes(enrolment.key, log.key)) return refusal("bad-act");
  return enrols(state, signer, enrolment) ?? given(reason, "reason");
}

/** Two persons sign an act, and the state that allows it is that of the second signature. */
function seconds(state: State, signer: Signer, { proposal, act }: Seconding): Refusal | null {
  const several = state.authors.hasSeveralRegistrars();
  const wrong = several ? needs(signer, "Registrar") : needs(signer, "Registrar", "CorrectionsOfficer");
  if (wrong !== null) return wrong;
  const found = waiting(state, proposal);
  if ("code" in found) return found;
  const proposer = state.authors.get(found.proposal.author);
  if (proposer?.person === signer.author.person) return samePerson(proposer.person, proposal);
  if (proposer === null || proposer.revoked !== null) return refusal("proposer-revoked", proposal);
  if (!equalBytes(encode(actCodec, act), found.proposal.said)) return refusal("not-as-proposed", proposal);
  return mayBe(state, signer, act);
}

/** Any registrar may turn a proposal down, and whoever made it may take it back. */
function withdraws(state: State, { proposal, reason }: ActWithdrawal): Refusal | null {
  const found = waiting(state, proposal);
  return "code" in found ? found : given(reason, "reason");
}

function waiting(state: State, entry: number): ProposedAct | Refusal {
  return state.desks.authority.waiting(entry) ?? refusal("no-such-act", entry);
}

/** The log's own events are signed by the contest's service key or, once it has one, by its latest successor. */
export function isService(state: State, { author }: Signer): Refusal | null {
  const service = state.service();
  return service !== null && equalBytes(author.key, service) ? null : wrongRole(author);
}
