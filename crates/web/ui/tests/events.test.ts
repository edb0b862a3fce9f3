import { describe, expect, test } from "vitest";
import { DecodeError, type DecodeCode } from "../src/log/bytes";
import { decode, encode, string, text, u16, u64, safe } from "../src/log/codec";
import { decodeEntry } from "../src/log/entry";
import { event, eventBody, release } from "../src/log/event/body";
import { enrolment } from "../src/log/event/keys";
import { bytesOf, goldenLines, hexOf, projectText } from "./golden";

const EVENTS = goldenLines("crates/event/golden/events.txt");
const ENTRIES = new Map(goldenLines("crates/event/golden/entries.txt"));

function codeOf(decoding: () => unknown): DecodeCode | "decodes" {
  try {
    decoding();
    return "decodes";
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
}

/** All kinds that stand in a value, with the kinds around them: `Review.Resolved.outcome.KeepFirst`. */
function kindsIn(value: unknown, found: Set<string> = new Set<string>()): Set<string> {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return found;
  if ("kind" in value && typeof value.kind === "string") found.add(value.kind);
  for (const inner of Object.values(value)) kindsIn(inner, found);
  return found;
}

/** The variants of every table of docs/EVENTS.md. */
function variantsOfThePage(): string[] {
  const rows = projectText("docs/EVENTS.md").matchAll(/^\| \d+ \| `([A-Z]\w+)` \| /gm);
  return [...rows].map(([, name]) => name ?? "");
}

describe("the golden events", () => {
  test.each(EVENTS)("%s decodes, and encodes to the same bytes", (name, bytes) => {
    // The one golden line whose entry numbers reach 2^64 - 1.
    if (name === "released") {
      expect(codeOf(() => decode(eventBody, bytes))).toBe("too-large");
      return;
    }
    expect(hexOf(encode(eventBody, decode(eventBody, bytes)))).toBe(hexOf(bytes));
  });

  test("hold every variant of docs/EVENTS.md but the basis of the results", () => {
    const found = new Set(["Released"]);
    for (const [name, bytes] of EVENTS) if (name !== "released") kindsIn(decode(eventBody, bytes), found);
    const missing = new Set(variantsOfThePage().filter((variant) => !found.has(variant)));
    expect([...missing]).toEqual([]);
  });

  test.each(EVENTS)("%s is refused with a byte left out at the end, or one more", (name, bytes) => {
    const cut = codeOf(() => decode(eventBody, bytes.subarray(0, -1)));
    expect(["cut-short", ...(name === "released" ? ["number-range", "too-large"] : [])]).toContain(cut);
    if (name !== "released")
      expect(codeOf(() => decode(eventBody, Uint8Array.of(...bytes, 0)))).toBe("bytes-left-over");
  });

  test.each(EVENTS)("%s with any one bit changed is refused or is another value in its one spelling", (_, bytes) => {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let value;
      try {
        value = decode(eventBody, changed);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        continue;
      }
      if (hexOf(encode(eventBody, value)) !== hexOf(changed)) throw new Error(`bit ${bit} gives a second spelling`);
    }
  });
});

describe("an entry", () => {
  const bytes = ENTRIES.get("entry-1") ?? new Uint8Array();

  test("of the worked example decodes to its figures", () => {
    const entry = decodeEntry(bytes);
    expect([entry.index, entry.receivedAt]).toEqual([1, 1580779201500]);
    expect(hexOf(entry.signed)).toBe(hexOf(ENTRIES.get("envelope-body") ?? new Uint8Array()));
    expect(entry.body.recordedAt).toBe(1580779200000n);
    const { event: happened } = entry.body;
    if (happened.kind !== "Reported") throw new Error("another event");
    expect(happened.value.precinct).toEqual({ county: 76, number: 300 });
    expect(happened.value.sheet.attendance).toEqual({ people: 37, counted: true });
    expect(happened.value.sheet.firstAlignment).toEqual([
      [1, 18],
      [2, 10],
      [5, 7],
      [12, 2],
    ]);
    expect(happened.value.sheet.awards).toEqual([
      [1, 4],
      [2, 2],
      [5, 1],
    ]);
    expect(happened.value.sheet.worksheetDelegates).toBe(7);
    expect(happened.value.sheet.claimed).toBeNull();
  });

  test("of another layout is refused by its first byte, whatever follows", () => {
    expect(codeOf(() => decodeEntry(Uint8Array.of(2)))).toBe("entry-version");
    expect(codeOf(() => decodeEntry(new Uint8Array()))).toBe("cut-short");
  });

  test("of more than 65,535 bytes is refused", () => {
    const long = new Uint8Array(65_536);
    long.set(bytes);
    expect(codeOf(() => decodeEntry(long))).toBe("entry-too-long");
  });

  test("opens a contest with its candidates and registrars", () => {
    const { event: happened } = decodeEntry(ENTRIES.get("entry-0") ?? new Uint8Array()).body;
    if (happened.kind !== "ContestOpened") throw new Error("another event");
    expect(happened.value.candidates.map(({ name }) => name)).toEqual(["Buttigieg", "Sanders", "Uncommitted"]);
    expect(happened.value.registrars.map(({ person }) => person)).toEqual(["R. Strar"]);
    expect(happened.value.log.origin).toBe("log.example.org/caucus");
  });
});

