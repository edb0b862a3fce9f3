import type { RosterResponse } from "../../gen/tallylog/v1/results_pb";
import type { Names } from "./fields";

/** Names of precincts, counties and groups from a roster; none where there is no roster yet. */
export function namesOf(roster: RosterResponse | null): Names {
  const county = (id: number) => roster?.counties[id];
  return {
    precinct: (id) => {
      const of = county(id.county);
      const precinct = of?.precincts[id.number];
      return of && precinct ? `${of.name}, ${precinct.name}` : null;
    },
    county: (id) => county(id)?.name ?? null,
    group: (id) => roster?.candidates[id - 1] ?? null,
  };
}
