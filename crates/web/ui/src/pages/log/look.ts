import { blake3 } from "@noble/hashes/blake3.js";
import { equalBytes } from "../../log/bytes";
import { checkByLog, parseCheckpoint } from "../../log/checkpoint";
import { decodeEntry } from "../../log/entry";
import type { DecodedEntry } from "../../log/events";
import { toHex } from "../../log/hex";
import { parseVerifierKey } from "../../log/keys";
import { holds, signedMessage } from "../../log/signature";
import { type Hash, leafHash, rootOfInclusion } from "../../log/tree";

/** What a server shows of an entry. Nothing of it is believed. */
export interface Shown {
  readonly index: number;
  /** Null where the contest keeps it back. */
  readonly bytes: Uint8Array | null;
  /** The leaf's hash as the server gives it, and its path to the root of the latest checkpoint; null where none covers it. */
  readonly inclusion: { readonly leaf: Hash; readonly path: readonly Hash[] } | null;
  /** The latest checkpoint, and the log's verifier key. */
  readonly note: string;
  readonly logKey: string;
}

/** What was found of it here. */
export interface Found {
  readonly entry: DecodedEntry | null;
  readonly leaf: string;
  readonly blake3: string | null;
  readonly signed: boolean | null;
  /** Whether it is in the log that the checkpoint covers; null where no checkpoint covers it yet. */
  readonly included: boolean | null;
  /** The size of the checkpoint. */
  readonly size: number;
}

/** Decodes an entry, and checks its author's signature and its place in the log. */
export function look(shown: Shown): Found {
  const checkpoint = parseCheckpoint(shown.note);
  checkByLog(checkpoint, parseVerifierKey(shown.logKey, "log"));
  const { bytes, inclusion, index } = shown;
  const entry = bytes === null ? null : decodeEntry(bytes);
  const leaf = bytes === null ? (inclusion?.leaf ?? null) : leafHash(bytes);
  return {
    entry,
    leaf: leaf === null ? "" : toHex(leaf),
    blake3: bytes === null ? null : toHex(blake3(bytes)),
    signed: entry === null ? null : holds(entry.author, signedMessage("event", entry.signed), entry.signature),
    included: leaf === null || inclusion === null ? null : isIncluded(index, entry, leaf, inclusion.path, checkpoint),
    size: checkpoint.size,
  };
}

function isIncluded(
  index: number,
  entry: DecodedEntry | null,
  leaf: Hash,
  path: readonly Hash[],
  { size, root }: { readonly size: number; readonly root: Hash },
): boolean {
  if (entry !== null && entry.index !== index) return false;
  try {
    return equalBytes(rootOfInclusion(index, size, leaf, path), root);
  } catch {
    return false;
  }
}
