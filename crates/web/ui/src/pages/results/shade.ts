import type { RosterResponse } from "../../gen/tallylog/v1/results_pb";
import { lead, type Column } from "../../net/figures";
import { shadeOf } from "../../parts/colours";
import { EMPTY, leadColour, leadWords } from "../../parts/lead";
import type { Shaded } from "../../parts/shaded";
import { count, progress, t } from "../../words/index.svelte";
import type { Row } from "./rows";
import type { Shade } from "./view";

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
        colour: leadColour(leader),
        words: leadWords(leader, groups),
      };
    case "margin":
      return {
        colour: leader ? shadeOf(0.1 + (leader.margin / FULL_MARGIN) * 0.9) : EMPTY,
        words: leadWords(leader, groups),
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
