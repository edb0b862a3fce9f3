import type { Sheet } from "../log/events";
import { sheetOf, type Version } from "./history";
import { isPool, placeOf, type Spot } from "./roster";
import { countyRatio, siteRatio } from "./rules/equivalents";
import type { Fraction } from "./rules/fraction";
import { electing, room } from "./rules/place";
import type { BasisName, State } from "./state";

/** The version of every precinct that a basis counts, with what a delegate of each place is worth. */
export class Counted {
  /** People at the sites counted, by county. Rule: a pool is shared over the sites reported so far. */
  private readonly pools = new Map<number, number>();
  private readonly versions = new Map<number, Version | null>();

  /** Of the state as it is now: what is asked is looked up once, and nothing else is, so that one county costs no more. */
  constructor(
    readonly state: State,
    readonly basis: BasisName,
  ) {}

  /** The version counted for the precinct at a position in roster order. */
  version(position: number): Version | null {
    const known = this.versions.get(position);
    if (known !== undefined) return known;
    const found = this.state.counted(position, this.basis);
    this.versions.set(position, found);
    return found;
  }

  /** The figures counted for it. */
  sheet(position: number): Sheet | null {
    const version = this.version(position);
    return version && sheetOf(version);
  }

  /** The people who attended the sites of a pool, over the sites counted. */
  poolAttendance(county: number): number {
    const known = this.pools.get(county);
    if (known !== undefined) return known;
    const listed = this.state.roster.county(county);
    const found = listed !== null && isPool(listed) ? this.attendance(county) : 0;
    this.pools.set(county, found);
    return found;
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
