import type { TotalsResponse } from "../../gen/tallylog/v1/results_pb";
import { lead, type Figures } from "../../net/figures";
import type { Sheet } from "../../parts/download";
import type { Row } from "./rows";

/** Four decimals with a point, whatever the page's language. */
function decimal(tenThousandths: number): string {
  return `${Math.floor(tenThousandths / 10_000)}.${String(tenThousandths % 10_000).padStart(4, "0")}`;
}

/** The groups, with the columns of `tallylog totals --format csv`. */
export function groupsSheet(groups: readonly string[], figures: Figures, totals: TotalsResponse | null): Sheet {
  const { first, final, delegates, sde } = figures.columns;
  return {
    name: "groups",
    columns: ["name", "first_alignment", "final_alignment", "delegates", "sde", "sde_exact", "national_delegates"],
    rows: groups.map((name, group) => [
      name,
      first[group] ?? 0,
      final[group] ?? 0,
      delegates[group] ?? 0,
      decimal(sde[group] ?? 0),
      totals?.candidates[group]?.sdeExact ?? null,
      totals?.candidates[group]?.nationalDelegates ?? null,
    ]),
  };
}

/** The places, with every group's three figures. */
export function placesSheet(groups: readonly string[], rows: readonly Row[]): Sheet {
  const figures = groups.flatMap((name) => [`${name} first`, `${name} final`, `${name} sde`]);
  return {
    name: "places",
    columns: ["name", "reported", "precincts", "open_checks", "leader", ...figures],
    rows: rows.map((row) => [
      row.name,
      row.reported,
      row.precincts,
      row.flags ?? null,
      groups[lead(row.columns.sde)?.group ?? -1] ?? null,
      ...groups.flatMap((_, group) => [
        row.columns.first[group] ?? 0,
        row.columns.final[group] ?? 0,
        decimal(row.columns.sde[group] ?? 0),
      ]),
    ]),
  };
}
