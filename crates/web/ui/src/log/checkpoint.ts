import { fromBase64 } from "./base64";
import { Refused } from "./flaw";
import { checkName, type VerifierKey } from "./keys";
import { checkLine, claims, noteText, parseNote, type Note } from "./note";
import { HASH_BYTES, type Hash, type Head } from "./tree";

/** A log's head with signatures under it, from anywhere. */
export interface SignedCheckpoint extends Head {
  readonly origin: string;
  readonly note: Note;
}

/** A witness that cosigned, and when, in seconds since 1970. */
export interface Cosigner {
  readonly key: VerifierKey;
  readonly at: number;
}

/** Reads a size in its one spelling. */
export function parseNumber(text: string, refusal: Refused): number {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text)) throw refusal;
  const number = Number(text);
  if (number > Number.MAX_SAFE_INTEGER) throw new Refused("too-large", text);
  return number;
}

/** Reads a hash in base64. */
export function parseHash(text: string): Hash {
  const hash = fromBase64(text);
  if (hash.length !== HASH_BYTES) throw new Refused("hash-malformed", text);
  return hash;
}

/**
 * Reads a signed checkpoint: origin, size and root, and nothing else.
 *
 * @throws {Refused}
 */
export function parseCheckpoint(whole: string): SignedCheckpoint {
  const note = parseNote(whole);
  const [origin, size, root, end, ...rest] = note.text.split("\n");
  if (origin === undefined || size === undefined || root === undefined || end !== "" || rest.length > 0) {
    throw new Refused("checkpoint-malformed");
  }
  const found = {
    origin: checkName(origin),
    size: parseNumber(size, new Refused("checkpoint-malformed")),
    root: parseHash(root),
  };
  return { ...found, note };
}

/** Writes a signed checkpoint. */
export function checkpointText(signed: SignedCheckpoint): string {
  return noteText(signed.note);
}

/**
 * Checks that the log signed a checkpoint, with every line that claims to be its.
 *
 * @throws {Refused} `checkpoint-not-by-log`, or `note-bad-signature`.
 */
export function checkByLog(signed: SignedCheckpoint, log: VerifierKey): void {
  const lines = signed.note.signatures.filter((line) => claims(line, log));
  if (signed.origin !== log.name || lines.length === 0) throw new Refused("checkpoint-not-by-log", signed.origin);
  for (const line of lines) checkLine(signed.note.text, line, log);
}

/**
 * The witnesses that cosigned. In a bundle every line must be the log's or one of theirs, and the only one of its key;
 * other readers of notes pass over lines of keys that they do not know.
 *
 * @throws {Refused}
 */
export function cosigners(signed: SignedCheckpoint, log: VerifierKey, witnesses: readonly VerifierKey[]): Cosigner[] {
  const { text, signatures } = signed.note;
  const found: Cosigner[] = [];
  for (const line of signatures) {
    const key = [log, ...witnesses].find((each) => claims(line, each));
    if (key === undefined) throw new Refused("checkpoint-unknown-signer", line.name);
    if (signatures.filter((other) => claims(other, key)).length > 1)
      throw new Refused("checkpoint-signer-twice", line.name);
    const { at } = checkLine(text, line, key);
    if (at !== null) found.push({ key, at });
  }
  return found;
}
