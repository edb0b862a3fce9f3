import type { Ruleset, Sheet } from "../../log/events";
import { awardOf, lawful, type Apportionment } from "./apportion";
import { figureOf } from "./by_group";
import { electing, room, viabilityThreshold, viabilityTier, type Place } from "./place";
import type { Step } from "./standing";

/** How the viability number follows from the room: the least whole number of people from `room` x share on. Rule: 2.1. */
export interface Viability {
  /** The share of the room that the rules ask of a group. */
  readonly numerator: number;
  readonly denominator: number;
  /** The people that a group needs. */
  readonly needed: number;
}

/** One group on the way from people to delegates. */
export interface GroupSteps {
  readonly group: number;
  readonly first: number;
  readonly final: number;
  /** Whether it had enough people at first alignment; `null` where groups need none. */
  readonly viableAtFirst: boolean | null;
  readonly viable: boolean | null;
  /** `final` x `electing` / `room` in ten-thousandths of a delegate, rounded half up; of a viable group. Rule: 2.4. */
  readonly share: bigint | null;
  /** That rounded half up to a whole number, at least 1. Rule: 2.5. */
  readonly rounded: bigint | null;
  /** What the rules give; `null` where a game of chance is yet to decide, or the room elects. */
  readonly lawful: number | null;
  /** What stands on the worksheet; `null` where it has no awards. */
  readonly awarded: number | null;
}

/** The mathematics of a precinct, worked out step by step. */
export interface Explanation {
  readonly room: number;
  /** Whether the room is the attendance; otherwise the total of first alignment stands in for it. */
  readonly isAttendance: boolean;
  readonly electing: number;
  /** `null` where the room elects its one delegate, or nobody attended. */
  readonly viability: Viability | null;
  /** Every group that the sheet names, in roster order. */
  readonly groups: readonly GroupSteps[];
  /** What the rounded delegates add up to, where the shares decide. */
  readonly roundedSum: bigint | null;
  /** What was added or taken away, in which order, and what a game of chance decided. */
  readonly steps: readonly Step[];
  /** `null` without a final alignment. */
  readonly outcome: Apportionment | null;
}

/** Works out a sheet step by step, with the numbers of every step. It is the same arithmetic that is compared elsewhere. */
export function explain(rules: Ruleset, place: Place, sheet: Sheet): Explanation {
  const steps: Step[] = [];
  const outcome = lawful(rules, place, sheet, (step) => steps.push(step));
  const rounded = steps.find((step) => step.kind === "Rounded")?.standings ?? null;
  const elects = electing(rules, place, sheet);
  const viability = viabilityOf(rules, room(sheet), elects);
  const needed = viability?.needed ?? null;
  return {
    room: room(sheet),
    isAttendance: sheet.attendance !== null,
    electing: elects,
    viability,
    groups: named(sheet).map((group) => {
      const standing = rounded?.find((each) => each.group === group);
      const [first, final] = [figureOf(sheet.firstAlignment, group), figureOf(sheet.finalAlignment, group)];
      return {
        group,
        first,
        final,
        viableAtFirst: needed === null ? null : first >= needed,
        viable: needed === null ? null : final >= needed,
        share: standing?.share ?? null,
        rounded: standing?.award ?? null,
        lawful: outcome && awardOf(outcome, group),
        awarded: sheet.awards && figureOf(sheet.awards, group),
      };
    }),
    roundedSum: rounded?.reduce((sum, { award }) => sum + award, 0n) ?? null,
    steps: steps.filter((step) => step.kind !== "Rounded"),
    outcome,
  };
}

function viabilityOf(rules: Ruleset, people: number, elects: number): Viability | null {
  const tier = viabilityTier(rules, elects);
  const needed = viabilityThreshold(rules, people, elects);
  return tier && needed !== null ? { numerator: tier.numerator, denominator: tier.denominator, needed } : null;
}

function named(sheet: Sheet): readonly number[] {
  const columns = [sheet.firstAlignment, sheet.finalAlignment, sheet.awards];
  const groups = columns.flatMap((column) => column?.map(([group]) => group) ?? []);
  return [...new Set(groups)].sort((a, b) => a - b);
}
