import { checkpointText, parseCheckpoint, parseNumber, type SignedCheckpoint } from "./checkpoint";
import { joined } from "./bytes";
import { Refused } from "./flaw";
import { textOf } from "./note";

const MAGIC = "tallylog/bundle/";
const LONGEST_HEADER = 128;

/** A night in one file (`docs/EVENTS.md`, "The bundle"). Nothing of it was checked but its layout. */
export interface Bundle {
  readonly policy: string;
  /** In order of size, the last of as many entries as there are. */
  readonly checkpoints: readonly SignedCheckpoint[];
  readonly entries: readonly Uint8Array[];
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
  return { policy, checkpoints, entries: parseEntries(bytes.subarray(entriesAt), header.entries) };
}

/** Writes a bundle. Whether its checkpoints are in order, and the last of as many entries as there are, is the caller's care. */
export function bundleBytes({ policy, checkpoints, entries }: Bundle): Uint8Array<ArrayBuffer> {
  const utf8 = new TextEncoder();
  const [keys, notes] = [utf8.encode(policy), utf8.encode(checkpoints.map(checkpointText).join("\n"))];
  const lengths = `policy ${keys.length}\ncheckpoints ${notes.length}\nentries ${entries.length}`;
  const framed = entries.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 255), entry]);
  return joined([utf8.encode(`${MAGIC}v1\n${lengths}\n\n`), keys, notes, ...framed]);
}

interface Header {
  readonly length: number;
  readonly policy: number;
  readonly checkpoints: number;
  readonly entries: number;
}

function parseHeader(bytes: Uint8Array): Header {
  // Latin-1, so that no byte in front of the header's end is lost or joined to another.
  const start = String.fromCharCode(...bytes.subarray(0, LONGEST_HEADER));
  if (!start.startsWith(MAGIC)) throw new Refused("not-a-bundle");
  if (!start.startsWith(`${MAGIC}v1\n`)) throw new Refused("night-version");
  const found = /^[^\n]*\npolicy ([0-9]+)\ncheckpoints ([0-9]+)\nentries ([0-9]+)\n\n/.exec(start);
  const refusal = new Refused("night-header");
  if (found === null) throw refusal;
  const [policy = 0, checkpoints = 0, entries = 0] = found.slice(1).map((number) => parseNumber(number, refusal));
  return { length: found[0].length, policy, checkpoints, entries };
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

function parseEntries(bytes: Uint8Array, count: number): Uint8Array[] {
  const framed = parseFrames(bytes, count);
  if (framed.rest > 0) throw new Refused("night-trailing", `${framed.rest}`);
  return framed.entries;
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
