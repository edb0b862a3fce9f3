import { sha256 } from "@noble/hashes/sha2.js";
import { encode, list, struct, text, u32, type Of } from "../log/codec";
import { basis } from "../log/event/body";
import { node as nodeCodec } from "../log/event/results";
import { contestId } from "../log/event/values";
import type { Counts, GroupFigures, Leaf, Node, Sums } from "../log/events";

/** The largest figure that a node holds. */
export const LARGEST = (1n << 64n) - 1n;

const utf8 = new TextEncoder();
const CONTEXTS = {
  leaf: utf8.encode("tallylog/results-leaf/v1\0"),
  node: utf8.encode("tallylog/results-node/v1\0"),
  root: utf8.encode("tallylog/results-root/v1\0"),
  signed: utf8.encode("tallylog/results-signed/v1\0"),
} as const;
const NO_FIGURES: GroupFigures = { firstAlignment: 0n, finalAlignment: 0n, delegates: 0n, equivalents: 0n };
const NO_COUNTS: Counts = { counted: 0n, held: 0n, confirmed: 0n, released: 0n, current: 0n, corrected: 0n };

/** What a root is about, besides the node at the top. */
const about = struct({ contest: contestId, basis, groups: list(text), precincts: u32 });

/** Adds two figures, and says what becomes of a sum that is larger than the largest. */
export type Plus = (one: bigint, other: bigint) => bigint;

/** The hash over a context of the results tree and what follows it. */
export function digest(context: keyof typeof CONTEXTS, ...parts: readonly Uint8Array[]): Uint8Array {
  const hash = sha256.create().update(CONTEXTS[context]);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The root of a tree with this node at its top. */
export function rootOf(of: Of<typeof about>, top: Node): Uint8Array {
  return digest("root", encode(about, of), encode(nodeCodec, top));
}

/** The sums over no precinct. */
export function noSums(groups: number): Sums {
  return { precincts: NO_COUNTS, groups: new Array<GroupFigures>(groups).fill(NO_FIGURES) };
}

/** The sums over one precinct. */
export function sumsOf({ tally }: Leaf, groups: number): Sums {
  if (!tally) return noSums(groups);
  const one = (flag: boolean) => (flag ? 1n : 0n);
  const { held, confirmed, released, current, corrected } = tally.standing;
  const precincts = {
    counted: 1n,
    held: one(held),
    confirmed: one(confirmed),
    released: one(released),
    current: one(current),
    corrected: one(corrected),
  };
  return { precincts, groups: tally.groups };
}

/** The sums over the precincts of both. */
export function add(one: Sums, other: Sums, plus: Plus): Sums {
  const [these, those] = [one.precincts, other.precincts];
  return {
    precincts: {
      counted: plus(these.counted, those.counted),
      held: plus(these.held, those.held),
      confirmed: plus(these.confirmed, those.confirmed),
      released: plus(these.released, those.released),
      current: plus(these.current, those.current),
      corrected: plus(these.corrected, those.corrected),
    },
    groups: one.groups.map((line, at) => addFigures(line, other.groups[at] ?? NO_FIGURES, plus)),
  };
}

function addFigures(one: GroupFigures, other: GroupFigures, plus: Plus): GroupFigures {
  return {
    firstAlignment: plus(one.firstAlignment, other.firstAlignment),
    finalAlignment: plus(one.finalAlignment, other.finalAlignment),
    delegates: plus(one.delegates, other.delegates),
    equivalents: plus(one.equivalents, other.equivalents),
  };
}
