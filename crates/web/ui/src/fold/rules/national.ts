import type { ByGroup, NationalPlan } from "../../log/events";
import type { Tie } from "./apportion";
import { figureOf } from "./by_group";
import { compare, fraction, plus, split, times, ZERO, type Fraction } from "./fraction";

/** What elects national delegates together: a district from 1, or everybody. */
export type Unit =
  { readonly kind: "District"; readonly number: number } | { readonly kind: "AtLarge" } | { readonly kind: "Pleo" };

/** The national delegates of one unit. */
export interface UnitAwards {
  readonly unit: Unit;
  /** The delegates of every group that qualified, without those in `tie`. */
  readonly awards: ByGroup<number>;
  /** Equal remainders that decide who gets the last delegates. Nobody guesses: the delegates stay open. */
  readonly tie: Tie | null;
}

/** The national delegates of all units: districts in order, at-large, party leaders. */
export interface National {
  readonly units: readonly UnitAwards[];
  /** Whether no tie leaves a delegate open. */
  readonly settled: boolean;
}

/** The equivalents of each group of a unit, from group 1. */
export type UnitEquivalents = readonly Fraction[];

/**
 * Apportions the national delegates that these equivalents earn: `districts` those of each congressional district, in
 * order, `state` those of the whole state. A unit without equivalents awards nothing. Rules: 4.1 to 4.3.
 */
export function nationalDelegates(
  plan: NationalPlan,
  districts: readonly UnitEquivalents[],
  state: UnitEquivalents,
): National {
  const units = plan.districts.map((delegates, at) =>
    unitAwards(plan, { kind: "District", number: at + 1 }, delegates, districts[at] ?? []),
  );
  units.push(unitAwards(plan, { kind: "AtLarge" }, plan.atLarge, state));
  units.push(unitAwards(plan, { kind: "Pleo" }, plan.pleo, state));
  return { units, settled: units.every(({ tie }) => tie === null) };
}

/** The delegates of a group over all units, without any that a tie leaves open. */
export function nationalTotal(national: National, group: number): number {
  return national.units.reduce((sum, { awards }) => sum + figureOf(awards, group), 0);
}

type Share = readonly [group: number, equivalents: Fraction];

interface Qualified {
  readonly group: number;
  award: number;
  readonly remainder: Fraction;
}

function unitAwards(plan: NationalPlan, unit: Unit, delegates: number, equivalents: UnitEquivalents): UnitAwards {
  const qualified = wholeDelegates(delegates, qualifying(plan, equivalents));
  const awarded = qualified.reduce((sum, { award }) => sum + award, 0);
  const undecided = largestRemainders(qualified, delegates - awarded);
  const awards = qualified.map(({ group, award }) => [group, award] as const);
  return { unit, awards, tie: undecided && { awards, ...undecided } };
}

/** The groups with enough of the unit's equivalents, or if there are none, those with half the front-runner's. */
function qualifying(plan: NationalPlan, equivalents: UnitEquivalents): readonly Share[] {
  const shares = equivalents.map((figure, at): Share => [at + 1, figure]);
  const present = shares.filter(([, figure]) => figure.numerator > 0n);
  const threshold = fraction(BigInt(plan.thresholdNumerator), BigInt(Math.max(plan.thresholdDenominator, 1)));
  const needed = times(sum(present), threshold);
  const most = present.reduce((most, [, figure]) => (compare(figure, most) > 0 ? figure : most), ZERO);
  const enough = compare(most, needed) >= 0 ? needed : times(most, fraction(1n, 2n));
  return present.filter(([, figure]) => compare(figure, enough) >= 0);
}

/** The whole part of each share of those who qualified, and what remains of it. Rule: 4.2. */
function wholeDelegates(delegates: number, qualified: readonly Share[]): Qualified[] {
  const total = sum(qualified);
  return qualified.map(([group, figure]) => {
    const parts = figure.numerator * BigInt(delegates) * total.denominator;
    const [award, remainder] = split(fraction(parts, figure.denominator * total.numerator));
    return { group, award: Number(award), remainder };
  });
}

/** Gives what is left to the largest remainders, or says between whom the rules cannot decide. Rule: 4.2. */
function largestRemainders(qualified: Qualified[], left: number): Pick<Tie, "delegates" | "among"> | null {
  const remainders = qualified.map(({ remainder }) => remainder).sort((a, b) => compare(b, a));
  // Each remainder is below one delegate, so fewer are left than there are groups.
  const last = remainders[left - 1];
  if (last === undefined) return null;
  const next = remainders[left];
  const isTied = next !== undefined && compare(next, last) === 0;
  let open = left;
  for (const each of qualified) {
    const order = compare(each.remainder, last);
    if (order > 0 || (!isTied && order === 0)) {
      each.award += 1;
      open -= 1;
    }
  }
  const equal = qualified.filter(({ remainder }) => compare(remainder, last) === 0);
  return isTied ? { delegates: open, among: equal.map(({ group }) => group) } : null;
}

function sum(shares: readonly Share[]): Fraction {
  return shares.reduce((sum, [, figure]) => plus(sum, figure), ZERO);
}
