import { DecodeError } from "./bytes";
import { blob, decode, struct, u8, type Of } from "./codec";
import { eventBody, type EventBody } from "./event/body";
import { entryIndex, hash, publicKey, signature, unixMillis } from "./event/values";

const LAYOUT = 1;
const LONGEST = 65_535;

const layout = struct({
  version: u8,
  index: entryIndex,
  receivedAt: unixMillis,
  previous: hash,
  author: publicKey,
  signed: blob,
  signature,
});

/** An entry of the log with the event in it. That it decodes says nothing of who signed it. */
export interface DecodedEntry {
  /** All of the entry: the leaf of the tree. */
  readonly bytes: Uint8Array;
  /** Its place in the log, from 0, by its own word. */
  readonly index: number;
  /** When the log took it, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** The BLAKE3 hash of the whole entry before. */
  readonly previous: Uint8Array;
  readonly author: Uint8Array;
  /** The bytes of `body`, as they were signed. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly body: EventBody;
}

/** An entry without a look at what was signed in it. */
export type EntryLayout = Of<typeof layout>;

/**
 * Reads the layout of an entry.
 *
 * @throws {DecodeError} if the bytes are anything else.
 */
export function readLayout(bytes: Uint8Array): EntryLayout {
  // The version stands alone in front, since another one may be laid out otherwise.
  if (bytes.length > 0 && bytes[0] !== LAYOUT) throw new DecodeError("entry-version", 0);
  if (bytes.length > LONGEST) throw new DecodeError("entry-too-long", LONGEST);
  return decode(layout, bytes);
}

/**
 * Reads an entry in its one spelling, with the event in it.
 *
 * @throws {DecodeError} if the bytes are anything else.
 */
export function decodeEntry(bytes: Uint8Array): DecodedEntry {
  const { index, receivedAt, previous, author, signed, signature: by } = readLayout(bytes);
  return { bytes, index, receivedAt, previous, author, signed, signature: by, body: decode(eventBody, signed) };
}
