import type { RosterResponse } from "../../gen/tallylog/v1/results_pb";
import { lead, type Column } from "../../net/figures";
import { lettersOf, shadeOf } from "../../parts/colours";
import { EMPTY, leadColour, leadLetters, leadWords } from "../../parts/lead";
import type { Shaded } from "../../parts/shaded";
import { count, percent, progress, t } from "../../words/index.svelte";
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
  const most = mostFlags(rows);
  const letters = lettersOf(roster.candidates);
  return rows.map((row) => ({
    name: row.name,
    fips: fips.get(row.name),
    link: row.link,
    chosen: chosen(row),
    letters: shade === "leader" ? leadLetters(lead(row.columns[column]), letters) : "",
    ...look(row, shade, column, roster.candidates, most),
  }));
}

function mostFlags(rows: readonly Row[]): number {
  return Math.max(1, ...rows.map((row) => row.flags ?? 0));
}

/** What the shades between little and much stand for. */
export interface Scale {
  readonly shares: readonly number[];
  readonly least: string;
  readonly most: string;
}

/** The scale of a shading: its shades, from the least to the most that it shows. */
export function scaleOf(shade: Shade, rows: readonly Row[]): Scale {
  const [least, shares] = [percent(0, 1, 0), [0, 0.25, 0.5, 0.75, 1]];
  switch (shade) {
    case "leader":
    case "margin":
      return { shares: shares.map(shadeOfMargin), least, most: t("map.orMore", { share: percent(FULL_MARGIN, 1, 0) }) };
    case "reporting":
      return { shares, least, most: percent(1, 1, 0) };
    case "flags":
      return { shares, least: count(0), most: count(mostFlags(rows)) };
  }
}

/** A county with the least margin has a shade all the same: one without figures has none. */
function shadeOfMargin(share: number): number {
  return 0.1 + share * 0.9;
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
        colour: leader ? shadeOf(shadeOfMargin(leader.margin / FULL_MARGIN)) : EMPTY,
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
