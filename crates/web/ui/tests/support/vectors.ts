import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseBundle, Withheld } from "../../src/log/bundle";
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
  /** Its entries as they are hashed, and what they say. */
  readonly bytes: readonly Uint8Array[];
  readonly entries: readonly DecodedEntry[];
  readonly expected: Expected;
}

const target = process.env["CARGO_TARGET_DIR"] ?? resolve(import.meta.dirname, "../../../../../target");
/** Where the Rust side writes. */
export const folder = join(target, "web-vectors");

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
  const bytes: Uint8Array[] = [];
  for (let at = 0; at < log.length;) {
    const end = at + 2 + log.readUInt16BE(at);
    bytes.push(Uint8Array.from(log.subarray(at + 2, end)));
    at = end;
  }
  return { name, bytes, entries: bytes.map(decodeEntry), expected: read(join(folder, `${name}.json`)) as Expected };
}

/** The Rust side writes these forms, and every field is compared. */
function read(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** An entry that the log of a night refused when it had so many. */
export interface RefusedEntry {
  readonly size: number;
  readonly code: string;
  readonly entry: DecodedEntry;
}

/** What the log of a walk refused. */
export function refusedBy(name: string): readonly RefusedEntry[] {
  const written = read(join(folder, `${name}.refused`)) as { size: number; code: string; entry: string }[];
  return written.map(({ size, code, entry }) => ({ size, code, entry: decodeEntry(Buffer.from(entry, "hex")) }));
}

const golden = resolve(import.meta.dirname, "../../../../../tests/golden");

/** The golden nights: logs as they were first written, whatever lies in the folder. */
export const GOLDEN: readonly string[] = readdirSync(golden)
  .filter((file) => file.endsWith(".tallylog"))
  .map((file) => file.slice(0, -".tallylog".length))
  .sort();
if (GOLDEN.length === 0) throw new Error(`There are no golden nights in ${golden}.`);

/** A golden night, as the file that a reader keeps. */
export function goldenBundle(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(join(golden, `${name}.tallylog`)));
}

export function goldenNight(name: string): Night {
  const bytes = parseBundle(goldenBundle(name)).entries.flatMap((entry) => (entry instanceof Withheld ? [] : entry));
  return { name, bytes, entries: bytes.map(decodeEntry), expected: read(join(golden, `${name}.json`)) as Expected };
}
