import type { Contest } from "../log/events";

/** A line of an answer: what it is about, and what is said of it. */
export interface SaidLine {
  readonly about: string;
  readonly text: string;
}

/** What a server says to one question about the first entries of its log, line by line in the order in which it says it. */
export interface Said {
  /** Which question was put to it: one of those that are answered from the entries. */
  readonly question: string;
  readonly size: number;
  /** The root of the tree over so many entries, in base64. */
  readonly root: string;
  /** The hash of the state in hexadecimal; empty where it is not for everybody yet. */
  readonly state: string;
  readonly contest: string;
  readonly kind: Contest["kind"]["kind"] | "";
  readonly lines: readonly SaidLine[];
}

/** A step of the timeline: what changed, and what the night's clock and releases were by then. */
export interface SaidStep {
  readonly size: number;
  readonly timeMs: number;
  readonly release: string;
  /** By the place of a county or pool in the roster, what is said of it from here on. */
  readonly counties: readonly { readonly county: number; readonly text: string }[];
  /** Releases and corrections that came with it. */
  readonly marks: readonly string[];
}

/** The timeline of a basis, as far as a server gives it. */
export interface SaidTimeline {
  readonly basis: "Recorded" | "Released";
  readonly steps: readonly SaidStep[];
}

/** Everything that a server was asked. */
export interface Answers {
  readonly said: readonly Said[];
  readonly timelines: readonly SaidTimeline[];
}

/** The figures of a group over a place, in the one way in which both sides write them. */
export interface Figures {
  readonly name: string;
  readonly firstAlignment: number | bigint;
  readonly finalAlignment: number | bigint;
  readonly delegates: number | bigint;
  /** In ten-thousandths, in the published style. */
  readonly equivalents: bigint;
  /** As a fraction in lowest terms. */
  readonly exact: string;
  /** What sources claim, in ten-thousandths. */
  readonly claimed: bigint | null;
  /** National delegates; only for the state. */
  readonly national: number | null;
}

export function figuresText(figures: Figures): string {
  const { name, firstAlignment, finalAlignment, delegates, equivalents, exact, claimed, national } = figures;
  const more = [claimed ?? "-", national ?? "-"].map(String);
  return [name, firstAlignment, finalAlignment, delegates, equivalents, exact, ...more].join(" ");
}

/** A place of the timeline: precincts reported, released and corrected, then each group's figures. */
export function countyText(counts: readonly number[], columns: readonly (readonly (number | bigint)[])[]): string {
  return [counts.join(" "), ...columns.map((column) => column.join(" "))].join(" | ");
}

/** How a place is called in findings: figures of the state, a county or pool, or a precinct. */
export function placeName(county: string, precinct: string): string {
  return county === "" ? "state" : precinct === "" ? county : `${county}, ${precinct}`;
}
