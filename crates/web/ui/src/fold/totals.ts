import type { ByGroup, County, Sheet } from "../log/events";
import { Counted } from "./counted";
import type { Spot } from "./roster";
import { published } from "./rules/equivalents";
import { fraction, lcm, type Fraction, ZERO } from "./rules/fraction";
import { nationalDelegates, type National } from "./rules/national";

/** What a total sums over. */
export type Scope =
  | { readonly kind: "State" }
  /** The counties and in-state pools of a congressional district, from 1. */
  | { readonly kind: "District"; readonly number: number }
  /** A county or a pool. */
  | { readonly kind: "County"; readonly id: number }
  /** A precinct or a site, by its position in roster order. */
  | { readonly kind: "Precinct"; readonly position: number };

/** One group's figures. */
export interface Line {
  /** People at first alignment. */
  readonly firstAlignment: number;
  /** People at final alignment. */
  readonly finalAlignment: number;
  /** Delegates to county conventions. */
  readonly delegates: number;
  /** State delegate equivalents in the published style, in ten-thousandths: each product rounded, then summed. */
  readonly equivalents: bigint;
  /** State delegate equivalents, exactly. */
  readonly exact: Fraction;
  /** The sum of what sources claim, in ten-thousandths; `null` where none claims anything for any group. */
  readonly claimed: bigint | null;
}

/** The figures of every group over a scope. */
export interface Totals {
  /** A line a group, in roster order. */
  readonly lines: readonly Line[];
  /** Precincts counted. */
  readonly counted: number;
}

/** Sums what is counted over a scope. */
export function totals(counted: Counted, scope: Scope): Totals {
  const sums = new Sums(groupsOf(counted));
  for (const position of positionsOf(counted, scope)) add(sums, counted, position);
  return sums.totals();
}

/** Every total at once: of the state, of each congressional district that the rules name, of each county and pool. */
export interface AllTotals {
  readonly state: Totals;
  readonly districts: readonly Totals[];
  readonly counties: readonly Totals[];
}

/** Sums what is counted over each of them. */
export function allTotals(counted: Counted): AllTotals {
  const districts = counted.state.contest?.ruleset.national.districts ?? [];
  const counties = counted.state.roster.counties();
  return {
    state: totals(counted, { kind: "State" }),
    districts: districts.map((_, at) => totals(counted, { kind: "District", number: at + 1 })),
    counties: counties.map((_, id) => totals(counted, { kind: "County", id })),
  };
}

/** Projects the national delegates of what is counted. */
export function national(counted: Counted, all: AllTotals = allTotals(counted)): National | null {
  const plan = counted.state.contest?.ruleset.national;
  if (plan === undefined) return null;
  const exact = ({ lines }: Totals): readonly Fraction[] => lines.map((line) => line.exact);
  return nationalDelegates(plan, all.districts.map(exact), exact(all.state));
}

function groupsOf({ state }: Counted): number {
  return state.contest?.candidates.length ?? 0;
}

function positionsOf({ state: { roster } }: Counted, scope: Scope): readonly number[] {
  switch (scope.kind) {
    case "Precinct":
      return [scope.position];
    case "County":
      return roster.positions(scope.id);
    case "District":
    case "State": {
      const inScope = roster.counties().flatMap((county, id) => (covers(scope, county) ? [id] : []));
      return inScope.flatMap((id) => roster.positions(id));
    }
  }
}

function covers(scope: Scope, { district }: County): boolean {
  return scope.kind !== "District" || (district.kind === "Congressional" && district.value === scope.number);
}

function add(sums: Sums, counted: Counted, position: number): void {
  const sheet = counted.sheet(position);
  const spot: Spot | null = counted.state.roster.at(position);
  if (sheet !== null && spot !== null) sums.add(sheet, counted.ratio(spot, sheet));
}

/** Sums in the making. */
class Sums {
  private readonly first: number[];
  private readonly final: number[];
  private readonly delegates: number[];
  private readonly equivalents: bigint[];
  private readonly claimed: bigint[];
  private isClaimed = false;
  private counted = 0;
  /** Delegates by what each is worth: a few hundred ratios, each multiplied once at the end. */
  private readonly worth = new Map<string, { readonly ratio: Fraction; readonly delegates: number[] }>();

  constructor(private readonly groups: number) {
    const zeros = (): number[] => new Array<number>(groups).fill(0);
    [this.first, this.final, this.delegates] = [zeros(), zeros(), zeros()];
    this.equivalents = new Array<bigint>(groups).fill(0n);
    this.claimed = new Array<bigint>(groups).fill(0n);
  }

  add(sheet: Sheet, ratio: Fraction | null): void {
    this.counted += 1;
    addColumn(this.first, sheet.firstAlignment);
    addColumn(this.final, sheet.finalAlignment);
    addColumn(this.delegates, sheet.awards);
    for (const [group, claim] of sheet.claimed ?? []) addWide(this.claimed, group, claim);
    if (sheet.claimed !== null) this.isClaimed = true;
    if (ratio === null || sheet.awards === null) return;
    for (const [group, awarded] of sheet.awards) addWide(this.equivalents, group, published(awarded, ratio));
    addColumn(this.weighing(ratio), sheet.awards);
  }

  totals(): Totals {
    const exact = this.exact();
    const lines = this.first.map((firstAlignment, at) => ({
      firstAlignment,
      finalAlignment: this.final[at] ?? 0,
      delegates: this.delegates[at] ?? 0,
      equivalents: this.equivalents[at] ?? 0n,
      exact: exact[at] ?? ZERO,
      claimed: this.isClaimed ? (this.claimed[at] ?? 0n) : null,
    }));
    return { lines, counted: this.counted };
  }

  private weighing(ratio: Fraction): number[] {
    const key = `${ratio.numerator.toString()}/${ratio.denominator.toString()}`;
    const known = this.worth.get(key);
    if (known !== undefined) return known.delegates;
    const delegates = new Array<number>(this.groups).fill(0);
    this.worth.set(key, { ratio, delegates });
    return delegates;
  }

  /** The exact sums, over one common denominator, reduced once. */
  private exact(): readonly Fraction[] {
    const worth = [...this.worth.values()];
    const common = worth.reduce((common, { ratio }) => lcm(common, ratio.denominator), 1n);
    const sums = new Array<bigint>(this.groups).fill(0n);
    for (const { ratio, delegates } of worth) {
      const each = (common / ratio.denominator) * ratio.numerator;
      for (const [at, count] of delegates.entries()) if (count > 0) addWide(sums, at + 1, each * BigInt(count));
    }
    return sums.map((sum) => fraction(sum, common));
  }
}

/** What stands for a group that the roster does not have goes into no sum. */
function addColumn(sums: number[], figures: ByGroup<number> | null): void {
  for (const [group, figure] of figures ?? []) {
    const sum = sums[group - 1];
    if (sum !== undefined) sums[group - 1] = sum + figure;
  }
}

function addWide(sums: bigint[], group: number, figure: bigint): void {
  const sum = sums[group - 1];
  if (sum !== undefined) sums[group - 1] = sum + figure;
}
