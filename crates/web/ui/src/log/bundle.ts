import { checkpointText, parseCheckpoint, parseNumber, type SignedCheckpoint } from "./checkpoint";
import { joined } from "./bytes";
import { Refused } from "./flaw";
import { textOf } from "./note";
import { HASH_BYTES, leafHash, type Hash } from "./tree";

const MAGIC = "tallylog/bundle/";
const VERSION = "v1";
/** Of a night of which some entries are withheld. */
const SHOWN_IN_PART = "v2";
const LONGEST_HEADER = 128;

/** Stands for an entry that its contest withholds until a release: nothing of it is there but its hash as a leaf of the tree. */
export class Withheld {
  constructor(readonly leaf: Hash) {}
}

/** An entry as somebody is shown it. */
export type Shown = Uint8Array | Withheld;

/** The hash of an entry as a leaf of the tree, whether the entry is shown or not. */
export function leafOf(entry: Shown): Hash {
  return entry instanceof Withheld ? entry.leaf : leafHash(entry);
}

/** A night in one file (`docs/EVENTS.md`, "The bundle"). Nothing of it was checked but its layout. */
export interface Bundle {
  readonly policy: string;
  /** In order of size, the last of as many entries as there are. */
  readonly checkpoints: readonly SignedCheckpoint[];
  readonly entries: readonly Shown[];
}

/**
 * Reads a bundle.
 *
 * @throws {Refused} if the bytes are not the one encoding of a bundle.
 */
export function parseBundle(bytes: Uint8Array): Bundle {
  const header = parseHeader(bytes);
  const checkpointsAt = header.length + header.policy;
  const entriesAt = checkpointsAt + header.checkpoints;
  if (entriesAt > bytes.length) throw new Refused("night-cut");
  const checkpoints = parseCheckpoints(partOf(bytes, checkpointsAt, entriesAt, "night-checkpoints"));
  const last = checkpoints.at(-1)?.size;
  if (last !== header.entries) throw new Refused("night-size", `${last} ${header.entries}`);
  const policy = partOf(bytes, header.length, checkpointsAt, "night-policy");
  return { policy, checkpoints, entries: parseEntries(bytes.subarray(entriesAt), header) };
}

/** Writes a bundle. Whether its checkpoints are in order, and the last of as many entries as there are, is the caller's care. */
export function bundleBytes({ policy, checkpoints, entries }: Bundle): Uint8Array<ArrayBuffer> {
  const utf8 = new TextEncoder();
  const [keys, notes] = [utf8.encode(policy), utf8.encode(checkpoints.map(checkpointText).join("\n"))];
  const lengths = `policy ${keys.length}\ncheckpoints ${notes.length}\nentries ${entries.length}`;
  const framed = entries.flatMap((entry) =>
    entry instanceof Withheld
      ? [Uint8Array.of(0, 0), entry.leaf]
      : [Uint8Array.of(entry.length >> 8, entry.length & 255), entry],
  );
  const version = entries.some((entry) => entry instanceof Withheld) ? SHOWN_IN_PART : VERSION;
  return joined([utf8.encode(`${MAGIC}${version}\n${lengths}\n\n`), keys, notes, ...framed]);
}

interface Header {
  readonly isInPart: boolean;
  readonly length: number;
  readonly policy: number;
  readonly checkpoints: number;
  readonly entries: number;
}

function parseHeader(bytes: Uint8Array): Header {
  // Latin-1, so that no byte in front of the header's end is lost or joined to another.
  const start = String.fromCharCode(...bytes.subarray(0, LONGEST_HEADER));
  if (!start.startsWith(MAGIC)) throw new Refused("not-a-bundle");
  const isInPart = start.startsWith(`${MAGIC}${SHOWN_IN_PART}\n`);
  if (!isInPart && !start.startsWith(`${MAGIC}${VERSION}\n`)) throw new Refused("night-version");
  const found = /^[^\n]*\npolicy ([0-9]+)\ncheckpoints ([0-9]+)\nentries ([0-9]+)\n\n/.exec(start);
  const refusal = new Refused("night-header");
  if (found === null) throw refusal;
  const [policy = 0, checkpoints = 0, entries = 0] = found.slice(1).map((number) => parseNumber(number, refusal));
  return { isInPart, length: found[0].length, policy, checkpoints, entries };
}

function partOf(bytes: Uint8Array, from: number, to: number, code: "night-policy" | "night-checkpoints"): string {
  try {
    return textOf(bytes.subarray(from, to));
  } catch {
    throw new Refused(code);
  }
}

/** Reads signed checkpoints with one empty line between each two: a text, an empty line, signatures, and so on. */
function parseCheckpoints(text: string): SignedCheckpoint[] {
  const parts = text.split("\n\n");
  if (parts.length % 2 !== 0) throw new Refused("night-checkpoints");
  const found: SignedCheckpoint[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    // The last part still has the newline at which the others were parted.
    const end = at + 2 < parts.length ? "\n" : "";
    found.push(parseCheckpoint(`${parts[at]}\n\n${parts[at + 1]}${end}`));
  }
  found.forEach((signed, at) => {
    const before = found[at - 1];
    const same = before?.note.text === signed.note.text;
    if (before !== undefined && (before.size > signed.size || same))
      throw new Refused("night-checkpoint-order", `${at + 1}`);
  });
  return found;
}

function parseEntries(bytes: Uint8Array, { entries: count, isInPart }: Header): Shown[] {
  const { entries, rest } = isInPart ? parseShown(bytes, count) : parseFrames(bytes, count);
  if (entries.length < count) throw new Refused("night-entry-cut", `${entries.length}`);
  if (rest > 0) throw new Refused("night-trailing", `${rest}`);
  // A night of which nothing is withheld has one encoding, and this is not it.
  if (isInPart && !entries.some((entry) => entry instanceof Withheld)) throw new Refused("night-version");
  return entries;
}

/** Reads as many entries as there are, `most` at most. A length of 0 stands before the leaf hash of one that is withheld. */
export function parseShown(bytes: Uint8Array, most: number): { entries: Shown[]; rest: number } {
  const entries: Shown[] = [];
  let at = 0;
  while (entries.length < most && at < bytes.length) {
    const [high = 0, low] = bytes.subarray(at, at + 2);
    const isWithheld = high === 0 && low === 0;
    const end = at + 2 + (isWithheld ? HASH_BYTES : high * 256 + (low ?? 0));
    if (low === undefined || end > bytes.length) throw new Refused("night-entry-cut", `${entries.length}`);
    const part = bytes.subarray(at + 2, end);
    entries.push(isWithheld ? new Withheld(part) : part);
    at = end;
  }
  return { entries, rest: bytes.length - at };
}

/** Reads entries, each after its length in two big-endian bytes, and counts the bytes behind the last. */
export function parseFrames(bytes: Uint8Array, count: number): { entries: Uint8Array[]; rest: number } {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < count) {
    const [high, low] = bytes.subarray(at, at + 2);
    const end = at + 2 + (high ?? 0) * 256 + (low ?? 0);
    if (low === undefined || end > bytes.length) throw new Refused("night-entry-cut", `${entries.length}`);
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return { entries, rest: bytes.length - at };
}
