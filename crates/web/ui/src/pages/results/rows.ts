import type { Discrepancy, PrecinctState, RosterResponse } from "../../gen/tallylog/v1/results_pb";
import { none, type Columns, type Figures } from "../../net/figures";
import { withView } from "../../parts/nav.svelte";

/** A line of the table of places: a county or pool, or a precinct or site. */
export interface Row {
  readonly name: string;
  readonly link: string;
  /** The congressional district; absent where the figures count statewide only. */
  readonly district: number | undefined;
  readonly reported: number;
  readonly precincts: number;
  /** No precinct of it is released, and the rest is withheld until it is: there are no figures to show. */
  readonly withheld: boolean;
  /** Discrepancies that stand; absent where they are kept back. */
  readonly flags: number | undefined;
  /** Only of a precinct. */
  readonly status: PrecinctState | undefined;
  readonly columns: Columns;
}

/** How many discrepancies stand, by county and by county and precinct. */
export type Flags = ReadonlyMap<string, number>;

/** Counts the discrepancies that stand. */
export function flagsOf(discrepancies: readonly Discrepancy[]): Flags {
  const flags = new Map<string, number>();
  const add = (place: string) => flags.set(place, (flags.get(place) ?? 0) + 1);
  for (const found of discrepancies.filter(({ status }) => status === "open")) {
    add(found.county);
    if (found.precinct !== "") add(placeKey(found.county, found.precinct));
  }
  return flags;
}

/** What a precinct is called among all of them. */
export function placeKey(county: string, precinct: string): string {
  return `${county}\n${precinct}`;
}

/** The counties and pools, in roster order. */
export function countyRows(roster: RosterResponse, counties: readonly Figures[], flags: Flags | null): Row[] {
  return roster.counties.map((county, index) => {
    const figures = counties[index] ?? none(roster.candidates.length);
    return {
      name: county.name,
      link: withView({ in: county.name, find: null }),
      district: county.district,
      reported: figures.reported,
      precincts: county.precincts.length,
      withheld: roster.embargo && figures.released === 0,
      flags: flags === null ? undefined : (flags.get(county.name) ?? 0),
      status: undefined,
      columns: figures.columns,
    };
  });
}
