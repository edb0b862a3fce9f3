import { sha256 } from "@noble/hashes/sha2.js";
import { decode, encode } from "../log/codec";
import { contestId } from "../log/event/values";
import { list, struct, text, u32 } from "../log/codec";
import { basis } from "../log/event/body";
import { leaf as leafCodec, node as nodeCodec, resultsProof } from "../log/event/results";
import type { Counts, GroupFigures, Leaf, Node, ResultsProof, Sums } from "../log/events";
import { Flaw } from "./flaw";

/** On which side of the way up a sibling stands, and of how many precincts it is. */
interface Step {
  readonly side: "left" | "right";
  readonly precincts: number;
}

const MAX_BYTES = 1_048_576;
const LARGEST = (1n << 64n) - 1n;
const NO_FIGURES: GroupFigures = { firstAlignment: 0n, finalAlignment: 0n, delegates: 0n, equivalents: 0n };
const NO_COUNTS: Counts = { counted: 0n, held: 0n, confirmed: 0n, released: 0n, current: 0n, corrected: 0n };

/** What the root is about: it stands in the hash of the root as it stands in the proof. */
const about = struct({ contest: contestId, basis, groups: list(text), precincts: u32 });

/** Reads a proof in its one spelling, and refuses any other bytes. Nothing is verified. */
export function readResults(bytes: Uint8Array): ResultsProof {
  if (bytes.length > MAX_BYTES) {
    throw new Flaw("results-proof-too-large", `the proof has ${bytes.length} bytes and may have ${MAX_BYTES}`);
  }
  try {
    return decode(resultsProof, bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Flaw("results-proof-malformed", `the bytes are not a proof of this kind: ${why}`);
  }
}

/** The root to which a proof leads, and the total over all precincts there. */
export function verifyResults(proof: ResultsProof): { readonly root: Uint8Array; readonly totals: Sums } {
  const steps = way(proof);
  let here: Node = { hash: digest("leaf", encode(leafCodec, proof.leaf)), sums: sumsOf(proof.leaf, proof.groups) };
  check(here.sums, 1, proof);
  for (const [at, { side, precincts }] of steps.entries()) {
    const sibling = proof.path[at];
    if (!sibling) throw pathLength(proof);
    check(sibling.sums, precincts, proof);
    here = side === "left" ? over(sibling, here) : over(here, sibling);
  }
  return { root: digest("root", encode(about, proof), encode(nodeCodec, here)), totals: here.sums };
}

/** The hash over a context of the results tree, which ends in a zero byte, and what follows it. */
export function digest(context: "leaf" | "node" | "root" | "signed", ...parts: readonly Uint8Array[]): Uint8Array {
  const hash = sha256.create().update(new TextEncoder().encode(`tallylog/results-${context}/v1\0`));
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The shape is that of RFC 6962: the roster's size and the place in it alone decide where each sibling stands. */
function way(proof: ResultsProof): readonly Step[] {
  let { position, precincts } = proof;
  if (position >= precincts) {
    const roster = `a roster of ${precincts} precincts has no place ${position}`;
    throw new Flaw("results-proof-beyond-roster", `${roster}: they count from 0`);
  }
  const steps: Step[] = [];
  while (precincts > 1) {
    const left = largestPowerBelow(precincts);
    if (position < left) {
      steps.push({ side: "right", precincts: precincts - left });
      precincts = left;
    } else {
      steps.push({ side: "left", precincts: left });
      position -= left;
      precincts -= left;
    }
  }
  if (steps.length !== proof.path.length) throw pathLength(proof);
  return steps.reverse();
}

function largestPowerBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

function pathLength(proof: ResultsProof): Flaw {
  const steps = `the path has ${proof.path.length} steps`;
  return new Flaw("results-proof-path-length", `${steps}, which is not the number that this place calls for`);
}

function check(sums: Sums, precincts: number, proof: ResultsProof): void {
  if (sums.groups.length !== proof.groups.length) {
    const named = `the proof names ${proof.groups.length} groups`;
    throw new Flaw("results-proof-groups", `${named}, and gives figures of ${sums.groups.length}`);
  }
  const { counted, held, confirmed, released, current, corrected } = sums.precincts;
  const flagged = [held, confirmed, released, corrected];
  if (counted > BigInt(precincts) || flagged.some((count) => count > counted) || current > released) {
    throw new Flaw("results-proof-counts", "the path counts more precincts than there are at that place");
  }
}

function sumsOf({ tally }: Leaf, groups: readonly string[]): Sums {
  if (!tally) return { precincts: NO_COUNTS, groups: groups.map(() => NO_FIGURES) };
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

/** The hash covers the sums of both children and not their total, so that one cannot have more and the other as much less. */
function over(left: Node, right: Node): Node {
  return { hash: digest("node", encode(nodeCodec, left), encode(nodeCodec, right)), sums: add(left.sums, right.sums) };
}

function add(one: Sums, other: Sums): Sums {
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
    groups: one.groups.map((line, at) => addFigures(line, other.groups[at] ?? NO_FIGURES)),
  };
}

function addFigures(one: GroupFigures, other: GroupFigures): GroupFigures {
  return {
    firstAlignment: plus(one.firstAlignment, other.firstAlignment),
    finalAlignment: plus(one.finalAlignment, other.finalAlignment),
    delegates: plus(one.delegates, other.delegates),
    equivalents: plus(one.equivalents, other.equivalents),
  };
}

function plus(one: bigint, other: bigint): bigint {
  const sum = one + other;
  if (sum > LARGEST) throw new Flaw("results-proof-overflow", "the sums of the path are larger than any number can be");
  return sum;
}
