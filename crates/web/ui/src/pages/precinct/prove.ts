import { CEILINGS } from "../../audit/admit/refusal";
import { equalBytes } from "../../log/bytes";
import { parseCheckpoint, type SignedCheckpoint } from "../../log/checkpoint";
import type { Contest } from "../../log/events";
import { Refused } from "../../log/flaw";
import { parseVerifierKey, type VerifierKey } from "../../log/keys";
import { Flaw } from "../../proof/flaw";
import {
  type Included,
  type PrecinctProof,
  proofText,
  type ProvenFigures,
  verifyIncluded,
  verifyPrecinct,
} from "../../proof/precinct";

/** What a server gives for a precinct's proof. Nothing of it is believed. */
export interface Parts {
  readonly results: Uint8Array;
  readonly commitment: Included;
  readonly report: Included | null;
  readonly note: Uint8Array;
}

/** Asks a server; a page asks over the network, a test from memory. */
export interface Source {
  parts(): Promise<Parts>;
  /** The log's verifier key, in signed-note form. */
  logKey(): Promise<string>;
  /** An entry with its path to the root of the log's first `size` entries. */
  included(entry: number, size: number): Promise<Included>;
}

/** What was proven, by whose keys, and the file with which anybody proves it again. */
export interface Proven {
  readonly figures: ProvenFigures;
  readonly log: VerifierKey;
  readonly logKey: string;
  readonly file: string;
}

/**
 * Fetches a precinct's proof and checks it. The key for the log's own events is the one that entry 0 names, which must be in
 * the same checkpoint and name the log's key.
 *
 * @throws {Flaw} or {Refused} if anything does not hold.
 */
export async function prove(source: Source): Promise<Proven> {
  const [parts, logKey] = await Promise.all([source.parts(), source.logKey()]);
  const log = parseVerifierKey(logKey.trim(), "log");
  const checkpoint = parseCheckpoint(textOf(parts.note));
  const proof: PrecinctProof = { ...parts, checkpoint };
  const contest = opened(await source.included(0, checkpoint.size), checkpoint, log);
  // Where the service's key can have a successor, any key that the log took a commitment of counts; a full audit looks at
  // whether two persons made it the service's.
  const figures = verifyPrecinct(proof, log, contest.fold < CEILINGS ? contest.service : null);
  if (!equalBytes(figures.results.contest, contest.id)) {
    throw new Flaw("precinct-other-results", "the results are of another contest than the log's");
  }
  return { figures, log, logKey: logKey.trim(), file: proofText(proof) };
}

function opened(included: Included, checkpoint: SignedCheckpoint, log: VerifierKey): Contest {
  const { index, body } = verifyIncluded(included, checkpoint);
  if (index !== 0 || body.event.kind !== "ContestOpened") throw new Refused("entry-0-no-contest");
  const { origin, key } = body.event.value.log;
  if (origin !== log.name || !equalBytes(key, log.key)) throw new Refused("checkpoint-not-by-log", origin);
  return body.event.value;
}

function textOf(note: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(note);
  } catch {
    throw new Refused("note-characters");
  }
}

/** The precinct of a proof is the one that was asked for; the server might have given another's. */
export function isOf({ figures }: Proven, county: string, precinct: string): boolean {
  const { leaf } = figures.results;
  return leaf.county === county && leaf.name === precinct;
}
