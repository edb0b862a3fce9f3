import { sha256 } from "@noble/hashes/sha2.js";
import { equalBytes } from "./bytes";
import { Refused } from "./flaw";

/** A hash of the tree (RFC 6962, SHA-256). */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The hash of an entry as a leaf of the tree. */
export function leafHash(entry: Uint8Array): Hash {
  return sha256.create().update(LEAF).update(entry).digest();
}

/** A tree that grows by leaves and knows its root: it keeps one hash for each complete subtree at its right edge. */
export class Tree {
  private readonly edge: { readonly hash: Hash; readonly leaves: number }[] = [];
  private leaves = 0;

  get size(): number {
    return this.leaves;
  }

  append(leaf: Hash): void {
    this.leaves += 1;
    let here = { hash: leaf, leaves: 1 };
    for (let left = this.edge.at(-1); left?.leaves === here.leaves; left = this.edge.at(-1)) {
      this.edge.pop();
      here = { hash: nodeHash(left.hash, here.hash), leaves: 2 * here.leaves };
    }
    this.edge.push(here);
  }

  root(): Hash {
    const [last, ...others] = this.edge.map(({ hash }) => hash).reverse();
    if (last === undefined) return sha256(new Uint8Array());
    return others.reduce((right, left) => nodeHash(left, right), last);
  }
}

/** The root of some leaves. */
export function rootOf(leaves: Iterable<Hash>): Hash {
  const tree = new Tree();
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}

/**
 * The root to which a path of inclusion leads (RFC 9162, section 2.1.3.2).
 *
 * @throws {Refused} `proof-path-length` if the path is not as long as this place needs.
 */
export function rootOfInclusion(index: number, size: number, leaf: Hash, path: readonly Hash[]): Hash {
  if (index >= size) throw new Refused("proof-path-length");
  let [here, place, last] = [leaf, index, size - 1];
  for (const sibling of path) {
    if (last === 0) throw new Refused("proof-path-length");
    if (place % 2 === 1 || place === last) {
      here = nodeHash(sibling, here);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      here = nodeHash(here, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0) throw new Refused("proof-path-length");
  return here;
}

/** A tree's size and root. */
export interface Head {
  readonly size: number;
  readonly root: Hash;
}

/**
 * Checks that a tree continues an older one (RFC 9162, section 2.1.4.2).
 *
 * @throws {Refused} `proof-path-length`, or `proof-wrong-root` if it does not.
 */
export function checkConsistency(old: Head, now: Head, path: readonly Hash[]): void {
  if (old.size > now.size) throw new Refused("proof-path-length");
  if (old.size === now.size || old.size === 0) {
    const root = old.size === 0 ? rootOf([]) : now.root;
    if (path.length > 0) throw new Refused("proof-path-length");
    if (!equalBytes(old.root, root)) throw new Refused("proof-wrong-root");
    return;
  }
  const [first, ...rest] = isPowerOfTwo(old.size) ? [old.root, ...path] : path;
  if (first === undefined) throw new Refused("proof-path-length");
  let [place, last] = [old.size - 1, now.size - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  let [before, after] = [first, first];
  for (const sibling of rest) {
    if (last === 0) throw new Refused("proof-path-length");
    if (place % 2 === 1 || place === last) {
      [before, after] = [nodeHash(sibling, before), nodeHash(sibling, after)];
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      after = nodeHash(after, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0) throw new Refused("proof-path-length");
  if (!equalBytes(before, old.root) || !equalBytes(after, now.root)) throw new Refused("proof-wrong-root");
}

/** Bit operators of JavaScript have 32 bits, and sizes have more. */
function half(number: number): number {
  return Math.floor(number / 2);
}

function isPowerOfTwo(number: number): boolean {
  return Number.isInteger(Math.log2(number)) && 2 ** Math.log2(number) === number;
}

/** The hash of two subtrees beside each other. */
export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256.create().update(NODE).update(left).update(right).digest();
}
