import { describe, expect, test } from "vitest";
import { checkKey, holds } from "../src/log/signature";
import { bytesOf, goldenLines, goldenRecords } from "./golden";

const RECORDS = goldenRecords("crates/event/golden/signatures.txt").map((record) => {
  const value = (name: string): string => record.get(name) ?? "";
  const bytes = (name: string): Uint8Array => bytesOf(value(name));
  return { value, bytes, name: value("name") };
});

describe("the strict verdict of the golden signatures", () => {
  test("is looked for in every record", () => {
    expect(RECORDS.length).toBeGreaterThan(30);
    expect(RECORDS.every(({ value }) => /^(accepted|refused)$/.test(value("strict")))).toBe(true);
  });

  test.each(RECORDS)("$name", ({ value, bytes }) => {
    const verdict = holds(bytes("key"), bytes("message"), bytes("signature"));
    expect(verdict ? "accepted" : "refused").toBe(value("strict"));
  });

  test.each(RECORDS)("$name stays the same when its key is known so well that tables were made", ({ value, bytes }) => {
    for (let time = 0; time < 10; time += 1) holds(bytes("key"), bytes("message"), bytes("signature"));
    const verdict = holds(bytes("key"), bytes("message"), bytes("signature"));
    expect(verdict ? "accepted" : "refused").toBe(value("strict"));
  });

  test.each(RECORDS)("$name: enrolment's word on the key", ({ value, bytes }) => {
    expect(checkKey(bytes("key"))).toBe(value("key-check"));
  });
});

describe("a signature", () => {
  const entries = new Map(goldenLines("crates/event/golden/entries.txt"));
  const part = (name: string): Uint8Array => entries.get(name) ?? new Uint8Array();

  test("of the possession of a key holds, and not with any bit changed", () => {
    const [key, message, signature] = [
      part("possession-key"),
      part("possession-message"),
      part("possession-signature"),
    ];
    expect(holds(key, message, signature)).toBe(true);
    for (let bit = 0; bit < 512; bit += 7) {
      const changed = Uint8Array.from(signature);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(holds(key, message, changed)).toBe(false);
    }
  });

  test("of another length is none", () => {
    expect(holds(part("possession-key"), new Uint8Array(), new Uint8Array(63))).toBe(false);
    expect(holds(new Uint8Array(31), new Uint8Array(), new Uint8Array(64))).toBe(false);
  });
});
