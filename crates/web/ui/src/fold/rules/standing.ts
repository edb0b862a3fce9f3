import type { Game } from "../../log/events";
import type { Note } from "./apportion";

/** Shares and distances are whole numbers of ten-thousandths of a delegate. Rule: 2.4. */
const DELEGATE = 10_000n;

/** A viable group, its share, and what it has been awarded so far. */
export interface Standing {
  readonly group: number;
  readonly members: number;
  /** In ten-thousandths of a delegate. */
  readonly share: bigint;
  award: bigint;
}

/** What is left when only chance can go on: fewer delegates than groups with an equal claim. */
export interface Undecided {
  readonly delegates: number;
  readonly among: readonly number[];
}

/** A group with how far it is from what decides, in ten-thousandths of a delegate. */
export type Distance = readonly [group: number, distance: bigint];

/** A step on the way from people to delegates, with the numbers by which it was made. */
export type Step =
  /** Every viable group with its share, and that rounded to whole delegates. */
  | { readonly kind: "Rounded"; readonly standings: readonly Readonly<Standing>[] }
  /** The nearest to their next delegate gain one each. */
  | { readonly kind: "Gained"; readonly groups: readonly number[]; readonly distances: readonly Distance[] }
  /** The furthest above their shares lose one each, or several, where all that can lose do so several times. */
  | {
      readonly kind: "Lost";
      readonly groups: readonly number[];
      readonly each: bigint;
      readonly distances: readonly Distance[];
    }
  /** More viable groups than delegates: the largest get one each. */
  | { readonly kind: "OneEach"; readonly groups: readonly number[]; readonly smallest: number }
  /** Equals at the end: a game of chance decides, or decided. */
  | {
      readonly kind: "Tied";
      readonly delegates: number;
      readonly among: readonly number[];
      readonly game: Game | null;
    };

/** Rounds the share to ten-thousandths, and the award to the nearest delegate, at least one. Rules: 2.4, 2.5. */
export function standing(group: number, members: number, people: number, electing: number): Standing {
  const whole = BigInt(members) * BigInt(electing) * DELEGATE;
  const share = roundedHalfUp(whole, BigInt(people));
  const award = roundedHalfUp(share, DELEGATE);
  return { group, members, share, award: award < 1n ? 1n : award };
}

function roundedHalfUp(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}

const excess = (of: Standing): bigint => of.award * DELEGATE - of.share;
const toNext = (of: Standing): bigint => excess(of) + DELEGATE;
const canLose = (of: Standing): boolean => of.award > 1n;
const groups = (of: readonly Standing[]): readonly number[] => of.map(({ group }) => group);

/** More viable groups than delegates: the largest get one each. Rule: 2.8. */
export function oneToEachOfTheLargest(viable: readonly Standing[], electing: number, note: Note): Undecided | null {
  const sizes = viable.map(({ members }) => members).sort((a, b) => b - a);
  const smallest = sizes[electing - 1] ?? 0;
  const everyoneFits = (sizes[electing] ?? 0) < smallest;
  for (const each of viable) {
    const isIn = each.members > smallest || (everyoneFits && each.members === smallest);
    each.award = isIn ? 1n : 0n;
  }
  const chosen = viable.filter(({ award }) => award > 0n);
  note({ kind: "OneEach", groups: groups(chosen), smallest });
  if (everyoneFits) return null;
  const equal = viable.filter(({ members }) => members === smallest);
  return { delegates: electing - chosen.length, among: groups(equal) };
}

/** Gives what the rounded shares lack, or takes what they have too many; says what only chance can decide. Rule: 2.6. */
export function byShare(viable: readonly Standing[], electing: bigint, note: Note): Undecided | null {
  const awarded = viable.reduce((sum, { award }) => sum + award, 0n);
  if (awarded < electing) return give(viable, electing - awarded, note);
  return take(viable, takeWholeRounds(viable, awarded - electing, note), note);
}

/** Gives each missing delegate to the group that is nearest to its next one. Rule: 2.6. */
function give(viable: readonly Standing[], missing: bigint, note: Note): Undecided | null {
  for (let left = missing; left > 0n;) {
    const distances = viable.map((each): Distance => [each.group, toNext(each)]);
    const nearest = least(distances.map(([, distance]) => distance));
    const tied = viable.filter((each) => toNext(each) === nearest);
    if (BigInt(tied.length) > left) return { delegates: Number(left), among: groups(tied) };
    // All of them gain before anybody else: one that has gained stands a whole delegate behind the others.
    for (const each of tied) each.award += 1n;
    note({ kind: "Gained", groups: groups(tied), distances });
    left -= BigInt(tied.length);
  }
  return null;
}

/** Takes each surplus delegate from the group that is furthest above its share, never an only one. Rule: 2.6. */
function take(viable: readonly Standing[], surplus: bigint, note: Note): Undecided | null {
  let left = surplus;
  while (left > 0n) {
    const losers = viable.filter(canLose);
    if (losers.length === 0) return null;
    const distances = losers.map((each): Distance => [each.group, excess(each)]);
    const furthest = -least(distances.map(([, distance]) => -distance));
    const tied = losers.filter((each) => excess(each) === furthest);
    for (const each of tied) each.award -= 1n;
    note({ kind: "Lost", groups: groups(tied), each: 1n, distances });
    left -= BigInt(tied.length);
    // All of them have lost one, and this many were lost for nothing: those are won back by chance.
    if (left < 0n) return { delegates: Number(-left), among: groups(tied) };
  }
  return null;
}

/**
 * Takes one delegate from every group that can lose one, as often as that is sure to be what `take` would do: more
 * people at final alignment than in the room make a surplus of any size, and a step for each would take for ever.
 */
function takeWholeRounds(viable: readonly Standing[], surplus: bigint, note: Note): bigint {
  for (let left = surplus; ;) {
    const losers = viable.filter(canLose);
    const among = BigInt(losers.length);
    if (among === 0n || left < among) return left;
    const fewest = least(losers.map(({ award }) => award - 1n));
    const each = fewest < left / among ? fewest : left / among;
    const distances = losers.map((loser): Distance => [loser.group, excess(loser)]);
    for (const loser of losers) loser.award -= each;
    note({ kind: "Lost", groups: groups(losers), each, distances });
    left -= each * among;
  }
}

function least(numbers: readonly bigint[]): bigint {
  return numbers.reduce((least, number) => (number < least ? number : least));
}
