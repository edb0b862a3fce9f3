import type { Sheet } from "../log/events";
import { sheetOf, type Version } from "./history";
import { isPool, placeOf, type Spot } from "./roster";
import { countyRatio, siteRatio } from "./rules/equivalents";
import type { Fraction } from "./rules/fraction";
import { electing, room } from "./rules/place";
import type { BasisName, State } from "./state";

/** The version of every precinct that a basis counts, with what a delegate of each place is worth. */
export class Counted {
  /** People at the sites counted, by county; 0 for a county. Rule: a pool is shared over the sites reported so far. */
  private readonly pools: readonly number[];
  private readonly versions: readonly (Version | null)[];

  constructor(
    readonly state: State,
    readonly basis: BasisName,
  ) {
    this.versions = state.histories.map((_, position) => state.counted(position, basis));
    this.pools = state.roster.counties().map((county, id) => (isPool(county) ? this.attendance(id) : 0));
  }

  /** The version counted for the precinct at a position in roster order. */
  version(position: number): Version | null {
    return this.versions[position] ?? null;
  }

  /** The figures counted for it. */
  sheet(position: number): Sheet | null {
    const version = this.version(position);
    return version && sheetOf(version);
  }

  /** The people who attended the sites of a pool, over the sites counted. */
  poolAttendance(county: number): number {
    return this.pools[county] ?? 0;
  }

  /** What one delegate of a precinct is worth by figures of it; `null` where a place has no delegates. */
  ratio(spot: Spot, sheet: Sheet): Fraction | null {
    const { county, id } = spot;
    if (county.kind.kind === "Precincts") return countyRatio(county.stateDelegates, county.kind.countyDelegates);
    const rules = this.state.contest?.ruleset;
    if (rules === undefined) return null;
    return siteRatio({
      pool: county.stateDelegates,
      people: room(sheet),
      poolAttendance: this.poolAttendance(id.county),
      delegates: electing(rules, placeOf(spot), sheet),
    });
  }

  private attendance(county: number): number {
    const sheets = this.state.roster.positions(county).map((position) => this.sheet(position));
    return sheets.reduce((sum, sheet) => sum + (sheet === null ? 0 : room(sheet)), 0);
  }
}
