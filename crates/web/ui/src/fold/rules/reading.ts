import type { ByGroup, Ruleset, Sheet } from "../../log/events";
import { lawful, type Apportionment } from "./apportion";
import { total, type Figures } from "./by_group";
import { electing, room, viabilityThreshold, type Place } from "./place";

/** A group's figures, side by side. */
export interface Row {
  readonly group: number;
  readonly first: number;
  readonly last: number;
  readonly award: number;
  readonly claimed: bigint;
}

/** A sheet laid out for the checks, with what the rules say of it. */
export interface Reading {
  readonly sheet: Sheet;
  readonly place: Place;
  readonly room: number;
  readonly electing: number;
  /** `null` where the room elects its delegate without groups, or nobody attended. */
  readonly threshold: number | null;
  /** Totals; `null` for a round that is absent or all zeros, as published data has it. */
  readonly first: number | null;
  readonly last: number | null;
  readonly awarded: number | null;
  /** What the rules give; `null` without a final alignment. */
  readonly outcome: Apportionment | null;
  /** A row for every group from 1 to the last one that the sheet names: neighbours stand side by side. */
  readonly rows: readonly Row[];
}

/** Lays a sheet out for the checks. */
export function read(rules: Ruleset, place: Place, sheet: Sheet): Reading {
  const people = room(sheet);
  const elects = electing(rules, place, sheet);
  return {
    sheet,
    place,
    room: people,
    electing: elects,
    threshold: viabilityThreshold(rules, people, elects),
    first: totalOf(sheet.firstAlignment),
    last: totalOf(sheet.finalAlignment),
    awarded: totalOf(sheet.awards),
    outcome: lawful(rules, place, sheet),
    rows: rowsOf(sheet),
  };
}

/** Whether the final alignment left no group viable. */
export function nobodyIsViable(reading: Reading): boolean {
  return reading.outcome?.kind === "NobodyViable";
}

/** How many groups are viable by the figures that `of` picks. */
export function viable(reading: Reading, threshold: number, of: (row: Row) => number): number {
  return reading.rows.filter((row) => of(row) >= threshold).length;
}

function totalOf(figures: Figures): number | null {
  const sum = total(figures);
  return sum > 0 ? sum : null;
}

function rowsOf({ firstAlignment, finalAlignment, awards, claimed }: Sheet): readonly Row[] {
  const columns: readonly (ByGroup<number | bigint> | null)[] = [firstAlignment, finalAlignment, awards, claimed];
  const last = Math.max(0, ...columns.map((column) => column?.at(-1)?.[0] ?? 0));
  const [first, final, award, claims] = [
    spread(firstAlignment),
    spread(finalAlignment),
    spread(awards),
    spread(claimed),
  ];
  return Array.from({ length: last }, (_, at) => ({
    group: at + 1,
    first: first.get(at + 1) ?? 0,
    last: final.get(at + 1) ?? 0,
    award: award.get(at + 1) ?? 0,
    claimed: claims.get(at + 1) ?? 0n,
  }));
}

function spread<T>(figures: ByGroup<T> | null): ReadonlyMap<number, T> {
  return new Map(figures ?? []);
}
