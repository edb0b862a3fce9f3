import type { PrecinctId } from "../../log/events";
import { toHex } from "../../log/hex";

/** Names for what an event gives by number. */
export interface Names {
  precinct(id: PrecinctId): string | null;
  county(id: number): string | null;
  group(id: number): string | null;
}

/** A field of an event as it is shown, by its name in docs/EVENTS.md. */
export interface Field {
  readonly name: string;
  readonly shown: Shown;
}

/** What a field holds: words or a number, bytes in hexadecimal, the place of an entry, a time, or further fields. */
export type Shown =
  | { readonly as: "text" | "bytes"; readonly text: string }
  | { readonly as: "number"; readonly text: string; readonly name: string | null }
  | { readonly as: "entry"; readonly entry: number }
  | { readonly as: "time"; readonly atMs: number }
  | { readonly as: "absent" }
  | { readonly as: "fields"; readonly kind: string; readonly fields: readonly Field[] };

const ENTRIES = new Set([
  "entry",
  "replaces",
  "proposal",
  "case",
  "inquiry",
  "record",
  "first",
  "second",
  "batch",
  "hold",
]);
const LISTS_OF_ENTRIES = new Set(["entries"]);
const TIMES = new Set(["recordedAt", "receivedAt", "expiresAt"]);
const GROUPS = new Set(["among", "winners"]);
const BY_GROUP = new Set(["firstAlignment", "finalAlignment", "awards", "claimed"]);

/** The fields of a decoded value, every one of them. */
export function fieldsOf(value: object, names: Names): readonly Field[] {
  return Object.entries(value)
    .filter(([name]) => name !== "kind")
    .map(([name, held]: [string, unknown]) => ({
      name: name === "value" ? "" : spelled(name),
      shown: shown(name, held, names),
    }));
}

function shown(name: string, held: unknown, names: Names): Shown {
  if (held === null || held === undefined) return { as: "absent" };
  if (held instanceof Uint8Array) return { as: "bytes", text: toHex(held) };
  if (typeof held === "number") return numbered(name, held, names);
  if (typeof held === "bigint" || typeof held === "boolean") return { as: "text", text: String(held) };
  if (typeof held === "string") return { as: "text", text: held };
  if (Array.isArray(held)) return { as: "fields", kind: "", fields: items(name, held, names) };
  if (typeof held === "object") return composed(held, names);
  return { as: "absent" };
}

function composed(held: object, names: Names): Shown {
  const kind = "kind" in held && typeof held.kind === "string" ? held.kind : "";
  if (isPrecinct(held)) {
    const name = names.precinct(held);
    if (name !== null) return { as: "number", text: `${held.county}/${held.number}`, name };
  }
  const fields = fieldsOf(held, names);
  return kind !== "" && fields.length === 0 ? { as: "text", text: kind } : { as: "fields", kind, fields };
}

function numbered(name: string, held: number, names: Names): Shown {
  if (TIMES.has(name)) return { as: "time", atMs: held };
  if (ENTRIES.has(name)) return { as: "entry", entry: held };
  const known = name === "county" ? names.county(held) : null;
  return { as: "number", text: String(held), name: known };
}

function items(name: string, held: readonly unknown[], names: Names): readonly Field[] {
  return held.map((each, at): Field => {
    if (BY_GROUP.has(name) && Array.isArray(each)) {
      const [group, figure] = each as readonly unknown[];
      return { name: names.group(Number(group)) ?? String(group), shown: shown("", figure, names) };
    }
    if (GROUPS.has(name) && typeof each === "number") {
      return { name: String(at + 1), shown: { as: "number", text: String(each), name: names.group(each) } };
    }
    if (LISTS_OF_ENTRIES.has(name) && typeof each === "number") {
      return { name: String(at + 1), shown: { as: "entry", entry: each } };
    }
    return { name: String(at + 1), shown: shown("", each, names) };
  });
}

function isPrecinct(held: object): held is PrecinctId {
  return Object.keys(held).length === 2 && "county" in held && "number" in held;
}

/** A field's name as docs/EVENTS.md spells it. */
function spelled(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
