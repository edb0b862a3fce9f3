import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), "utf8");
const ours = read("../src/fold/likeness.ts");
const theirs = read("../../../projection/src/likeness.rs").split("#[cfg(test)]")[0] ?? "";

/** Each letter of a table with what it looks like, in order. */
function letters(source: string, row: RegExp): string[] {
  return [...source.matchAll(row)].flatMap(([, like = "", plain = ""]) =>
    Array.from(like, (letter) => `${letter} ${plain}`),
  );
}

/** Every code point of some ranges. */
function points(ranges: Iterable<RegExpMatchArray>): number[] {
  const all = [...ranges].flatMap(([, from = "", to = from]) => {
    const [first, last] = [from, to].map((hex) => parseInt(hex, 16));
    return Array.from({ length: (last ?? 0) - (first ?? 0) + 1 }, (_, at) => (first ?? 0) + at);
  });
  return all.sort((one, other) => one - other);
}

test("admission here and in the server take the same names for alike: a table of their own each, and the same letters", () => {
  const [here, there] = [letters(ours, /\["(.+?)", "(.)"\]/g), letters(theirs, /\("(.+?)", '(.)'\)/g)];
  expect(there.length).toBeGreaterThan(100);
  expect(here).toEqual(there);
});

test("they see nothing of the same characters", () => {
  const unseen = /fn is_unseen[^}]*?matches!\(([\s\S]*?)\n {4}\)/.exec(theirs)?.[1] ?? "";
  const there = points(unseen.matchAll(/'\\u\{([0-9A-F]+)\}'(?:\.\.='\\u\{([0-9A-F]+)\}')?/g));
  expect(there.length).toBeGreaterThan(4_000);
  expect(points(ours.matchAll(/\[0x([0-9a-f]+), 0x([0-9a-f]+)\]/g))).toEqual(there);
});