describe("one spelling", () => {
  test("a number has no more bytes than it needs, and fits its type", () => {
    expect(decode(u16, bytesOf("ac02"))).toBe(300);
    expect(decode(u16, bytesOf("00"))).toBe(0);
    expect(codeOf(() => decode(u16, bytesOf("ac8200")))).toBe("number-spelling");
    expect(codeOf(() => decode(u16, bytesOf("8000")))).toBe("number-spelling");
    expect(codeOf(() => decode(u16, bytesOf("808004")))).toBe("number-range");
    expect(decode(u64, bytesOf("ffffffffffffffffff01"))).toBe(2n ** 64n - 1n);
    expect(codeOf(() => decode(u64, bytesOf("ffffffffffffffffff02")))).toBe("number-range");
    expect(codeOf(() => decode(u64, bytesOf("ffffffffffffffffffff01")))).toBe("number-range");
    expect(decode(safe, bytesOf("ffffffffffffff0f"))).toBe(Number.MAX_SAFE_INTEGER);
    expect(codeOf(() => decode(safe, bytesOf("8080808080808010")))).toBe("too-large");
  });

  test("a text is UTF-8 without hidden characters, and at most 2,000 bytes long", () => {
    expect(decode(text, encode(text, "Señora Muñoz 😀"))).toBe("Señora Muñoz 😀");
    expect(codeOf(() => decode(text, bytesOf("02c328")))).toBe("not-utf8");
    expect(codeOf(() => decode(text, bytesOf("03eda080")))).toBe("not-utf8");
    for (const hidden of ["\n", "\u007f", "\u0085", "\u200b", "\u202e", "\u2060", "\ufeff"]) {
      expect(codeOf(() => decode(text, encode(text, `a${hidden}`)))).toBe("hidden-character");
      expect(decode(string, encode(string, `${hidden}a`))).toBe(`${hidden}a`);
    }
    expect(decode(text, encode(text, "é".repeat(1000)))).toHaveLength(1000);
    expect(codeOf(() => decode(text, encode(text, `${"é".repeat(1000)}a`)))).toBe("text-too-long");
  });

  test("groups, entries of a release and codes strictly rise, and nothing counted from 1 is 0", () => {
    expect(codeOf(() => decode(release, encode(release, { name: "", entries: [3, 3] })))).toBe("not-rising");
    const reported = (firstAlignment: string): string => `040000000001${firstAlignment}00000000000000`;
    expect(codeOf(() => decode(event, bytesOf(reported("0201120214"))))).toBe("decodes");
    expect(codeOf(() => decode(event, bytesOf(reported("0202120114"))))).toBe("not-rising");
    expect(codeOf(() => decode(event, bytesOf(reported("0201120114"))))).toBe("not-rising");
    expect(codeOf(() => decode(event, bytesOf(reported("010012"))))).toBe("zero");
  });

  test("an unknown kind of event is told apart from an unknown variant within one, and from a switch that is neither", () => {
    expect(codeOf(() => decode(event, bytesOf("7f")))).toBe("unknown-kind");
    expect(codeOf(() => decode(event, bytesOf("0f7f")))).toBe("unknown-kind");
    expect(codeOf(() => decode(enrolment, bytesOf(`${"00".repeat(32)}000a`)))).toBe("unknown-variant");
    expect(codeOf(() => decode(event, bytesOf("040000000200")))).toBe("not-a-switch");
  });

  test("a length that claims more than there is sets nothing aside", () => {
    expect(codeOf(() => decode(release, bytesOf("00ffffffffffffffffff01")))).toBe("cut-short");
    expect(codeOf(() => decode(text, bytesOf("ffffffff0f")))).toBe("cut-short");
  });
});
