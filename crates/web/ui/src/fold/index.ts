// The fold of a log, independent of the server's: what its entries come to, computed from them alone.
//
// Recomputed here, and compared with the server's fold on the vectors of `tests/web_vectors` and on the real night: the
// figures of every group over the state, each congressional district, each county and pool and each precinct, on both
// bases; national delegates; where every precinct stands; how many discrepancies of each code stand; the results roots
// and the state hashes that the log commits to.
//
// Not recomputed here:
// - admission. The fold takes whatever decodes: signatures, chain and tree, who may sign what, two persons where two are
//   needed, and what a release may list are other checks.
// - discrepancies that a later entry resolved, and the sentences of those that stand: codes, weights and subjects alone.
// - V33 and V34, which are about totals and exports that somebody shows, and V32 for precincts, which no log holds.
// - the hash of the state of a log under an embargo whose entries are withheld: only whoever is shown everything has it.
import type { Commitment } from "../log/events";
import { toHex } from "../log/hex";
import { Counted } from "./counted";
import { stateHash } from "./hash";
import { ResultsTree } from "./results";
import { Review } from "./review";
import { State, type Accepted, type BasisName } from "./state";

export { Counted } from "./counted";
export { stateHash } from "./hash";
export type { History, Version } from "./history";
export type { AbandonedSample } from "./desks/paper";
export type { Filed } from "./filings";
export type { Author } from "./people";
export { ResultsTree } from "./results";
export { Review, type Discrepancy, type Life, type PrecinctStatus } from "./review";
export { placeOf, type Roster, type Spot } from "./roster";
export * from "./rules";
export { BASES, State, type Accepted, type BasisName, type Committed, type Released } from "./state";
export { allTotals, national, totals, type AllTotals, type Line, type Scope, type Totals } from "./totals";

/** What a commitment claims otherwise than the entries before it give. */
export type Mismatch =
  | { readonly what: "size" | "precincts"; readonly claimed: number; readonly found: number }
  /** Hashes, in hexadecimal. */
  | { readonly what: "root" | "state"; readonly claimed: string; readonly found: string }
  | { readonly what: "discrepancies"; readonly code: number; readonly claimed: number; readonly found: number };

/** A log as it is read, with everything that is asked of it on the way. */
export class Fold {
  readonly state = new State();
  readonly review = new Review(this.state);
  private readonly trees = {
    Recorded: new ResultsTree(this.state, this.review, "Recorded"),
    Released: new ResultsTree(this.state, this.review, "Released"),
  };

  /** Takes the next entry. */
  apply(entry: Accepted): void {
    this.state.apply(entry);
  }

  /** Goes past the next entry, which is withheld. */
  withhold(): void {
    this.state.withhold();
  }

  /** What a basis counts now. */
  counted(basis: BasisName): Counted {
    return new Counted(this.state, basis);
  }

  /** The results tree of a basis. */
  results(basis: BasisName): ResultsTree {
    return this.trees[basis];
  }

  /** SHA-256 of the state's canonical form, in hexadecimal. */
  hash(): string {
    return toHex(stateHash(this.state));
  }

  /**
   * What a commitment claims otherwise than the entries so far give. It speaks of exactly the entries before it, so it is
   * compared before it is applied.
   */
  compare(commitment: Commitment): readonly Mismatch[] {
    const { size, precincts, basis, root, audit } = commitment;
    const found = toHex(this.results(basis.kind).root() ?? new Uint8Array());
    const claims: Mismatch[] = [
      { what: "size", claimed: size, found: this.state.size },
      { what: "precincts", claimed: precincts, found: this.state.roster.precincts },
      { what: "root", claimed: toHex(root), found },
    ];
    if (audit !== null) {
      claims.push({ what: "state", claimed: toHex(audit.state), found: this.hash() });
      claims.push(...this.discrepancies(audit.discrepancies));
    }
    return claims.filter(({ claimed, found }) => claimed !== found);
  }

  private discrepancies(claimed: readonly { readonly code: number; readonly open: number }[]): readonly Mismatch[] {
    const counts = (all: typeof claimed): ReadonlyMap<number, number> =>
      new Map(all.map((each) => [each.code, each.open]));
    const [claims, found] = [counts(claimed), counts(this.review.open())];
    return [...new Set([...claims.keys(), ...found.keys()])].map((code) => ({
      what: "discrepancies",
      code,
      claimed: claims.get(code) ?? 0,
      found: found.get(code) ?? 0,
    }));
  }
}
