import type { TotalsResponse } from "../../gen/tallylog/v1/results_pb";
import { lead, type Column, type Figures } from "../../net/figures";
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

/** The places as they are listed, with every group's three figures; who leads by the figures that are shown. */
export function placesSheet(
  groups: readonly string[],
  rows: readonly Row[],
  column: Column,
  ofPrecincts: boolean,
  withholds: boolean,
): Sheet {
  const figures = groups.flatMap((name) => [`${name} first`, `${name} final`, `${name} sde`]);
  const standing = ofPrecincts ? ["status"] : [withholds ? "released" : "reported", "precincts"];
  return {
    name: `places-by-${column}`,
    columns: ["name", ...standing, "open_checks", "leader", "margin", ...figures],
    rows: rows.map((row) => [
      row.name,
      ...(ofPrecincts ? [STATUSES[row.status ?? 0] ?? null] : [row.withheld ? WITHHELD : row.reported, row.precincts]),
      row.flags ?? null,
      ...leading(groups, row, column),
      ...groups.flatMap((_, group) => [
        ...(row.withheld
          ? [null, null, null]
          : [row.columns.first[group] ?? 0, row.columns.final[group] ?? 0, decimal(row.columns.sde[group] ?? 0)]),
      ]),
    ]),
  };
}

const WITHHELD = "withheld until released";

/** The states of a precinct by their numbers in the interface, in the words of `tallylog`, whatever the page's language. */
const STATUSES = ["", "awaiting", "reported", "confirmed", "held", "released", "corrected", WITHHELD];

/** The leader and the margin as a share of all; all leaders, where some are equal. */
function leading(groups: readonly string[], row: Row, column: Column): readonly [string | null, string | null] {
  const leader = lead(row.columns[column]);
  if (!leader) return [null, null];
  const names = [leader.group, ...leader.tied].map((group) => groups[group] ?? "");
  return [names.join("; "), leader.margin.toFixed(4)];
}
