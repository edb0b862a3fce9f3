import { sha256 } from "@noble/hashes/sha2.js";
import type { State } from "../fold";
import type { Spot } from "../fold/roster";
import { toBase64 } from "../log/base64";
import { equalBytes } from "../log/bytes";
import type { PrecinctId } from "../log/events";
import { toHex } from "../log/hex";
import type { Roots } from "./roots";

const utf8 = new TextEncoder();

/** Precincts in the order of their tickets, as a stranger draws them with `sha256sum`. */
export function drawAnnounced(roster: readonly Spot[], dice: string, root: Uint8Array): readonly PrecinctId[] {
  const ticketed = roster.map(({ id, county, precinct }) => {
    const lines = ["tallylog/sample/v2", toBase64(root), dice, county.name, precinct.name];
    return { id, ticket: toHex(sha256(utf8.encode(lines.map((line) => `${line}\n`).join("")))) };
  });
  return ticketed.sort((one, other) => (one.ticket < other.ticket ? -1 : 1)).map(({ id }) => id);
}

/** The samples that were not announced and name a checkpoint that the log never had: their precincts could be chosen. */
export function foreignSamples(state: State, roots: Roots): readonly number[] {
  const foreign = state.desks.paper.unannounced().filter(({ what }) => {
    const root = roots.at(Number(what.size));
    return root === null || !equalBytes(root, what.root);
  });
  return foreign.map(({ entry }) => entry);
}
