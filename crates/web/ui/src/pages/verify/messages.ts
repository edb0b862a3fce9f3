import type { Report } from "../../audit/audit";
import type { CheckName, Verdict } from "../../audit/checks";
import type { Visit } from "../../audit/visit";

/** A visit with its time, by the reader's clock, in milliseconds since 1970. */
export interface Kept extends Visit {
  readonly at: number;
}

/** What the reader's browser remembers, by the key of each log, and which log stood at this address. */
export interface Memory {
  readonly here: string | null;
  readonly visits: Readonly<Record<string, Kept>>;
}

/** What the worker is asked. */
export interface Question {
  /** The bytes of a bundle; `null` for the log of the server that the page came from. */
  readonly file: Uint8Array | null;
  readonly memory: Memory;
}

/** What the worker answers: each change of a verdict, and the report at the end; or that it broke. */
export type Message =
  | { readonly kind: "verdict"; readonly check: CheckName; readonly verdict: Verdict }
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "broken"; readonly message: string };
