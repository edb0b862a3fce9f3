import {
  PrecinctState,
  type FiguresResponse,
  type PrecinctsResponse,
  type RosterCounty,
} from "../../gen/tallylog/v1/results_pb";
import { none, type Columns } from "../../net/figures";
import { precinctPath } from "../../parts/nav.svelte";
import { placeKey, type Flags, type Row } from "./rows";

/** What the server says of a county's precincts at one size. */
export interface Precincts {
  readonly figures: FiguresResponse;
  readonly states: PrecinctsResponse;
}

/** The precincts of a county, or the sites of a pool; those without a report have no figures. */
export function precinctRows(
  county: RosterCounty,
  groups: number,
  { figures, states }: Precincts,
  flags: Flags | null,
): Row[] {
  const of = <T extends { county: string; precinct: string }>(places: readonly T[]) =>
    new Map(places.filter((place) => place.county === county.name).map((place) => [place.precinct, place]));
  const counted = of(figures.places);
  const summaries = of(states.precincts);
  return county.precincts.map(({ name }) => {
    const place = counted.get(name);
    return {
      name,
      link: precinctPath(county.name, name),
      district: county.district,
      reported: place ? 1 : 0,
      precincts: 1,
      withheld: summaries.get(name)?.status === PrecinctState.WITHHELD,
      flags: flags === null ? undefined : (flags.get(placeKey(county.name, name)) ?? 0),
      status: summaries.get(name)?.status,
      columns: place ? columnsOf(place.candidates) : none(groups).columns,
    };
  });
}

function columnsOf(candidates: FiguresResponse["places"][number]["candidates"]): Columns {
  return {
    first: candidates.map((line) => Number(line.firstAlignment)),
    final: candidates.map((line) => Number(line.finalAlignment)),
    delegates: candidates.map((line) => Number(line.delegates)),
    sde: candidates.map((line) => Number(line.sdeTenThousandths)),
  };
}
