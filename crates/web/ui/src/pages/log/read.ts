import { decodeEntry } from "../../log/entry";
import { parseEntryTile, tilePath, tilesOf } from "../../log/tiles";
import { KeyBook } from "./keys";

/** How far the log was read, and what is known by then. */
export interface Reading {
  readonly book: KeyBook;
  readonly read: number;
  readonly size: number;
}

/** Gives the page time between two bundles. */
const rest = () => new Promise((done) => setTimeout(done, 0));

/**
 * Reads the entries that are public, bundle by bundle from the static tiles, and tells after each how far it has come. A
 * bundle with an entry that is kept back ends the reading: what is in it becomes public with a release.
 */
export async function* readKeys(size: number, signal: AbortSignal): AsyncGenerator<Reading> {
  const book = new KeyBook();
  for (const tile of tilesOf(size)) {
    const answer = await fetch(`/${tilePath("entries", tile)}`, { signal });
    if (!answer.ok) return;
    for (const bytes of parseEntryTile(new Uint8Array(await answer.arrayBuffer()), tile, false)) {
      book.take(decodeEntry(bytes));
    }
    yield { book, read: book.size, size };
    await rest();
  }
}
