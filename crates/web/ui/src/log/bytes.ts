/** Why bytes are not the one spelling of a value. `too-large` and `unknown-kind` say nothing against the bytes. */
export type DecodeCode =
  | "cut-short"
  | "bytes-left-over"
  | "number-spelling"
  | "number-range"
  | "not-a-switch"
  | "zero"
  | "unknown-variant"
  | "unknown-kind"
  | "not-utf8"
  | "text-too-long"
  | "hidden-character"
  | "not-rising"
  | "entry-version"
  | "entry-too-long"
  | "too-large";

const SENTENCES: Readonly<Record<DecodeCode, string>> = {
  "cut-short": "The bytes end within a value.",
  "bytes-left-over": "Bytes stand after the value.",
  "number-spelling": "A number is written with more bytes than it needs.",
  "number-range": "A number is larger than its type holds.",
  "not-a-switch": "A byte that must be 0 or 1 is neither.",
  zero: "A number that is counted from 1 is 0.",
  "unknown-variant": "A variant is not known.",
  "unknown-kind":
    "This verifier does not know this kind of event: it is too old for the log, or the bytes are no event.",
  "not-utf8": "A text is not UTF-8.",
  "text-too-long": "A text is longer than 2,000 bytes.",
  "hidden-character": "A text holds a hidden character.",
  "not-rising": "Numbers that must rise do not.",
  "entry-version": "The entry is of a layout that this verifier does not read.",
  "entry-too-long": "The entry is longer than 65,535 bytes.",
  "too-large": "A number is too large for this verifier, which counts up to 2^53 - 1.",
};

/** Bytes were refused. */
export class DecodeError extends Error {
  constructor(
    readonly code: DecodeCode,
    /** Where in the bytes reading stopped. */
    readonly at: number,
  ) {
    super(`${SENTENCES[code]} (byte ${at})`);
    this.name = "DecodeError";
  }
}

// `ignoreBOM` keeps a byte order mark in the text: it is a character like others, and dropping it gives two spellings.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads values from the front of bytes, each in its one spelling. */
export class Reader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  fail(code: DecodeCode): never {
    throw new DecodeError(code, this.at);
  }

  take(count: number): Uint8Array {
    if (count > this.bytes.length - this.at) this.fail("cut-short");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  u8(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) this.fail("cut-short");
    this.at += 1;
    return byte;
  }

  /** A varint of at most 64 bits. */
  wide(): bigint {
    const from = this.at;
    let value = 0n;
    let shift = 0n;
    for (let byte = this.varintByte(from); ; byte = this.varintByte(from)) {
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte < 0x80) break;
    }
    if (value >> 64n) this.fail("number-range");
    return value;
  }

  /** A varint of at most `largest`, which is below 2^53. */
  narrow(largest: number): number {
    const value = this.safe();
    if (value > largest) this.fail("number-range");
    return value;
  }

  /** A varint of 64 bits, refused as `too-large` from 2^53 on. */
  safe(): number {
    const from = this.at;
    let value = 0;
    let scale = 1;
    for (let byte = this.varintByte(from); ; byte = this.varintByte(from)) {
      // Seven bytes hold 49 bits: until then nothing is rounded.
      if (this.at - from > 7) return this.safeFrom(from);
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte < 0x80) return value;
    }
  }

  /** A length of what follows: a longer one than there are bytes is refused before anything is set aside for it. */
  length(): number {
    const length = this.wide();
    if (length > BigInt(this.bytes.length - this.at)) this.fail("cut-short");
    return Number(length);
  }

  string(): string {
    const bytes = this.take(this.length());
    try {
      return utf8.decode(bytes);
    } catch {
      return this.fail("not-utf8");
    }
  }

  /** Refuses what stands behind the value. */
  end(): void {
    if (this.at !== this.bytes.length) this.fail("bytes-left-over");
  }

  /** A number whose first bytes were more than `safe` adds up without rounding. */
  private safeFrom(from: number): number {
    this.at = from;
    const value = this.wide();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.fail("too-large");
    return Number(value);
  }

  /** The next byte of a varint that began at `from`; the last one is not 0, unless it is the only one. */
  private varintByte(from: number): number {
    const byte = this.u8();
    if (byte === 0 && this.at - from > 1) this.fail("number-spelling");
    if (this.at - from > 10) this.fail("number-range");
    return byte;
  }
}

/** Collects bytes. */
export class Writer {
  private readonly parts: number[] = [];

  put(bytes: Uint8Array): void {
    for (const byte of bytes) this.parts.push(byte);
  }

  u8(byte: number): void {
    this.parts.push(byte);
  }

  varint(value: number | bigint): void {
    let rest = BigInt(value);
    for (; rest >= 0x80n; rest >>= 7n) this.parts.push(Number(rest & 0x7fn) | 0x80);
    this.parts.push(Number(rest));
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.parts);
  }
}

/** Some strings of bytes, one behind the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two strings of bytes are the same. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
