import { describe, expect, test } from "vitest";
import { encode } from "../src/log/codec";
import { resultsProof } from "../src/log/event/results";
import { Flaw } from "../src/proof/flaw";
import { readResults, verifyResults } from "../src/proof/results";
import { goldenLines, hexOf } from "./golden";

const golden = new Map(goldenLines("crates/projection/golden/results.txt"));
const proofs = [...golden].filter(([name]) => name.startsWith("proof-"));

function rootOf(name: string): string {
  return hexOf(golden.get(name.startsWith("proof-recorded") ? "root-recorded" : "root-released") ?? new Uint8Array());
}

function outcome(proof: Uint8Array): string {
  try {
    return hexOf(verifyResults(readResults(proof)).root);
  } catch (error) {
    if (error instanceof Flaw) return error.code;
    throw error;
  }
}

describe("a proof in the results tree", () => {
  test("of every golden precinct leads to the golden root", () => {
    expect(proofs).toHaveLength(10);
    for (const [name, proof] of proofs) expect(outcome(proof), name).toBe(rootOf(name));
  });

  test("gives the same totals whichever precinct it is of", () => {
    const totals = proofs
      .filter(([name]) => name.startsWith("proof-recorded"))
      .map(([, proof]) => verifyResults(readResults(proof)).totals);
    for (const each of totals) expect(each).toEqual(totals[0]);
  });

  test("with any one bit changed leads to another root or to none", () => {
    for (const [name, proof] of proofs.slice(0, 2)) {
      for (let bit = 0; bit < proof.length * 8; bit += 1) {
        const changed = Uint8Array.from(proof);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(outcome(changed), `${name}, bit ${bit}`).not.toBe(rootOf(name));
      }
    }
  });

  test("that claims another place of the roster, or a place beyond it, is refused", () => {
    const [name, first] = proofs[0] ?? ["", new Uint8Array()];
    const proof = readResults(first);
    for (let position = 1; position < proof.precincts; position += 1) {
      expect(outcome(encode(resultsProof, { ...proof, position })), `${position}`).not.toBe(rootOf(name));
    }
    expect(outcome(encode(resultsProof, { ...proof, position: 5 }))).toBe("results-proof-beyond-roster");
    expect(outcome(encode(resultsProof, { ...proof, path: proof.path.slice(1) }))).toBe("results-proof-path-length");
  });

  test("with sums that no number holds, or that count too many precincts, is refused", () => {
    const proof = readResults(proofs[0]?.[1] ?? new Uint8Array());
    const [first, ...rest] = proof.path;
    if (!first) throw new Error("the golden proof has no path");
    const huge = first.sums.groups.map((line) => ({ ...line, equivalents: (1n << 64n) - 1n }));
    const over = { ...first, sums: { ...first.sums, groups: huge } };
    expect(outcome(encode(resultsProof, { ...proof, path: [over, ...rest] }))).toBe("results-proof-overflow");
    const many = { ...first, sums: { ...first.sums, precincts: { ...first.sums.precincts, counted: 3n } } };
    expect(outcome(encode(resultsProof, { ...proof, path: [many, ...rest] }))).toBe("results-proof-counts");
    const groups = proof.groups.slice(1);
    expect(outcome(encode(resultsProof, { ...proof, groups }))).toBe("results-proof-groups");
  });
});
