import type { State } from "../../fold";
import { codeState, precinctOfCode, type Batch } from "../../fold/desks/codes";
import type { CodeBatch, CodeEvent, CodeWithdrawal, PrecinctId, Redemption, Role } from "../../log/events";
import { isService } from "./authority";
import { enrols } from "./keys";
import { eachOnce, firstOf, given, isAmong, nameOf, needs, refusal, type Refusal, type Signer } from "./refusal";
import { listed } from "./report";

export function admit(state: State, signer: Signer, event: CodeEvent): Refusal | null {
  switch (event.kind) {
    case "Issued":
      return needs(signer, "Registrar") ?? issues(state, signer, event.value);
    case "Redeemed":
      return redeems(state, signer, event.value);
    case "Withdrawn":
      return needs(signer, "Registrar") ?? withdraws(state, event.value);
  }
}

function issues(state: State, { entry }: Signer, { precincts, each, expiresAt }: CodeBatch): Refusal | null {
  const isEmpty = precincts.length === 0 || each === 0;
  if (isEmpty || !eachOnce(precincts) || expiresAt < BigInt(entry.receivedAt)) return refusal("bad-batch");
  return firstOf(precincts, (precinct) => listed(state, precinct));
}

/**
 * The log's own key enrols, within what a registrar allowed: a new key, of a chair of the code's precinct and of no other,
 * once a code, while it is good. Whether the device showed the right code is the server's word.
 */
function redeems(state: State, signer: Signer, { batch: issued, number, enrolment }: Redemption): Refusal | null {
  const wrong = isService(state, signer);
  if (wrong !== null) return wrong;
  const batch = known(state, issued);
  if ("code" in batch) return batch;
  const precinct = precinctOfCode(batch, number);
  if (precinct === null) return refusal("not-in-batch", number);
  const good = codeState(batch, number, signer.entry.receivedAt);
  if (good === "used") return refusal("code-used", number);
  if (good !== "good") return refusal("code-expired", number);
  if (!isChairOf(enrolment.role, precinct)) return refusal("not-in-batch", enrolment.role.kind);
  return enrols(state, signer, enrolment);
}

/** Whether a role is that of a chair of one precinct and of no other. */
function isChairOf(role: Role, precinct: PrecinctId): boolean {
  return role.kind === "Chair" && role.value.length === 1 && isAmong(role.value, precinct);
}

function withdraws(state: State, { batch: issued, precincts, reason }: CodeWithdrawal): Refusal | null {
  const batch = known(state, issued);
  if ("code" in batch) return batch;
  const other = precincts.find((precinct) => !isAmong(batch.issued.what.precincts, precinct));
  return other === undefined ? given(reason, "reason") : refusal("not-in-batch", nameOf(other));
}

function known(state: State, batch: number): Batch | Refusal {
  return state.desks.codes.batch(batch) ?? refusal("no-such-batch", batch);
}
