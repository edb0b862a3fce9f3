import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { GroupFiguresSchema, VersionSchema } from "../src/gen/tallylog/v1/results_pb";
import {
  before as comparedWith,
  changes,
  disagreements,
  fingerprint,
  placed,
  recordOf,
  sums,
  withFigures,
} from "../src/pages/precinct/model";

const before = create(VersionSchema, {
  attendance: 90,
  threshold: 14,
  worksheetDelegates: 4,
  worksheetThreshold: 13,
  groups: [
    { name: "Dunmere", firstAlignment: 13, finalAlignment: 15, awarded: 2, lawful: 1, sdeTenThousandths: 1900n },
    { name: "Ellersby", firstAlignment: 0, finalAlignment: 0, awarded: 0, lawful: 0 },
    { name: "Ivesdale", firstAlignment: 20, finalAlignment: 31, awarded: 1, lawful: 1, sdeTenThousandths: 1900n },
  ],
});

const after = create(VersionSchema, {
  ...before,
  attendance: 91,
  groups: before.groups.map((group) => (group.name === "Ivesdale" ? { ...group, firstAlignment: 28 } : group)),
});

describe("a version of a precinct", () => {
  test("differs from the one before in exactly the figures that changed", () => {
    expect(changes(before, before)).toEqual([]);
    expect(changes(before, after)).toEqual([
      { what: "attendance", group: null, old: 90n, new: 91n },
      { what: "first", group: "Ivesdale", old: 20n, new: 28n },
    ]);
  });

  test("that lacks a round differs from one that has it by nothing against a figure", () => {
    const lacking = create(VersionSchema, {
      ...before,
      groups: before.groups.map(({ name, firstAlignment }) =>
        create(GroupFiguresSchema, { name, firstAlignment: firstAlignment ?? 0 }),
      ),
    });
    const told = changes(lacking, before).filter((change) => change.what === "final");
    expect(told.map((change) => [change.group, change.old, change.new])).toEqual([
      ["Dunmere", null, 15n],
      ["Ellersby", null, 0n],
      ["Ivesdale", null, 31n],
    ]);
  });

  test("disagrees with the rules where its worksheet says another number", () => {
    expect(disagreements(before, 4)).toEqual([
      { what: "threshold", group: null, worksheet: 13, rules: 14 },
      { what: "awarded", group: "Dunmere", worksheet: 2, rules: 1 },
    ]);
    expect(disagreements(before, 5)[0]).toEqual({ what: "delegates", group: null, worksheet: 4, rules: 5 });
    expect(disagreements(before, null).some((each) => each.what === "delegates")).toBe(false);
  });

  test("adds up by columns, and has no sum where nobody gives a figure", () => {
    expect(sums(before)).toEqual({ first: 33, final: 46, awarded: 3, lawful: 2, sde: 3800n, claimed: null });
    expect(withFigures(before).map((group) => group.name)).toEqual(["Dunmere", "Ivesdale"]);
  });
});

describe("of several versions", () => {
  const version = (entry: bigint, setAsideBy?: bigint) =>
    create(VersionSchema, { entry, ...(setAsideBy === undefined ? {} : { setAsideBy }) });

  test("the record is the last that was not set aside", () => {
    const [chair, operator] = [version(3n), version(7n, 9n)];
    expect(recordOf([chair, operator])).toBe(chair);
    expect(recordOf([version(3n, 9n), operator])).toBeNull();
    expect(recordOf([])).toBeNull();
  });

  test("each is compared with the last that stood when it came, and a correction with what it replaces", () => {
    const [chair, operator, third] = [version(3n), version(7n, 9n), version(11n)];
    const versions = [chair, operator, third];
    expect(comparedWith(versions, chair)).toBeNull();
    expect(comparedWith(versions, operator)).toBe(chair);
    expect(comparedWith(versions, third)).toBe(chair);
    const correction = create(VersionSchema, { entry: 8n, correction: { replaces: 3n } });
    expect(comparedWith([chair, operator, correction], correction)).toBe(chair);
  });

  test("the numbers are those among all, however many of the first are not there", () => {
    const versions = [version(11n), version(12n, 13n), version(14n)];
    const told = (count: number, earlier: bigint | null) =>
      placed(versions, earlier, count).map(({ number, before }) => [number, before?.entry ?? null]);
    expect(told(3, null)).toEqual([
      [1, null],
      [2, 11n],
      [3, 11n],
    ]);
    expect(told(9, 11n)).toEqual([
      [7, null],
      [8, 11n],
      [9, 11n],
    ]);
  });

  test("a record before its turn has no number, and only what replaces it is compared with it", () => {
    const correction = create(VersionSchema, { entry: 15n, correction: { replaces: 11n } });
    const versions = [version(11n), version(12n, 13n), version(14n, 16n), correction];
    const told = placed(versions, 12n, 9).map(({ number, before }) => [number, before?.entry ?? null]);
    expect(told).toEqual([
      [null, null],
      [7, null],
      [8, null],
      [9, 11n],
    ]);
  });
});

test("a fingerprint is read in groups of four digits", () => {
  expect(fingerprint(Uint8Array.from({ length: 32 }, (_, at) => at))).toBe("0001 0203 0405 0607 0809 0a0b 0c0d 0e0f");
});
