import { sha256 } from "@noble/hashes/sha2.js";

const BLOCK = 1 << 16;
const utf8 = new TextEncoder();

/** Hashes a canonical form: numbers are 8 bytes big-endian, and bytes and lists stand after their length as such one. */
export class Form {
  private readonly hash = sha256.create();
  private readonly block = new Uint8Array(BLOCK);
  private readonly view = new DataView(this.block.buffer);
  private at = 0;

  number(number: number): void {
    if (this.at + 8 > BLOCK) this.flush();
    const low = number % 0x1_0000_0000;
    this.view.setUint32(this.at, (number - low) / 0x1_0000_0000);
    this.view.setUint32(this.at + 4, low);
    this.at += 8;
  }

  /** Bytes without a length. */
  raw(bytes: Uint8Array): void {
    if (this.at + bytes.length > BLOCK) this.flush();
    if (bytes.length > BLOCK) {
      this.hash.update(bytes);
      return;
    }
    this.block.set(bytes, this.at);
    this.at += bytes.length;
  }

  bytes(bytes: Uint8Array): void {
    this.number(bytes.length);
    this.raw(bytes);
  }

  text(text: string): void {
    this.bytes(utf8.encode(text));
  }

  digest(): Uint8Array {
    this.flush();
    return this.hash.digest();
  }

  private flush(): void {
    this.hash.update(this.block.subarray(0, this.at));
    this.at = 0;
  }
}

/** A context as it stands before what is hashed: it ends in a zero byte. */
export function context(name: string): Uint8Array {
  return utf8.encode(`${name}\0`);
}
