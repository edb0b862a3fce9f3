import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { equalBytes } from "./bytes";
import { toHex } from "./hex";

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;
const L = Point.Fn.ORDER;

/** A key that was decoded once; none if its bytes are no point, or one of small order. */
interface Known {
  readonly point: Point | null;
  uses: number;
}

// A table of a key's multiples takes as long as some checks without it, and a larger one as long as many.
const SMALL_TABLE = { uses: 8, bits: 4 };
const LARGE_TABLE = { uses: 400, bits: 7 };
const MOST_KNOWN = 20_000;
const known = new Map<string, Known>();

/**
 * The strict verdict on an Ed25519 signature, the one that counts (`docs/EVENTS.md`, "What is signed"): S below the
 * order, key and R points and not of small order, and S B - k A equal to R byte for byte, without a cofactor.
 */
export function holds(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  const point = s < L ? pointOf(key) : null;
  if (point === null) return false;
  const k = littleEndian(sha512.create().update(r).update(key).update(message).digest()) % L;
  const found = Point.BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(k));
  // Equal bytes make R this very point, in its one encoding: it need not be decoded to see that it is a point.
  return !found.isSmallOrder() && equalBytes(found.toBytes(), r);
}

const utf8 = new TextEncoder();
const CONTEXTS = {
  event: utf8.encode("tallylog/event/v1\0"),
  possession: utf8.encode("tallylog/possession/v1\0"),
} as const;

/** What is signed of a content: its bytes, after a context that says what it is (`docs/EVENTS.md`, "What is signed"). */
export function signedMessage(of: keyof typeof CONTEXTS, content: Uint8Array): Uint8Array {
  const context = CONTEXTS[of];
  const message = new Uint8Array(context.length + content.length);
  message.set(context);
  message.set(content, context.length);
  return message;
}

/** What enrolment says of a key. */
export type KeyVerdict = "good" | "torsion" | "not-a-key";

/** Looks at a key that is to be enrolled: the one encoding of a point whose order is L. */
export function checkKey(key: Uint8Array): KeyVerdict {
  const point = decodePoint(key);
  if (point === null || !equalBytes(point.toBytes(), key)) return "not-a-key";
  return !point.isSmallOrder() && point.isTorsionFree() ? "good" : "torsion";
}

function pointOf(key: Uint8Array): Point | null {
  const name = toHex(key);
  let found = known.get(name);
  if (found === undefined) {
    const point = decodePoint(key);
    found = { point: point === null || point.isSmallOrder() ? null : point, uses: 0 };
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(name, found);
  }
  found.uses += 1;
  for (const { uses, bits } of [SMALL_TABLE, LARGE_TABLE]) if (found.uses === uses) found.point?.precompute(bits, true);
  return found.point;
}

/** A point of the curve by any of its spellings: what counts of a spelling is looked at by whoever asks. */
function decodePoint(key: Uint8Array): Point | null {
  try {
    return Point.fromBytes(key, true);
  } catch {
    return null;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`);
}
