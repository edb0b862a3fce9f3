import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { GroupFiguresSchema, VersionSchema } from "../src/gen/tallylog/v1/results_pb";
import { changes, disagreements, fingerprint, sums, withFigures } from "../src/pages/precinct/model";

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

test("a fingerprint is read in groups of four digits", () => {
  expect(fingerprint(Uint8Array.from({ length: 32 }, (_, at) => at))).toBe("0001 0203 0405 0607 0809 0a0b 0c0d 0e0f");
});
