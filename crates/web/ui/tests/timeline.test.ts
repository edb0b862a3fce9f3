import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { TimelineStepSchema, type TimelineStep } from "../src/gen/tallylog/v1/results_pb";
import { Night, type Measure } from "../src/timeline/night";
import { advance, keyed, placeOf, SPEEDS, stepAt, toggle } from "../src/timeline/play";

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
      const reported = [...latest.values()].reduce((sum, county) => sum + county.reported, 0);
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

  test("finds every step by its place", () => {
    for (const steps of [1, 2, 7, 10_000]) {
      for (let step = 0; step < steps; step += Math.max(1, Math.floor(steps / 50))) {
        expect(stepAt(placeOf(step, steps), steps)).toBe(steps === 1 ? 0 : step);
      }
    }
  });

  test("goes by keys, and never beyond the night", () => {
    expect(keyed("ArrowRight", 9, 10, false)).toBe(9);
    expect(keyed("ArrowLeft", 0, 10, false)).toBe(0);
    expect(keyed("ArrowRight", 100, 1000, true)).toBe(150);
    expect(keyed("Home", 5, 10, false)).toBe(0);
    expect(keyed("End", 5, 10, false)).toBe(9);
    expect(keyed("a", 5, 10, false)).toBeNull();
    expect(SPEEDS).toContain(1);
  });
});
