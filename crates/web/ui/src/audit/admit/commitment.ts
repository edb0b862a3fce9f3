import type { State } from "../../fold";
import type { Commitment } from "../../log/events";
import { isService } from "./authority";
import { refusal, type Refusal, type Signer } from "./refusal";

/**
 * Whether the log's own key commits the results of exactly the entries before, and no more of them than is public.
 *
 * Whether root, state and discrepancies are those of the entries is another check.
 */
export function commits(state: State, signer: Signer, commitment: Commitment): Refusal | null {
  const wrong = isService(state, signer);
  if (wrong !== null) return wrong;
  if (commitment.size !== state.size) return refusal("commitment-out-of-turn", commitment.size);
  const fault = faultOf(state, signer, commitment);
  return fault === null ? null : refusal("bad-commitment", fault);
}

function faultOf(state: State, { contest }: Signer, { precincts, basis, audit }: Commitment): string | null {
  if (precincts !== state.roster.precincts) return "precincts";
  if (contest.embargo.kind === "Open") return audit === null ? "audit" : null;
  return basis.kind === "Recorded" || audit !== null ? "embargo" : null;
}
