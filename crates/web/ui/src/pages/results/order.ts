import { lead, type Column } from "../../net/figures";
import { leadName } from "../../parts/lead";
import { plain } from "../../parts/plain";
import type { Row } from "./rows";

/** Which lines of the table of places are shown, and in what order: what the address says of it. */
export interface Order {
  readonly find: string;
  /** A column by its name, or a group by its own. */
  readonly sort: string;
  readonly falling: boolean;
}

/** The lines that are looked for, in the order that was chosen. */
export function ordered(rows: readonly Row[], column: Column, groups: readonly string[], order: Order): readonly Row[] {
  const wanted = plain(order.find.trim());
  const found = rows.filter(({ name }) => plain(name).includes(wanted));
  if (order.sort === "name" && !order.falling) return found;
  const value = (row: Row) => valueOf(row, column, groups, order.sort);
  const sign = order.falling ? -1 : 1;
  // Those that are equal stay in the order of their names, whichever way the others go.
  return [...found].sort((a, b) => sign * compare(value(a), value(b)) || a.name.localeCompare(b.name));
}

function compare(a: number | string, b: number | string): number {
  return typeof a === "string" || typeof b === "string" ? String(a).localeCompare(String(b)) : a - b;
}

function valueOf(row: Row, column: Column, groups: readonly string[], sort: string): number | string {
  switch (sort) {
    case "reporting":
      return row.precincts === 0 ? 0 : row.reported / row.precincts;
    case "leader":
      return leadName(lead(row.columns[column]), groups);
    case "margin":
      return lead(row.columns[column])?.margin ?? -1;
    case "flags":
      return row.flags ?? -1;
    case "status":
      return row.status ?? 0;
    case "name":
      return row.name;
    default:
      return row.columns[column][groups.indexOf(sort)] ?? 0;
  }
}
