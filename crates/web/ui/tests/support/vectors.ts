import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { decodeEntry } from "../../src/log/entry";
import type { DecodedEntry } from "../../src/log/events";

/** A figure of each of some groups. */
export type Awards = readonly (readonly [group: number, delegates: number])[];

export interface ExpectedTie {
  readonly awards: Awards;
  readonly delegates: number;
  readonly among: readonly number[];
}

export type ExpectedLine = readonly [
  first: number,
  final: number,
  delegates: number,
  equivalents: string,
  exact: string,
  claimed: string | null,
];

export interface ExpectedTotals {
  readonly scope: string;
  readonly counted: number;
  readonly lines: readonly ExpectedLine[];
}

export interface ExpectedBasis {
  readonly root: string;
  readonly counts: readonly number[];
  readonly totals: readonly ExpectedTotals[];
  readonly national: readonly { readonly awards: Awards; readonly tie: ExpectedTie | null }[];
  readonly settled: boolean;
}

/** What the Rust fold says at one size. */
export interface Moment {
  readonly size: number;
  readonly state: string;
  readonly open: readonly (readonly [code: number, open: number])[];
  readonly recorded: ExpectedBasis;
  readonly released: ExpectedBasis;
}

export type ExpectedOutcome =
  { readonly settled: Awards } | { readonly chance: ExpectedTie } | "NobodyViable" | "RoomElects" | "NobodyAttended";

export interface Expected {
  readonly moments: readonly Moment[];
  readonly lawful: readonly (readonly [county: number, number: number, outcome: ExpectedOutcome])[];
}

export interface Night {
  readonly name: string;
  readonly entries: readonly DecodedEntry[];
  readonly expected: Expected;
}

const target = process.env["CARGO_TARGET_DIR"] ?? resolve(import.meta.dirname, "../../../../../target");
const folder = join(target, "web-vectors");

/** The names of the nights that the Rust side wrote, of those that begin so. */
export function nights(prefix: string): readonly string[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const found = files.filter((file) => file.startsWith(prefix) && file.endsWith(".json")).sort();
  return found.map((file) => file.slice(0, -".json".length));
}

/** What to say where there are none. */
export const MISSING = `There are no vectors in ${folder}: run \`cargo test --test web_vectors --test desks come_to\` first.`;

export function night(name: string): Night {
  const log = readFileSync(join(folder, `${name}.entries`));
  const entries: DecodedEntry[] = [];
  for (let at = 0; at < log.length;) {
    const end = at + 2 + log.readUInt16BE(at);
    entries.push(decodeEntry(Uint8Array.from(log.subarray(at + 2, end))));
    at = end;
  }
  // The Rust side writes this form, and every field is compared below.
  const expected = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Expected;
  return { name, entries, expected };
}
