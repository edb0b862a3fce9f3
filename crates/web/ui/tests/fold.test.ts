import { describe, expect, test } from "vitest";
import {
  allTotals,
  Fold,
  lawful,
  national,
  placeOf,
  type Apportionment,
  type BasisName,
  type Tie,
  type Totals,
} from "../src/fold";
import { lacks } from "./support/means";
import {
  GOLDEN,
  goldenNight,
  MISSING,
  night,
  nights,
  type ExpectedBasis,
  type ExpectedTotals,
  type Moment,
  type Night,
} from "./support/vectors";

/** The parts of totals in the form of the vectors. */
function written(scope: string, { lines, counted }: Totals): ExpectedTotals {
  return {
    scope,
    counted,
    lines: lines.map((line) => [
      line.firstAlignment,
      line.finalAlignment,
      line.delegates,
      line.equivalents.toString(),
      `${line.exact.numerator.toString()}/${line.exact.denominator.toString()}`,
      line.claimed?.toString() ?? null,
    ]),
  };
}

function tieOf({ awards, delegates, among }: Tie): object {
  return { awards, delegates, among };
}

function basisOf(folded: Fold, basis: BasisName): Omit<ExpectedBasis, "root"> {
  const counted = folded.counted(basis);
  const all = allTotals(counted);
  const projected = national(counted, all);
  const { precincts } = folded.results(basis).sums();
  return {
    counts: [
      precincts.counted,
      precincts.held,
      precincts.confirmed,
      precincts.released,
      precincts.current,
      precincts.corrected,
    ].map(Number),
    totals: [
      written("state", all.state),
      ...all.districts.map((totals, at) => written(`district ${at + 1}`, totals)),
      ...all.counties.map((totals, id) => written(`county ${id}`, totals)),
    ],
    national: projected?.units.map(({ awards, tie }) => ({ awards, tie })) ?? [],
    settled: projected?.settled ?? false,
  };
}

function rootOf(folded: Fold, basis: BasisName): string {
  return Buffer.from(folded.results(basis).root() ?? []).toString("hex");
}

/** The figures come first: a root or hash that differs says nothing of where. */
function compareMoment(folded: Fold, moment: Moment): void {
  const { recorded, released } = moment;
  expect(folded.review.open().map(({ code, open }) => [code, open])).toEqual(moment.open);
  for (const [basis, { root, ...figures }] of [["Recorded", recorded] as const, ["Released", released] as const]) {
    expect(basisOf(folded, basis)).toEqual(figures);
    expect(rootOf(folded, basis)).toBe(root);
  }
  expect(folded.hash()).toBe(moment.state);
}

function outcomeOf(outcome: Apportionment): unknown {
  if (outcome.kind === "Settled") return { settled: outcome.awards };
  return outcome.kind === "Chance" ? { chance: tieOf(outcome.tie) } : outcome.kind;
}

function lawfulOf(folded: Fold): readonly unknown[] {
  const { state } = folded;
  const counted = folded.counted("Recorded");
  return [...state.histories.keys()].flatMap((position) => {
    const [spot, sheet] = [state.roster.at(position), counted.sheet(position)];
    const rules = state.contest?.ruleset;
    const outcome = spot && sheet && rules ? lawful(rules, placeOf(spot), sheet) : null;
    return spot && outcome ? [[spot.id.county, spot.id.number, outcomeOf(outcome)]] : [];
  });
}

/** Folds a night, and compares everything at every size that the Rust side looked at. */
function compareNight({ entries, expected }: Night): void {
  const moments = new Map(expected.moments.map((moment) => [moment.size, moment]));
  const folded = new Fold();
  for (const entry of entries) {
    const { event } = entry.body;
    if (event.kind === "ResultsCommitted") expect(folded.compare(event.value)).toEqual([]);
    folded.apply(entry);
    const moment = moments.get(folded.state.size);
    if (moment !== undefined) compareMoment(folded, moment);
    moments.delete(folded.state.size);
  }
  expect([...moments.keys()]).toEqual([]);
  expect(lawfulOf(folded)).toEqual(expected.lawful);
}

describe("the fold agrees with the server's", () => {
  for (const kind of ["simulated", "walk"]) {
    test(`on every log of the kind "${kind}", at every size that was looked at`, { timeout: 3_600_000 }, () => {
      const names = nights(`${kind}-`);
      expect(names.length, MISSING).toBeGreaterThan(0);
      for (const name of names) compareNight(night(name));
    });
  }

  test.each(GOLDEN)("on the golden %s", (name) => {
    compareNight(goldenNight(name));
  });

  const real = nights("iowa-2020");
  test.skipIf(lacks("published-results", import.meta.filename, real.length > 0))(
    "on the night of 3 February 2020, at every release",
    () => {
      for (const name of real) compareNight(night(name));
    },
  );
});
