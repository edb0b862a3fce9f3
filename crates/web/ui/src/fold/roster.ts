import type { Apportionment, County, Precinct, PrecinctId } from "../log/events";
import type { Place } from "./rules/place";

/** A precinct with what stands around it. */
export interface Spot {
  readonly id: PrecinctId;
  readonly county: County;
  readonly precinct: Precinct;
}

interface Listed {
  /** The entry that listed it. */
  readonly entry: number;
  county: County;
  /** How many precincts stand before its first. */
  readonly first: number;
  /** The entry that last gave its precincts other numbers of delegates. */
  amended: number | null;
}

/** Counties and pools in roster order. */
export class Roster {
  private readonly listed: Listed[] = [];
  private readonly homes: number[] = [];

  /** How many precincts and sites are listed. */
  get precincts(): number {
    return this.homes.length;
  }

  counties(): readonly County[] {
    return this.listed.map(({ county }) => county);
  }

  county(id: number): County | null {
    return this.listed[id]?.county ?? null;
  }

  /** The place of a precinct in roster order, from 0. */
  position({ county, number }: PrecinctId): number | null {
    const listed = this.listed[county];
    return listed !== undefined && number < listed.county.precincts.length ? listed.first + number : null;
  }

  /** The places of a county's precincts: from the first to the one before the second number. */
  range(county: number): readonly [from: number, to: number] {
    const listed = this.listed[county];
    return listed === undefined ? [0, 0] : [listed.first, listed.first + listed.county.precincts.length];
  }

  /** The places of a county's precincts. */
  positions(county: number): readonly number[] {
    const [from, to] = this.range(county);
    return Array.from({ length: to - from }, (_, at) => from + at);
  }

  /** The precinct at a place in roster order. */
  at(position: number): Spot | null {
    const home = this.homes[position];
    const listed = home === undefined ? undefined : this.listed[home];
    const precinct = listed?.county.precincts[position - listed.first];
    if (home === undefined || listed === undefined || precinct === undefined) return null;
    return { id: { county: home, number: position - listed.first }, county: listed.county, precinct };
  }

  /** Every precinct that was listed when the log had `size` entries, in roster order. */
  spotsAt(size: number): readonly Spot[] {
    const until = this.listed.findLast(({ entry }) => entry < size);
    const count = until === undefined ? 0 : until.first + until.county.precincts.length;
    return Array.from({ length: count }, (_, position) => this.at(position)).filter((spot) => spot !== null);
  }

  list(county: County, entry: number): void {
    const home = this.listed.length;
    this.listed.push({ county, first: this.homes.length, entry, amended: null });
    this.homes.push(...county.precincts.map(() => home));
  }

  /** Gives precincts of a county other numbers of delegates. */
  apportion(entry: number, apportionment: Apportionment): void {
    const listed = this.listed[apportionment.county];
    if (listed === undefined) return;
    listed.county = apportioned(listed.county, apportionment);
    listed.amended = entry;
  }

  /** Whether the delegates of a county were amended after an entry. */
  isAmendedSince(county: number, entry: number): boolean {
    return (this.listed[county]?.amended ?? -1) > entry;
  }
}

/** The county with the delegates of an apportionment. */
export function apportioned(county: County, { countyDelegates, precincts }: Apportionment): County {
  const changed = new Map(precincts.map(({ number, delegates }) => [number, delegates]));
  return {
    ...county,
    kind: { kind: "Precincts", countyDelegates },
    precincts: county.precincts.map((precinct, number) => ({
      ...precinct,
      delegates: changed.get(number) ?? precinct.delegates,
    })),
  };
}

/** Whether a county is a pool of satellite sites. */
export function isPool(county: County): boolean {
  return county.kind.kind === "Satellites";
}

/** What the rules need to know of a precinct. */
export function placeOf({ county, precinct }: Spot): Place {
  return isPool(county) ? { kind: "Satellite" } : { kind: "Precinct", delegates: precinct.delegates };
}
