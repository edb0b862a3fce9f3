import { decode, encode } from "../log/codec";
import { leaf as leafCodec, node as nodeCodec, resultsProof } from "../log/event/results";
import type { Node, ResultsProof, Sums } from "../log/events";
import { Flaw } from "./flaw";
import { add, digest, LARGEST, rootOf, sumsOf } from "./tree";

/** On which side of the way up a sibling stands, and of how many precincts it is. */
interface Step {
  readonly side: "left" | "right";
  readonly precincts: number;
}

const MAX_BYTES = 1_048_576;

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
  let here: Node = {
    hash: digest("leaf", encode(leafCodec, proof.leaf)),
    sums: sumsOf(proof.leaf, proof.groups.length),
  };
  check(here.sums, 1, proof);
  for (const [at, { side, precincts }] of steps.entries()) {
    const sibling = proof.path[at];
    if (!sibling) throw pathLength(proof);
    check(sibling.sums, precincts, proof);
    here = side === "left" ? over(sibling, here) : over(here, sibling);
  }
  return { root: rootOf(proof, here), totals: here.sums };
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

/** The hash covers the sums of both children and not their total, so that one cannot have more and the other as much less. */
function over(left: Node, right: Node): Node {
  return {
    hash: digest("node", encode(nodeCodec, left), encode(nodeCodec, right)),
    sums: add(left.sums, right.sums, plus),
  };
}

function plus(one: bigint, other: bigint): bigint {
  const sum = one + other;
  if (sum > LARGEST) throw new Flaw("results-proof-overflow", "the sums of the path are larger than any number can be");
  return sum;
}
