import { decodeEntry } from "../../log/entry";
import { parseEntryTile, tilePath, tilesOf } from "../../log/tiles";
import { get } from "../../net/get";
import { KeyBook } from "./keys";

/** How far the log was read, and what is known by then. */
export interface Reading {
  readonly book: KeyBook;
  readonly read: number;
  readonly size: number;
}

/** The entries from one on, as many as everybody may read. */
export type Rest = (from: number) => AsyncIterable<Uint8Array>;

/** Gives the page time between two bundles. */
const pause = () => new Promise((done) => setTimeout(done, 0));

/**
 * Reads the first `reach` entries, which are public, of `size`, bundle by bundle from the static tiles, and tells after each
 * how far it has come. A bundle with an entry that is kept back is not there, so what is public in it is asked for by itself.
 */
export async function* readKeys(size: number, reach: number, rest: Rest, signal: AbortSignal): AsyncGenerator<Reading> {
  const book = new KeyBook();
  for (const tile of tilesOf(size)) {
    if (book.size + tile.width > reach) break;
    const { status, bytes: entries } = await get(`/${tilePath("entries", tile)}`, signal);
    if (status !== 200) break;
    for (const bytes of parseEntryTile(entries, tile, false)) {
      book.take(decodeEntry(bytes));
    }
    yield { book, read: book.size, size };
    await pause();
  }
  if (book.size >= reach) return;
  for await (const bytes of rest(book.size)) book.take(decodeEntry(bytes));
  yield { book, read: book.size, size };
}
