import { parseFrames } from "./bundle";
import { Refused } from "./flaw";

/** How many hashes, or entries, a full tile has. */
export const TILE = 256;

/** A tile of some log: its number, and how many of its rows there are. */
export interface TileName {
  readonly number: number;
  readonly width: number;
}

/**
 * The tiles of `size` rows, the last one partial where they do not fill it. They come one by one: a size is what somebody
 * claims, and nothing is set aside for it.
 */
export function* tilesOf(size: number): Generator<TileName> {
  for (let number = 0; number * TILE < size; number += 1) yield { number, width: Math.min(TILE, size - number * TILE) };
}

/** The path of a tile below the log's address (C2SP tlog-tiles): 1234067 is `x001/x234/067`. */
export function tilePath(kind: "entries" | number, { number, width }: TileName): string {
  const groups = [number % 1000];
  for (let rest = Math.floor(number / 1000); rest > 0; rest = Math.floor(rest / 1000)) groups.unshift(rest % 1000);
  const digits = groups.map((group) => group.toString().padStart(3, "0"));
  const name = digits.map((group, at) => (at + 1 < digits.length ? `x${group}` : group)).join("/");
  return `tile/${kind}/${name}${width < TILE ? `.p/${width}` : ""}`;
}

/** The first `width` entries of a bundle that may have more: another size's stands in where a partial one is gone. */
export function parseEntryTile(bytes: Uint8Array, { width }: TileName, exact: boolean): Uint8Array[] {
  const { entries, rest } = parseFrames(bytes, width);
  if (exact && rest > 0) throw new Refused("tile-length");
  return entries;
}
