import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { TimelineStepSchema, type TimelineStep } from "../src/gen/tallylog/v1/results_pb";
import { partToCheck } from "../src/timeline/load";
import { apart, markAfter, markBefore, momentOf, nearest, places } from "../src/timeline/marks";
import { Moments } from "../src/timeline/moments";
import { Night, type Mark, type Measure } from "../src/timeline/night";
import { advance, keyed, placeOf, sizeAt, SPEEDS, toggle } from "../src/timeline/play";

const MEASURES: readonly Measure[] = ["first", "final", "delegates", "sde"];

/** The same numbers in every run. */
function dice(seed: number): (faces: number) => number {
  let state = seed;
  return (faces) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * faces);
  };
}

function randomSteps(count: number, counties: number, groups: number): TimelineStep[] {
  const roll = dice(2028);
  const list = () => Array.from({ length: groups }, () => BigInt(roll(1000)));
  return Array.from({ length: count }, (_, at) =>
    create(TimelineStepSchema, {
      size: BigInt(at * 3 + 1),
      timeMs: BigInt(1_000_000 + at * 250),
      release: at > count / 2 ? "first" : "",
      counties: Array.from({ length: roll(3) }, () => roll(counties))
        .filter((county, place, all) => all.indexOf(county) === place)
        .map((county) => ({
          county,
          reported: roll(50),
          released: roll(20),
          corrected: roll(5),
          firstAlignment: list(),
          finalAlignment: list(),
          delegates: list(),
          sdeTenThousandths: list(),
        })),
    }),
  );
}

