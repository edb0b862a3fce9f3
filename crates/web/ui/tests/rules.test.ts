import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import {
  apportion,
  checkSheet,
  codeName,
  CODES,
  codeText,
  compareFractions,
  countyRatio,
  exact,
  explain,
  fraction,
  lawful,
  nationalDelegates,
  nationalTotal,
  permits,
  published,
  satelliteDelegates,
  severityOf,
  siteRatio,
  tenThousandths,
  viabilityThreshold,
  type Apportionment,
  type Fraction,
} from "../src/fold";
import type { ByGroup, Game, Ruleset, Sheet } from "../src/log/events";

const IOWA: Ruleset = {
  name: "iowa-2020",
  viability: [
    { from: 2, numerator: 1, denominator: 4 },
    { from: 3, numerator: 1, denominator: 6 },
    { from: 4, numerator: 15, denominator: 100 },
  ],
  satellites: [
    [1, 4],
    [21, 5],
    [41, 6],
    [61, 7],
    [81, 8],
    [101, 9],
  ].map(([from = 0, delegates = 0]) => ({ from, delegates })),
  national: { districts: [7, 7, 8, 5], atLarge: 9, pleo: 5, thresholdNumerator: 15, thresholdDenominator: 100 },
  largestRoom: 5000,
};

const EMPTY: Sheet = {
  attendance: null,
  firstAlignment: null,
  finalAlignment: null,
  awards: null,
  worksheetDelegates: null,
  worksheetThreshold: null,
  games: [],
  claimed: null,
};

function numbered(figures: readonly number[]): ByGroup<number> {
  return figures.map((figure, at) => [at + 1, figure] as const);
}

function among(people: number, electing: number, final: readonly number[], games: readonly Game[] = []): Apportionment {
  return apportion(IOWA, { people, electing, finalAlignment: numbered(final), games });
}

/** A tie in short: the groups between which it is, and how many of them win. */
function short(outcome: Apportionment): unknown {
  if (outcome.kind === "Settled") return outcome.awards.map(([, award]) => award);
  if (outcome.kind !== "Chance") return outcome.kind;
  const { awards, delegates, among } = outcome.tie;
  return [awards.map(([, award]) => award), delegates, among];
}

const SETTLED: readonly (readonly [number, number, readonly number[], readonly number[]])[] = [
  [37, 7, [20, 10, 7], [4, 2, 1]],
  [100, 7, [20, 18, 27, 19, 16], [2, 1, 2, 1, 1]],
  [90, 3, [75, 15], [2, 1]],
  [200, 7, [100, 50, 50], [3, 2, 2]],
  [20, 2, [13, 7], [1, 1]],
  [19, 3, [10, 5, 4], [1, 1, 1]],
  [13, 4, [6, 3, 2, 2], [1, 1, 1, 1]],
  [64, 13, [24, 20, 14], [5, 5, 3]],
  [161, 6, [52, 50, 31, 25], [2, 2, 1, 1]],
  [484, 8, [240, 179], [5, 3]],
  [40, 4, [22, 6, 6, 6], [1, 1, 1, 1]],
  [12, 3, [8, 2, 2], [1, 1, 1]],
  [357, 4, [177, 57], [3, 1]],
  [4, 4, [1, 1, 1, 1], [1, 1, 1, 1]],
  [34, 3, [11, 10, 7, 6], [1, 1, 1, 0]],
];

const TOSSED: readonly (readonly [number, number, readonly number[], readonly unknown[]])[] = [
  [200, 6, [100, 50, 50], [[3, 1, 1], 1, [2, 3]]],
  [60, 18, [15, 15, 15, 15], [[4, 4, 4, 4], 2, [1, 2, 3, 4]]],
  [133, 8, [35, 35, 21, 21, 21], [[2, 2, 1, 1, 1], 1, [3, 4, 5]]],
  [50, 5, [25, 15, 10], [[2, 1, 1], 1, [1, 2]]],
  [60, 5, [10, 10, 10, 10, 10, 10], [[0, 0, 0, 0, 0, 0], 5, [1, 2, 3, 4, 5, 6]]],
  [100, 10, [26, 26, 26, 22], [[2, 2, 2, 2], 2, [1, 2, 3]]],
  [39, 6, [10, 10, 7, 6, 6], [[1, 1, 1, 1, 1], 1, [1, 2]]],
];

