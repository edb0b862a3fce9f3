import { fromBase64, toBase64 } from "./base64";
import { equalBytes } from "./bytes";
import { Refused } from "./flaw";
import { checkName, type VerifierKey } from "./keys";
import { holds } from "./signature";

const LONGEST_NOTE = 1_000_000;
const MOST_SIGNATURES = 100;
const START = "\u2014 ";
// Control characters other than the newline.
const BARRED = /[\u0000-\u0009\u000b-\u001f]/;

const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A line that claims to be somebody's signature. */
export interface SignatureLine {
  readonly name: string;
  readonly id: Uint8Array;
  readonly signature: Uint8Array;
}

/** A text with signatures, from anywhere (C2SP signed-note). It says nothing until its signatures were checked. */
export interface Note {
  /** What is signed, with its final newline. */
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
}

/** Reads UTF-8, of whatever is to be shown or compared as text. */
export function textOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    throw new Refused("note-characters");
  }
}

/**
 * Reads a note in its one spelling: a text, an empty line, and signature lines.
 *
 * @throws {Refused}
 */
export function parseNote(whole: string): Note {
  if (whole.length > LONGEST_NOTE) throw new Refused("note-too-long");
  if (BARRED.test(whole)) throw new Refused("note-characters");
  const at = whole.lastIndexOf("\n\n");
  if (at < 0 || !whole.endsWith("\n")) throw new Refused("note-malformed");
  const lines = whole.slice(at + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) throw new Refused("note-too-many-signatures");
  const note = { text: whole.slice(0, at + 1), signatures: lines.map(parseLine) };
  if (noteText(note) !== whole) throw new Refused("note-malformed");
  return note;
}

function parseLine(line: string): SignatureLine {
  const [name, base64, ...rest] = line.slice(START.length).split(" ");
  if (!line.startsWith(START) || name === undefined || base64 === undefined || rest.length > 0)
    throw new Refused("note-signature-line");
  const bytes = fromBase64(base64);
  if (bytes.length < 5) throw new Refused("note-signature-line");
  return { name: checkName(name), id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

/** Writes a note. */
export function noteText({ text, signatures }: Note): string {
  const lines = signatures.map(
    ({ name, id, signature }) => `${START}${name} ${toBase64(Uint8Array.of(...id, ...signature))}\n`,
  );
  return `${text}\n${lines.join("")}`;
}

/** Whether the line claims to be of this key: a key is known by name and id together. */
export function claims(line: SignatureLine, key: VerifierKey): boolean {
  return line.name === key.name && equalBytes(line.id, key.id);
}

/** Whether a line's signature over the text holds; of a witness's, the second in which it was made. */
export function checkLine(text: string, line: SignatureLine, key: VerifierKey): { readonly at: number | null } {
  const bad = (): never => {
    throw new Refused("note-bad-signature", key.name);
  };
  if (key.scheme === "log") return holds(key.key, utf8.encode(text), line.signature) ? { at: null } : bad();
  if (line.signature.length !== 72) return bad();
  const at = secondsOf(line.signature.subarray(0, 8));
  const message = utf8.encode(`cosignature/v1\ntime ${at}\n${text}`);
  return holds(key.key, message, line.signature.subarray(8)) ? { at } : bad();
}

function secondsOf(bytes: Uint8Array): number {
  const seconds = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  if (seconds === 0n || seconds >> 63n) throw new Refused("cosignature-time", seconds.toString());
  if (seconds > BigInt(Number.MAX_SAFE_INTEGER)) throw new Refused("too-large", seconds.toString());
  return Number(seconds);
}