describe("a night as steps", () => {
  test("says at every step what the last change of every county said", () => {
    const [counties, groups] = [7, 3];
    const steps = randomSteps(200, counties, groups);
    const night = new Night(counties, groups);
    for (const step of steps) night.take(step);
    const latest = new Map<number, (typeof steps)[number]["counties"][number]>();
    for (const [at, step] of steps.entries()) {
      for (const county of step.counties) latest.set(county.county, county);
      for (let group = 0; group < groups; group += 1) {
        for (const measure of MEASURES) {
          let sum = 0;
          for (let county = 0; county < counties; county += 1) {
            const told = latest.get(county);
            const lists = { first: told?.firstAlignment, final: told?.finalAlignment };
            const more = { delegates: told?.delegates, sde: told?.sdeTenThousandths };
            const figure = Number({ ...lists, ...more }[measure]?.[group] ?? 0n);
            expect(night.inCounty(at, county, measure, group)).toBe(figure);
            sum += figure;
          }
          expect(night.total(at, measure, group), `step ${at}`).toBe(sum);
        }
      }
      const reported = [...latest.values()].reduce((sum, county) => sum + (county.reported ?? 0), 0);
      expect(night.standing(at).reported).toBe(reported);
    }
  });

  test("finds the step of a size and of a time, or the nearest before", () => {
    const night = new Night(7, 3);
    for (const step of randomSteps(50, 7, 3)) night.take(step);
    expect(night.stepOfSize(1)).toBe(0);
    expect(night.stepOfSize(3)).toBe(0);
    expect(night.stepOfSize(4)).toBe(1);
    expect(night.stepOfSize(1_000_000)).toBe(49);
    expect(night.stepOfSize(0)).toBe(0);
    expect(night.stepOfTime(1_000_499)).toBe(1);
    expect(night.release(49)).toBe("first");
    expect(night.release(0)).toBe("");
  });

  test("has nothing to say before the first step", () => {
    const night = new Night(7, 3);
    expect([night.length, night.stepOfSize(9), night.total(0, "sde", 1), night.standing(0).reported]).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

describe("a replay", () => {
  test("takes the same time at every size, and stops at the end by itself", () => {
    let play = toggle({ place: 1, playing: false, speed: 1 });
    expect(play.place).toBe(0);
    for (let frame = 0; frame < 60 * 60 - 2; frame += 1) play = advance(play, 1000 / 60);
    expect(play.playing).toBe(true);
    for (let frame = 0; frame < 4; frame += 1) play = advance(play, 1000 / 60);
    expect(play).toMatchObject({ place: 1, playing: false });
  });

  test("does not jump after a tab has slept", () => {
    expect(advance({ place: 0, playing: true, speed: 1 }, 3_600_000).place).toBeLessThan(0.01);
  });

  test("finds every moment by its place", () => {
    for (const last of [1_900, 1_901, 1_907, 11_900, 1_000_000]) {
      for (let size = 1_900; size <= last; size += Math.max(1, Math.floor(last / 50))) {
        expect(sizeAt(placeOf(size, 1_900, last), 1_900, last)).toBe(size);
      }
    }
    expect([sizeAt(-1, 5, 10), sizeAt(2, 5, 10), placeOf(1, 5, 10), placeOf(11, 5, 10)]).toEqual([5, 10, 0, 1]);
  });

  test("goes by keys, beside itself, far or to the ends", () => {
    expect(keyed("ArrowRight", false)).toEqual({ beside: 1 });
    expect(keyed("ArrowLeft", false)).toEqual({ beside: -1 });
    expect(keyed("ArrowRight", true)).toEqual({ share: 0.05 });
    expect(keyed("PageDown", false)).toEqual({ share: -0.05 });
    expect([keyed("Home", false), keyed("End", false)]).toEqual([{ place: 0 }, { place: 1 }]);
    expect(keyed("a", false)).toBeNull();
    expect(SPEEDS).toContain(1);
  });
});

test("the checks of a short log are asked for once, and those of a long one around the moment", () => {
  expect(partToCheck(3_000, 5_000)).toEqual({ from: 0, until: Infinity });
  expect(partToCheck(543_210, 1_000_000)).toEqual({ from: 541_210, until: 545_210 });
  expect(partToCheck(999_000, 1_000_000)).toEqual({ from: 997_000, until: Infinity });
  expect(partToCheck(0, 1_000_000)).toEqual({ from: 0, until: 2_000 });
});

/** A night of one county and group, whose figure at every size is the size itself, in steps that end at these. */
function counting(ends: readonly number[]): Night {
  const night = new Night(1, 1);
  for (const size of ends) {
    const county = { county: 0, reported: size, finalAlignment: [BigInt(size)] };
    night.take(create(TimelineStepSchema, { size: BigInt(size), timeMs: BigInt(size), counties: [county] }));
  }
  return night;
}

const every = (from: number, until: number, apart = 1) =>
  Array.from({ length: Math.floor((until - from) / apart) + 1 }, (_, at) => from + at * apart);

describe("the moments of a long night", () => {
  const long = () => new Moments(counting(every(0, 1_000_000, 2_000)));

  test("are the steps, until somebody rests; then every entry around is one", () => {
    const moments = long();
    expect(moments.spot(543_210).size).toBe(542_000);
    expect(moments.together(543_210)).toBe(2_000);
    const part = moments.lacks(543_210);
    expect(part).toEqual({ from: 542_210, until: 544_210 });
    moments.refine(counting(every(542_210, 544_210)));
    for (const size of [542_210, 543_210, 544_210]) {
      const spot = moments.spot(size);
      expect([spot.size, spot.night.total(spot.step, "final", 0)]).toEqual([size, size]);
    }
    expect(moments.lacks(543_210)).toBeNull();
    expect(moments.together(543_210)).toBe(1);
    expect(moments.spot(540_001).size).toBe(540_000);
  });

  test("can each be come to by single steps, from anywhere, through what is read on the way", () => {
    const moments = long();
    let size = 543_210;
    const seen: number[] = [];
    while (seen.length < 3_000) {
      const part = moments.lacks(size);
      if (part) moments.refine(counting(every(part.from, part.until)));
      seen.push(moments.spot(size).size);
      size = moments.after(size);
    }
    expect(seen).toEqual(every(543_210, 546_209));
    while (size > 543_210) {
      const part = moments.lacks(size);
      if (part) moments.refine(counting(every(part.from, part.until)));
      const before = moments.before(size);
      expect(before).toBe(size - 1);
      size = before;
    }
  });

  test("go on in steps beyond what was read, and never past the ends", () => {
    const moments = long();
    moments.refine(counting(every(1_500, 3_500)));
    expect([moments.after(3_499), moments.after(3_500), moments.after(4_000)]).toEqual([3_500, 4_000, 6_000]);
    expect([moments.before(4_000), moments.before(1_501), moments.before(1_500)]).toEqual([3_500, 1_500, 0]);
    expect([moments.before(0), moments.after(1_000_000)]).toEqual([0, 1_000_000]);
    expect(moments.before(543_210)).toBe(542_000);
    expect(moments.lacks(1_000_000)).toEqual({ from: 999_000, until: 1_000_000 });
    expect(moments.lacks(0)).toEqual({ from: 0, until: 1_000 });
  });

  test("lack nothing where every entry is a step from the start", () => {
    const moments = new Moments(counting(every(0, 9_000)));
    expect([0, 17, 4_500, 9_000].map((size) => moments.lacks(size))).toEqual([null, null, null, null]);
  });

  test("are kept for a few places, and read again where somebody comes back after long", () => {
    const moments = long();
    for (let place = 1; place <= 9; place += 1) {
      const size = place * 100_000;
      moments.refine(counting(every(size - 1_000, size + 1_000)));
    }
    expect(moments.lacks(900_000)).toBeNull();
    expect(moments.lacks(200_000)).toBeNull();
    expect(moments.lacks(100_000)).not.toBeNull();
  });
});

describe("tens of thousands of marks", () => {
  const marks: readonly Mark[] = Array.from({ length: 30_000 }, (_, at) => ({
    entry: 10 + at * 30,
    timeMs: at,
    kind: "correction",
    name: "",
    county: "Polk",
    precinct: String(at),
  }));

  test("are found before and after a moment", () => {
    for (const size of [0, 10, 11, 12, 40, 41, 543_210, 899_981, 1_000_000]) {
      const [before, after] = [markBefore(marks, size), markAfter(marks, size)];
      expect(before).toBe(marks.findLast((mark) => momentOf(mark) < size));
      expect(after).toBe(marks.find((mark) => momentOf(mark) > size));
    }
    expect([markBefore([], 5), markAfter([], 5)]).toEqual([undefined, undefined]);
  });

  test("are listed and drawn as far as anybody can tell them apart", () => {
    const near = nearest(marks, 543_210, 200);
    expect(near).toHaveLength(200);
    expect([near[0], near.at(-1)].every((mark) => mark && Math.abs(mark.entry - 543_210) < 4_000)).toBe(true);
    expect(nearest(marks, 0, 200)).toEqual(marks.slice(0, 200));
    expect(nearest(marks, 1_000_000, 200)).toEqual(marks.slice(-200));
    expect(nearest(marks.slice(0, 3), 5, 200)).toHaveLength(3);
    expect(places(marks, 0, 900_000).length).toBeLessThanOrEqual(1_001);
    expect(apart(marks, 0, 900_000, 50).length).toBeLessThanOrEqual(50);
    expect(apart(marks.slice(0, 50), 0, 900_000, 50)).toHaveLength(50);
  });
});