describe("a precinct", () => {
  test.each([
    [45, 3, 8],
    [25, 5, 4],
    [40, 2, 10],
    [60, 18, 9],
    [847, 19, 128],
    [101, 5, 16],
    [1, 4, 1],
    [0, 4, null],
    [847, 1, null],
    [0xffff_ffff, 2, 0x4000_0000],
  ])("a room of %i that elects %i asks %s of a viable group", (people, electing, needed) => {
    expect(viabilityThreshold(IOWA, people, electing)).toBe(needed);
  });

  test.each(SETTLED)("%i people elect %i: %j have %j", (people, electing, final, awards) => {
    expect(short(among(people, electing, final))).toEqual(awards);
  });

  test.each(TOSSED)("%i people elect %i: %j toss", (people, electing, final, open) => {
    expect(short(among(people, electing, final))).toEqual(open);
  });

  test("what the rules do not decide by shares has a name of its own", () => {
    expect(short(among(0, 4, [5]))).toBe("NobodyAttended");
    expect(short(among(30, 1, [20, 10]))).toBe("RoomElects");
    expect(short(among(100, 4, [14, 14]))).toBe("NobodyViable");
  });

  test("a game counts when it answers the tie, and no other does", () => {
    const game: Game = { among: [2, 3], delegates: 1, winners: [3], means: { kind: "Coin" }, witnesses: [] };
    expect(short(among(200, 6, [100, 50, 50], [game]))).toEqual([3, 1, 2]);
    for (const other of [{ winners: [1] }, { winners: [2, 3] }, { delegates: 2 }, { among: [1, 3] }])
      expect(among(200, 6, [100, 50, 50], [{ ...game, ...other }]).kind).toBe("Chance");
  });

  test("more people at final alignment than in the room take no longer than others", () => {
    const outcome = among(1, 60_000, [4_000_000_000, 4_000_000_000, 3]);
    expect(outcome.kind).not.toBe("NobodyViable");
  });

  /** The same everywhere, and no clock in it. */
  function* rooms(count: number): Generator<readonly [people: number, electing: number, final: readonly number[]]> {
    let seed = 20_200_203;
    const below = (bound: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % bound;
    };
    for (let left = count; left > 0; left -= 1) {
      const final = Array.from({ length: 1 + below(8) }, () => below(60));
      const people = final.reduce((sum, members) => sum + members, below(20));
      yield [people, 2 + below(18), final];
    }
  }

  test("whatever the room, its delegates add up and no group is more than one from its share by size alone", () => {
    for (const [people, electing, final] of rooms(20_000)) {
      const outcome = among(people, electing, final);
      if (outcome.kind !== "Settled" && outcome.kind !== "Chance") continue;
      const awards = outcome.kind === "Settled" ? outcome.awards : outcome.tie.awards;
      const open = outcome.kind === "Settled" ? 0 : outcome.tie.delegates;
      expect(awards.reduce((sum, [, award]) => sum + award, open)).toBe(electing);
      for (const [one, award] of awards)
        for (const [other, less] of awards)
          if ((final[one - 1] ?? 0) > (final[other - 1] ?? 0)) expect(award + open).toBeGreaterThanOrEqual(less);
    }
  });

  test("the order of groups changes nothing", () => {
    for (const [people, electing, final] of rooms(2_000)) {
      const turned = among(people, electing, [...final].reverse());
      const back = turned.kind === "Settled" ? final.map((_, at) => [at + 1, figure(turned, final.length - at)]) : null;
      const outcome = among(people, electing, final);
      expect(turned.kind).toBe(outcome.kind);
      if (outcome.kind === "Settled")
        for (const [group, award] of outcome.awards) expect(back?.[group - 1]?.[1]).toBe(award);
    }
  });

  function figure(outcome: Apportionment, group: number): number {
    return outcome.kind === "Settled" ? (outcome.awards.find(([id]) => id === group)?.[1] ?? 0) : 0;
  }

  test("a tie permits what some draw would have given, and nothing else", () => {
    const outcome = among(200, 6, [100, 50, 50]);
    expect(permits(outcome, numbered([3, 2, 1]))).toBe(true);
    expect(permits(outcome, numbered([3, 1, 2]))).toBe(true);
    for (const awards of [
      [3, 1, 1],
      [3, 2, 2],
      [4, 1, 1],
      [2, 2, 2],
    ])
      expect(permits(outcome, numbered(awards))).toBe(false);
  });
});

