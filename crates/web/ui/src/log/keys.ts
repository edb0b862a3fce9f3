import { sha256 } from "@noble/hashes/sha2.js";
import { fromBase64, toBase64 } from "./base64";
import { equalBytes } from "./bytes";
import { Refused } from "./flaw";
import { toHex } from "./hex";
import { checkKey } from "./signature";

/** What a key's signatures cover: a text alone, as logs sign, or a checkpoint with a time, as witnesses sign. */
export type Scheme = "log" | "witness";

const TYPES: Readonly<Record<Scheme, number>> = { log: 0x01, witness: 0x04 };
const LONGEST_NAME = 255;
// Unicode's white space (the property), the plus sign, and ASCII's control characters.
const BARRED = /[\p{White_Space}+\u0000-\u001f]/u;

const utf8 = new TextEncoder();

/** A public key with its name and scheme (C2SP signed-note, "Verifier keys"). */
export interface VerifierKey {
  readonly name: string;
  readonly scheme: Scheme;
  readonly key: Uint8Array;
  readonly id: Uint8Array;
}

/** Refuses what cannot be the name of a key. */
export function checkName(name: string): string {
  if (name === "") throw new Refused("key-name-empty");
  if (utf8.encode(name).length > LONGEST_NAME) throw new Refused("key-name-too-long", name);
  if (BARRED.test(name)) throw new Refused("key-name-character", name);
  return name;
}

/**
 * Puts a name to a key.
 *
 * @throws {Refused} if the name or the key is none.
 */
export function verifierKey(name: string, scheme: Scheme, key: Uint8Array): VerifierKey {
  checkName(name);
  const verdict = checkKey(key);
  if (verdict !== "good") throw new Refused(verdict === "torsion" ? "vkey-torsion" : "vkey-not-a-key", name);
  const id = sha256
    .create()
    .update(utf8.encode(`${name}\n`))
    .update(Uint8Array.of(TYPES[scheme]))
    .update(key)
    .digest();
  return { name, scheme, key, id: id.subarray(0, 4) };
}

/** Reads `name+id+base64`. */
export function parseVerifierKey(text: string, scheme: Scheme): VerifierKey {
  const [name = "", id, ...rest] = text.split("+");
  if (id === undefined || rest.length === 0) throw new Refused("vkey-malformed", text);
  const [type, ...key] = keyBytes(rest.join("+"));
  if (type !== TYPES.log && type !== TYPES.witness) throw new Refused("vkey-type", name);
  if (type !== TYPES[scheme]) throw new Refused(scheme === "log" ? "vkey-not-a-log" : "vkey-not-a-witness", name);
  const found = verifierKey(name, scheme, Uint8Array.from(key));
  if (toHex(found.id) !== id) throw new Refused("vkey-wrong-id", name);
  return found;
}

function keyBytes(text: string): Uint8Array {
  try {
    return fromBase64(text);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refused("vkey-malformed", text);
  }
}

/** Writes `name+id+base64`. */
export function verifierKeyText({ name, scheme, key, id }: VerifierKey): string {
  return `${name}+${toHex(id)}+${toBase64(Uint8Array.of(TYPES[scheme], ...key))}`;
}

/** Whether two are the same key of the same name. */
export function sameKey(one: VerifierKey, other: VerifierKey): boolean {
  return one.name === other.name && one.scheme === other.scheme && equalBytes(one.key, other.key);
}
