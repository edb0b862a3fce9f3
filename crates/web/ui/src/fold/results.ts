import { sha256 } from "@noble/hashes/sha2.js";
import { encode } from "../log/codec";
import type { GroupFigures, Leaf, Node, Sheet, Standing, Sums, Tally } from "../log/events";
import { leaf as leafCodec, node as nodeCodec } from "../log/event/results";
import { add, digest, LARGEST, noSums, rootOf, sumsOf } from "../proof/tree";
import { Counted } from "./counted";
import { sheetOf, type Version } from "./history";
import type { Review } from "./review";
import { isPool, type Spot } from "./roster";
import { published } from "./rules/equivalents";
import type { Fraction } from "./rules/fraction";
import type { BasisName, State } from "./state";

/** A node of the tree, with the bytes by which the one above covers it. */
interface Encoded extends Node {
  readonly bytes: Uint8Array;
}

/** A leaf as it was made, and from what: as long as that is the same, so is the leaf. */
interface Grown {
  readonly from: string;
  readonly node: Encoded;
}

/** The results tree of what a basis counts; kept up to date as the state grows. */
export class ResultsTree {
  private leaves: (Grown | undefined)[] = [];
  private levels: Encoded[][] = [];
  private size = -1;

  constructor(
    private readonly state: State,
    private readonly review: Review,
    readonly basis: BasisName,
  ) {}

  /** The root, as a commitment has it; `null` before a contest is open. */
  root(): Uint8Array | null {
    const { contest } = this.state;
    if (contest === null) return null;
    const about = {
      contest: contest.id,
      basis: { kind: this.basis },
      groups: contest.candidates.map(({ name }) => name),
      precincts: this.state.roster.precincts,
    };
    return rootOf(about, this.top());
  }

  /** The figures of every group and the counts of precincts, over all of them. */
  sums(): Sums {
    return this.top().sums;
  }

  private top(): Encoded {
    this.follow();
    return this.levels.at(-1)?.[0] ?? nodeOf(sha256(new Uint8Array()), noSums(this.groups()));
  }

  private groups(): number {
    return this.state.contest?.candidates.length ?? 0;
  }

  private follow(): void {
    if (this.size === this.state.size) return;
    this.size = this.state.size;
    const counted = new Counted(this.state, this.basis);
    const changed = new Set<number>();
    const isAnew = this.leaves.length !== this.state.roster.precincts;
    if (isAnew) this.leaves = new Array<undefined>(this.state.roster.precincts).fill(undefined);
    for (const position of this.leaves.keys()) if (this.grow(counted, position)) changed.add(position);
    const bottom = this.leaves.flatMap((leaf) => leaf?.node ?? []);
    this.levels = isAnew ? built(bottom) : rebuilt(this.levels, bottom, changed);
  }

  /** Makes a leaf anew where it may have changed. */
  private grow(counted: Counted, position: number): boolean {
    const spot = this.state.roster.at(position);
    if (spot === null) return false;
    const version = counted.version(position);
    const standing = version && this.standing(position, version);
    const from = [version?.entry, this.worth(counted, spot), ...Object.values(standing ?? {})].join();
    if (this.leaves[position]?.from === from) return false;
    const tally = version && standing && tallyOf(counted, spot, version, standing);
    this.leaves[position] = { from, node: leafNode(leafOf(spot, tally), this.groups()) };
    return true;
  }

  /** What the worth of a version's delegates follows from beyond the version. */
  private worth(counted: Counted, { county, id }: Spot): string {
    if (isPool(county)) return counted.poolAttendance(id.county).toString();
    return county.kind.kind === "Precincts" ? county.kind.countyDelegates.toString() : "";
  }

  /** With the basis `Released` only what was released may speak. */
  private standing(position: number, version: Version): Standing {
    const { held, confirmed, released, current } = this.review.status(position);
    const corrected = version.correction !== null;
    return this.basis === "Recorded"
      ? { held, confirmed, released, current, corrected }
      : { held: false, confirmed: false, released, current: false, corrected };
  }
}

function leafOf({ id, county, precinct }: Spot, tally: Tally | null): Leaf {
  return { precinct: id, county: county.name, name: precinct.name, tally };
}

function tallyOf(counted: Counted, spot: Spot, version: Version, standing: Standing): Tally {
  const sheet = sheetOf(version);
  const groups = counted.state.contest?.candidates.length ?? 0;
  return {
    entry: version.entry,
    signed: digest("signed", version.author.key, version.signed),
    standing,
    groups: figures(sheet, counted.ratio(spot, sheet), groups),
  };
}

/** The figures of a sheet, a line a group; `ratio` is what one delegate is worth. */
function figures(sheet: Sheet, ratio: Fraction | null, groups: number): readonly GroupFigures[] {
  const [first, final, awards] = [sheet.firstAlignment, sheet.finalAlignment, sheet.awards].map(
    (each) => new Map(each),
  );
  return Array.from({ length: groups }, (_, at) => {
    const delegates = awards?.get(at + 1) ?? 0;
    return {
      firstAlignment: BigInt(first?.get(at + 1) ?? 0),
      finalAlignment: BigInt(final?.get(at + 1) ?? 0),
      delegates: BigInt(delegates),
      equivalents: ratio === null ? 0n : published(delegates, ratio),
    };
  });
}

function leafNode(leaf: Leaf, groups: number): Encoded {
  return nodeOf(digest("leaf", encode(leafCodec, leaf)), sumsOf(leaf, groups));
}

function nodeOf(hash: Uint8Array, sums: Sums): Encoded {
  return { hash, sums, bytes: encode(nodeCodec, { hash, sums }) };
}

/** The node above one or two others. The hash covers the sums of each by themselves and never their total. */
function above(left: Encoded, right: Encoded | undefined): Encoded {
  if (right === undefined) return left;
  return nodeOf(digest("node", left.bytes, right.bytes), add(left.sums, right.sums, plus));
}

/** A figure that is more than any `u64` becomes the largest: no proof through it holds. */
function plus(one: bigint, other: bigint): bigint {
  const sum = one + other;
  return sum > LARGEST ? LARGEST : sum;
}

/**
 * Every level of a tree, the leaves first. A tree is split at the largest power of two below its size (RFC 6962); level by
 * level that comes to pairing neighbours, where the last of an odd number goes up as it is.
 */
function built(leaves: Encoded[]): Encoded[][] {
  const levels = [leaves];
  for (let below = leaves; below.length > 1;) {
    const half = Math.ceil(below.length / 2);
    const children = below;
    below = Array.from({ length: half }, (_, at) => pair(children, at)).flatMap((node) => node ?? []);
    levels.push(below);
  }
  return levels;
}

function pair(below: readonly Encoded[], at: number): Encoded | null {
  const left = below[2 * at];
  return left === undefined ? null : above(left, below[2 * at + 1]);
}

/** The same tree with other leaves, where only what is above changed ones is hashed. */
function rebuilt(levels: readonly Encoded[][], leaves: Encoded[], changed: ReadonlySet<number>): Encoded[][] {
  const fresh = [leaves];
  let touched = changed;
  for (const level of levels.slice(1)) {
    touched = new Set([...touched].map((at) => at >> 1));
    const below = fresh.at(-1) ?? [];
    const here = touched;
    fresh.push(level.map((node, at) => (here.has(at) ? (pair(below, at) ?? node) : node)));
  }
  return fresh;
}
