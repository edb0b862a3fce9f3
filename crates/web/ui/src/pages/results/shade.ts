import type { RosterResponse } from "../../gen/tallylog/v1/results_pb";
import { lead, type Column } from "../../net/figures";
import { colourOf, shadeOf } from "../../parts/colours";
import type { Shaded } from "../../parts/CountyMap.svelte";
import { count, percent, progress, t } from "../../words/index.svelte";
import type { Row } from "./rows";
import type { Shade } from "./view";

const EMPTY = "light-dark(#e4e7ea, #2b3138)";

/** A margin of this share of all, or more, has the full shade. */
const FULL_MARGIN = 0.5;

/** What the map shows of each row. */
export function shaded(
  rows: readonly Row[],
  chosen: (row: Row) => boolean,
  shade: Shade,
  column: Column,
  roster: RosterResponse,
): Shaded[] {
  const fips = new Map(roster.counties.map((county) => [county.name, county.fips]));
  const most = Math.max(1, ...rows.map((row) => row.flags ?? 0));
  return rows.map((row) => ({
    name: row.name,
    fips: fips.get(row.name),
    link: row.link,
    chosen: chosen(row),
    ...look(row, shade, column, roster.candidates, most),
  }));
}

function look(
  row: Row,
  shade: Shade,
  column: Column,
  groups: readonly string[],
  most: number,
): Pick<Shaded, "colour" | "words"> {
  const leader = lead(row.columns[column]);
  switch (shade) {
    case "leader":
      return {
        colour: !leader ? EMPTY : leader.tied.length > 0 ? "var(--quiet)" : colourOf(leader.group),
        words: leadWords(row, column, groups),
      };
    case "margin":
      return {
        colour: leader ? shadeOf(0.1 + (leader.margin / FULL_MARGIN) * 0.9) : EMPTY,
        words: leadWords(row, column, groups),
      };
    case "reporting":
      return {
        colour: shadeOf(row.precincts === 0 ? 0 : row.reported / row.precincts),
        words: progress(row.reported, row.precincts),
      };
    case "flags":
      return { colour: shadeOf((row.flags ?? 0) / most), words: `${t("map.flags")}: ${count(row.flags ?? 0)}` };
  }
}

/** Who leads and by how much. */
export function leadWords(row: Row, column: Column, groups: readonly string[]): string {
  const leader = lead(row.columns[column]);
  if (!leader) return t("places.none");
  return leader.tied.length > 0
    ? leaderName(row, column, groups)
    : `${leaderName(row, column, groups)} +${percent(leader.margin, 1)}`;
}

export function leaderName(row: Row, column: Column, groups: readonly string[]): string {
  const leader = lead(row.columns[column]);
  if (!leader) return t("places.none");
  const names = [leader.group, ...leader.tied].map((group) => groups[group] ?? "");
  return names.length > 1 ? t("places.tied", { names: names.join(", ") }) : (names[0] ?? "");
}
