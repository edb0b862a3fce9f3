import { parseBundle, parseShown, Withheld, type Shown } from "../log/bundle";
import { parseCheckpoint, type SignedCheckpoint } from "../log/checkpoint";
import { Refused } from "../log/flaw";
import { textOf } from "../log/note";
import { parseEntryTile, TILE, tilePath, tilesOf, type TileName } from "../log/tiles";

/** A night from a file or a server. Nothing of it was checked but how it is laid out. */
export interface Night {
  readonly from: "file" | "server";
  readonly policy: string;
  /** In order of size; the last is what the audit is about. */
  readonly checkpoints: readonly SignedCheckpoint[];
  readonly last: SignedCheckpoint;
  /** Every entry of the log, in its place, as it is shown by now. */
  readonly entries: readonly Shown[];
  /** How many of them are withheld. */
  readonly withheld: number;
}

/** What stands at a path of a log's server: its bytes, nothing, or something that is kept back for now. */
export type Answer = Uint8Array | "missing" | "embargoed";

/** A server of a log, as a page reaches it. */
export interface Server {
  get(path: string): Promise<Answer>;
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
  return { from: "file", policy, checkpoints, last, entries, withheld: withheldOf(entries) };
}

function withheldOf(entries: readonly Shown[]): number {
  return entries.filter((entry) => entry instanceof Withheld).length;
}

/**
 * Fetches a night from a server, by its static tiles or, where it withholds some entries, as it shows them now.
 *
 * @throws {Refused} if something is missing or laid out otherwise.
 */
export async function nightOfServer(server: Server, tell: (done: number, of: number) => void): Promise<Night> {
  const last = parseCheckpoint(textOf(await needed(server, "checkpoint")));
  const policy = await server.get("policy");
  const checkpoints = earlier(textOf(await needed(server, "checkpoints")), last);
  const entries = (await entriesOf(server, last.size, tell)) ?? (await shownOf(server, last.size, tell));
  const withheld = withheldOf(entries);
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

/** Every entry, by the static tiles; `null` where one of them is kept back. */
async function entriesOf(
  server: Server,
  size: number,
  tell: (done: number, of: number) => void,
): Promise<Uint8Array[] | null> {
  const entries: Uint8Array[] = [];
  for (const name of tilesOf(size)) {
    const found = await tile(server, name);
    if (found === "embargoed") return null;
    entries.push(...found);
    tell(entries.length, size);
  }
  return entries;
}

/**
 * What everybody was shown when the log had so many entries, page by page. All of it is asked for anew, so that it is of one
 * moment, whatever is released meanwhile.
 */
async function shownOf(server: Server, size: number, tell: (done: number, of: number) => void): Promise<Shown[]> {
  const entries: Shown[] = [];
  while (entries.length < size) {
    const path = `shown/${size}/${entries.length}`;
    const page = parseShown(await needed(server, path), size - entries.length).entries;
    if (page.length === 0) throw new Refused("not-there", path);
    entries.push(...page);
    tell(entries.length, size);
  }
  return entries;
}

/** A tile of entries. A partial one may be gone once it is full: then it is cut out of the full one. */
async function tile(server: Server, name: TileName): Promise<Uint8Array[] | "embargoed"> {
  const path = tilePath("entries", name);
  const exact = await server.get(path);
  if (exact === "embargoed") return exact;
  if (exact !== "missing") return parseEntryTile(exact, name, true);
  const full = await server.get(tilePath("entries", { ...name, width: TILE }));
  if (full === "embargoed") return full;
  if (full === "missing" || name.width === TILE) throw new Refused("not-there", path);
  return parseEntryTile(full, name, false);
}
