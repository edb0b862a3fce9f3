import { Refused } from "./flaw";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map(Array.from(DIGITS, (digit, value) => [digit, value]));

/** Writes base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const group = (a << 16) | (b << 8) | c;
    for (let shift = 18; shift >= 0; shift -= 6) text += DIGITS.charAt((group >> shift) & 63);
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return text.slice(0, text.length - missing) + "=".repeat(missing);
}

/**
 * Reads base64 with padding, in its one spelling.
 *
 * @throws {Refused} `base64-malformed`
 */
export function fromBase64(text: string): Uint8Array {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array(Math.max(0, Math.floor((text.length / 4) * 3) - padding));
  const digits = text.slice(0, text.length - padding);
  let group = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const value = VALUES.get(digits.charAt(at));
    if (value === undefined) throw new Refused("base64-malformed");
    group = ((group << 6) | value) & 0xff_ffff;
    if (at % 4 > 0) bytes[Math.floor(at / 4) * 3 + (at % 4) - 1] = (group >> (6 - 2 * (at % 4))) & 0xff;
  }
  // Padding of another length, or bits beyond the last byte, would be a second spelling.
  if (toBase64(bytes) !== text) throw new Refused("base64-malformed");
  return bytes;
}