describe("the steps", () => {
  const place = { kind: "Precinct", delegates: 7 } as const;
  const sheet: Sheet = {
    ...EMPTY,
    attendance: { people: 200, counted: true },
    firstAlignment: numbered([100, 48, 50, 2]),
    finalAlignment: numbered([100, 50, 50]),
    awards: numbered([4, 2, 2]),
  };

  test("show each group's formula, what was taken away, and from whom", () => {
    const { viability, groups, roundedSum, steps, outcome } = explain(IOWA, place, sheet);
    expect(viability).toEqual({ numerator: 15, denominator: 100, needed: 30 });
    expect(groups.map(({ share, rounded, lawful, awarded }) => [share, rounded, lawful, awarded])).toEqual([
      [35_000n, 4n, 3, 4],
      [17_500n, 2n, 2, 2],
      [17_500n, 2n, 2, 2],
      [null, null, 0, 0],
    ]);
    expect(roundedSum).toBe(8n);
    expect(steps).toEqual([
      {
        kind: "Lost",
        groups: [1],
        each: 1n,
        distances: [
          [1, 5_000n],
          [2, 2_500n],
          [3, 2_500n],
        ],
      },
    ]);
    expect(outcome).toEqual(lawful(IOWA, place, sheet));
  });

  test("end in the toss where one decides", () => {
    const { steps, groups } = explain(IOWA, { kind: "Precinct", delegates: 6 }, sheet);
    expect(steps.at(-1)).toEqual({ kind: "Tied", delegates: 1, among: [2, 3], game: null });
    expect(groups.map(({ lawful }) => lawful)).toEqual([3, null, null, 0]);
  });

  test("lead to the outcome by themselves", () => {
    for (const [people, electing, final] of [...SETTLED, ...TOSSED]) {
      const finalAlignment = numbered(final);
      const of = { ...EMPTY, attendance: { people, counted: true }, finalAlignment };
      const { groups, steps, outcome } = explain(IOWA, { kind: "Precinct", delegates: electing }, of);
      const awards = new Map(groups.map(({ group, rounded }) => [group, Number(rounded ?? 0n)]));
      for (const step of steps) {
        if (step.kind === "OneEach")
          for (const group of awards.keys()) awards.set(group, step.groups.includes(group) ? 1 : 0);
        if (step.kind === "Gained") for (const group of step.groups) awards.set(group, (awards.get(group) ?? 0) + 1);
        if (step.kind === "Lost")
          for (const group of step.groups) awards.set(group, (awards.get(group) ?? 0) - Number(step.each));
      }
      const reached =
        outcome?.kind === "Chance" ? outcome.tie.awards : outcome?.kind === "Settled" ? outcome.awards : [];
      expect([...awards]).toEqual(reached.map(([group, award]) => [group, award]));
    }
  });
});

describe("equivalents", () => {
  const text = ({ numerator, denominator }: Fraction): string => `${numerator.toString()}/${denominator.toString()}`;

  test("are exact inside, and rounded half up where they are published", () => {
    const adair = countyRatio(4, 51) ?? fraction(0n, 1n);
    expect(published(1, adair)).toBe(784n);
    expect(text(exact(3, adair))).toBe("4/17");
    expect(tenThousandths(fraction(1n, 20_000n))).toBe(1n);
    expect(countyRatio(4, 0)).toBeNull();
  });

  test("of a site follow from the whole pool", () => {
    const site = { pool: 6, people: 20, poolAttendance: 452, delegates: 4 };
    expect(published(1, siteRatio(site) ?? fraction(0n, 1n))).toBe(664n);
    for (const wrong of [{ people: 0 }, { people: 453 }, { delegates: 0 }])
      expect(siteRatio({ ...site, ...wrong })).toBeNull();
  });

  test.each([0, 1, 20, 21, 40, 41, 60, 61, 80, 81, 100, 101, 4_000])(
    "a site of %i has the table's delegates",
    (people) => {
      const expected = people === 0 ? 0 : Math.min(9, 4 + Math.floor((people - 1) / 20));
      expect(satelliteDelegates(IOWA, people)).toBe(expected);
    },
  );

  test("fractions compare by their value", () => {
    expect(compareFractions(fraction(1n, 3n), fraction(2n, 6n))).toBe(0);
    expect(compareFractions(fraction(1n, 3n), fraction(1n, 2n))).toBeLessThan(0);
  });
});

