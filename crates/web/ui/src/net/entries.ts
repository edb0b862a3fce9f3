import { Refused } from "../log/flaw";
import { log } from "./clients";
import { isKeptBack, problemOf } from "./problem";

/**
 * The bytes of an entry, as the log has it.
 *
 * @throws {Refused} where the server gives none.
 */
export async function entryBytes(entry: number, signal: AbortSignal): Promise<Uint8Array> {
  const range = { from: BigInt(entry), until: BigInt(entry) + 1n };
  for await (const { bytes } of log.entries(range, { signal })) return bytes;
  throw new Refused("entry-misplaced", String(entry));
}

/** The bytes of an entry; null where the contest keeps them back. */
export async function publicBytes(entry: number, signal: AbortSignal): Promise<Uint8Array | null> {
  try {
    return await entryBytes(entry, signal);
  } catch (error) {
    if (isKeptBack(problemOf(error))) return null;
    throw error;
  }
}

/** The entries from one on, up to the first that is kept back or the last that there is. */
export async function* publicEntries(from: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const { bytes } of log.entries({ from: BigInt(from) }, { signal })) yield bytes;
  } catch (error) {
    if (!isKeptBack(problemOf(error))) throw error;
  }
}
