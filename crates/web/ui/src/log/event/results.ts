import { bool, list, option, struct, text, u32, u64, type Of } from "../codec";
import { basis } from "./body";
import { contestId, entryIndex, equivalents, hash, precinctId } from "./values";

/** One group's figures. */
export const groupFigures = struct({ firstAlignment: u64, finalAlignment: u64, delegates: u64, equivalents });
export type GroupFigures = Of<typeof groupFigures>;

/** Where a precinct stands of which a version is counted. */
export const standing = struct({ held: bool, confirmed: bool, released: bool, current: bool, corrected: bool });
export type Standing = Of<typeof standing>;

/** What is counted for a precinct, and from which entry. */
export const tally = struct({ entry: entryIndex, signed: hash, standing, groups: list(groupFigures) });
export type Tally = Of<typeof tally>;

/** One precinct or satellite site of the roster. */
export const leaf = struct({ precinct: precinctId, county: text, name: text, tally: option(tally) });
export type Leaf = Of<typeof leaf>;

/** How many precincts stand where. */
export const counts = struct({ counted: u64, held: u64, confirmed: u64, released: u64, current: u64, corrected: u64 });
export type Counts = Of<typeof counts>;

/** Figures and counts over some precincts. */
export const sums = struct({ precincts: counts, groups: list(groupFigures) });
export type Sums = Of<typeof sums>;

/** A node of the results tree. */
export const node = struct({ hash, sums });
export type Node = Of<typeof node>;

/** That a precinct is in the tree of a root. */
export const resultsProof = struct({
  contest: contestId,
  basis,
  groups: list(text),
  precincts: u32,
  position: u32,
  leaf,
  path: list(node),
});
export type ResultsProof = Of<typeof resultsProof>;
