import { parseBundle } from "../log/bundle";
import { parseCheckpoint, type SignedCheckpoint } from "../log/checkpoint";
import { Refused } from "../log/flaw";
import { textOf } from "../log/note";
import { parseEntryTile, parseHashTile, TILE, tilePath, tilesOf, type TileName } from "../log/tiles";
import type { Hash } from "../log/tree";

/** A night from a file or a server. Nothing of it was checked but how it is laid out. */
export interface Night {
  readonly from: "file" | "server";
  readonly policy: string;
  /** In order of size; the last is what the audit is about. */
  readonly checkpoints: readonly SignedCheckpoint[];
  readonly last: SignedCheckpoint;
  /** The first entries of the log: all of them, or as many as may be shown by now. */
  readonly entries: readonly Uint8Array[];
  /** The leaf hashes of the entries behind those, whose contents are kept back. */
  readonly withheld: readonly Hash[];
}

/** What stands at a path of a log's server: its bytes, nothing, or something that is kept back for now. */
export type Answer = Uint8Array | "missing" | "embargoed";

/** A server of a log, as a page reaches it. */
export interface Server {
  get(path: string): Promise<Answer>;
  /** The entries from one on to before another, as far as everybody may read them: asked for where a bundle is kept back. */
  entries(from: number, until: number): Promise<readonly Uint8Array[]>;
}

/**
 * Reads a bundle.
 *
 * @throws {Refused}
 */
export function nightOfFile(bytes: Uint8Array): Night {
  const { policy, checkpoints, entries } = parseBundle(bytes);
  const last = checkpoints.at(-1);
  if (last === undefined) throw new Refused("night-checkpoints");
  return { from: "file", policy, checkpoints, last, entries, withheld: [] };
}

/**
 * Fetches a night from a server, by its static tiles.
 *
 * @throws {Refused} if something is missing or laid out otherwise.
 */
export async function nightOfServer(server: Server, tell: (done: number, of: number) => void): Promise<Night> {
  const last = parseCheckpoint(textOf(await needed(server, "checkpoint")));
  const policy = await server.get("policy");
  const checkpoints = earlier(textOf(await needed(server, "checkpoints")), last);
  const entries = await shownEntries(server, last.size, tell);
  const withheld = await leavesFrom(server, entries.length, last.size);
  if (policy === "embargoed") throw new Refused("not-there", "policy");
  return { from: "server", policy: policy === "missing" ? "" : textOf(policy), checkpoints, last, entries, withheld };
}

async function needed(server: Server, path: string): Promise<Uint8Array> {
  const answer = await server.get(path);
  if (answer === "missing" || answer === "embargoed") throw new Refused("not-there", path);
  return answer;
}

/**
 * Every checkpoint that the log signed, each followed by an empty line, and the latest. The night goes on meanwhile: those
 * beyond the latest are left for the next visit. Of one that was cosigned later, the server shows each version.
 */
function earlier(text: string, last: SignedCheckpoint): SignedCheckpoint[] {
  const parts = text.split("\n\n");
  // Whatever else stands there, a page of another server or half a list, must not be taken for a list without checkpoints.
  if (parts.length % 2 === 0 || parts.at(-1) !== "") throw new Refused("night-checkpoints");
  const found: SignedCheckpoint[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const signed = parseCheckpoint(`${parts[at]}\n\n${parts[at + 1]}\n`);
    if (signed.size <= last.size) found.push(signed);
  }
  // In order of size, so that two of one size stand side by side.
  return [...found.sort((one, other) => one.size - other.size), last];
}

async function shownEntries(
  server: Server,
  size: number,
  tell: (done: number, of: number) => void,
): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (const name of tilesOf(size)) {
    const found = await tile(server, "entries", name, parseEntryTile);
    if (found === "embargoed") {
      const shown = await server.entries(entries.length, size);
      return entries.concat(shown.slice(0, size - entries.length));
    }
    entries.push(...found);
    tell(entries.length, size);
  }
  return entries;
}

/** The leaf hashes from a place on, out of the tiles of hashes. */
async function leavesFrom(server: Server, from: number, size: number): Promise<Hash[]> {
  const leaves: Hash[] = [];
  for (const name of tilesOf(size, from)) {
    const found = await tile(server, 0, name, parseHashTile);
    if (found === "embargoed") throw new Refused("not-there", tilePath(0, name));
    leaves.push(...found.slice(Math.max(0, from - name.number * TILE)));
  }
  return leaves;
}

type Parse = (bytes: Uint8Array, name: TileName, exact: boolean) => Uint8Array[];

/** A tile. A partial one may be gone once it is full: then it is cut out of the full one. */
async function tile(
  server: Server,
  kind: "entries" | number,
  name: TileName,
  parse: Parse,
): Promise<Uint8Array[] | "embargoed"> {
  const path = tilePath(kind, name);
  const exact = await server.get(path);
  if (exact === "embargoed") return exact;
  if (exact !== "missing") return parse(exact, name, true);
  const full = await server.get(tilePath(kind, { ...name, width: TILE }));
  if (full === "embargoed") return full;
  if (full === "missing" || name.width === TILE) throw new Refused("not-there", path);
  return parse(full, name, false);
}