describe("national delegates", () => {
  const of = (figures: readonly number[]): readonly Fraction[] => figures.map((figure) => fraction(BigInt(figure), 1n));

  test("follow those who qualify, by largest remainders", () => {
    const national = nationalDelegates(IOWA.national, [of([50, 36, 14])], of([0, 0, 0]));
    expect([1, 2, 3].map((group) => nationalTotal(national, group))).toEqual([4, 3, 0]);
    expect(national.settled).toBe(true);
  });

  test("go to those with half of the front-runner's where nobody qualifies", () => {
    const national = nationalDelegates(IOWA.national, [of([14, 14, 7, 6, ...new Array<number>(59).fill(1)])], []);
    expect(national.units[0]?.awards.map(([group]) => group)).toEqual([1, 2, 3]);
  });

  test("stay open where remainders are equal", () => {
    const national = nationalDelegates(IOWA.national, [of([50, 50])], []);
    expect(national.units[0]?.tie).toEqual({
      awards: [
        [1, 3],
        [2, 3],
      ],
      delegates: 1,
      among: [1, 2],
    });
    expect(national.settled).toBe(false);
  });
});

describe("checks", () => {
  test("have the names and weights of the page", () => {
    const page = readFileSync(resolve(import.meta.dirname, "../../../../docs/RULES.md"), "utf8");
    for (const code of CODES) {
      const row = page.split("\n").find((line) => line.startsWith(`| ${codeText(code)} | \``));
      const [, , name, severities] = row?.split("|").map((cell) => cell.trim()) ?? [];
      expect(name).toBe(`\`${codeName(code)}\``);
      expect(severities?.split(", ").at(-1)).toBe(severityOf(code));
    }
    expect(page).not.toContain(`| ${codeText(CODES.length + 1)} |`);
  });

  const against = { rules: IOWA, place: { kind: "Precinct", delegates: 7 }, ratio: null, groups: 4 } as const;
  const right: Sheet = {
    ...EMPTY,
    attendance: { people: 37, counted: true },
    firstAlignment: numbered([18, 10, 7, 2]),
    finalAlignment: numbered([20, 10, 7]),
    awards: numbered([4, 2, 1]),
  };
  const found = (change: Partial<Sheet>): readonly string[] =>
    checkSheet(against, { ...right, ...change }).map(({ code }) => codeText(code));

  test("find nothing on a sheet that is right", () => {
    expect(found({})).toEqual([]);
  });

  test.each<readonly [Partial<Sheet>, readonly string[]]>([
    [{ firstAlignment: numbered([18, 10, 6, 2]) }, ["V01"]],
    [{ attendance: { people: 36, counted: true } }, ["V02", "V02"]],
    [{ finalAlignment: numbered([19, 10, 7]) }, ["V03"]],
    [{ finalAlignment: numbered([20, 9, 7]) }, ["V03", "V04"]],
    [{ awards: numbered([4, 2, 2]) }, ["V09", "V11"]],
    [{ awards: numbered([4, 2]) }, ["V07", "V10", "V11"]],
    [{ awards: numbered([2, 4, 1]) }, ["V11", "V12"]],
    [{ awards: numbered([3, 2, 1, 1]) }, ["V06", "V11", "V18"]],
    [{ finalAlignment: null }, ["V16"]],
    [{ attendance: null, firstAlignment: null, finalAlignment: null, awards: null }, ["V17"]],
    [{ worksheetDelegates: 6 }, ["V24"]],
    [{ worksheetThreshold: 5 }, ["V25"]],
    [{ firstAlignment: [...numbered([18, 10, 7]), [5, 2]] }, ["V32"]],
  ])("of %j say %j", (change, codes) => {
    expect([...found(change)].sort()).toEqual(codes);
  });
});
