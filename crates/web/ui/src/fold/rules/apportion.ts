import type { ByGroup, Game, Ruleset, Sheet } from "../../log/events";
import { agree, figureOf, isZero } from "./by_group";
import { electing, room, viabilityThreshold, type Place } from "./place";
import { byShare, oneToEachOfTheLargest, standing, type Standing, type Step, type Undecided } from "./standing";

/** A decision that the rules leave to a game of chance. */
export interface Tie {
  /** The delegates of every viable group, without those still to be won. */
  readonly awards: ByGroup<number>;
  /** How many of the tied groups win one more; fewer than there are of them. */
  readonly delegates: number;
  /** The groups that the rules cannot tell apart, in roster order. */
  readonly among: readonly number[];
}

/** What the rules make of a final alignment. */
export type Apportionment =
  | { readonly kind: "Settled"; readonly awards: ByGroup<number> }
  | { readonly kind: "Chance"; readonly tie: Tie }
  | { readonly kind: "NobodyViable" }
  | { readonly kind: "RoomElects" }
  | { readonly kind: "NobodyAttended" };

/** A room as its final alignment left it. */
export interface FinalRoom {
  readonly people: number;
  readonly electing: number;
  readonly finalAlignment: ByGroup<number>;
  readonly games: readonly Game[];
}

/** Takes note of a step, for whoever wants to follow the arithmetic. */
export type Note = (step: Step) => void;

const unnoted: Note = () => undefined;

/**
 * Awards the delegates of a room by its final alignment. Rules: 2.4 to 2.8.
 *
 * A recorded game settles the tie that it answers; the first such game counts, and one that answers nothing is ignored.
 */
export function apportion(rules: Ruleset, of: FinalRoom, note: Note = unnoted): Apportionment {
  if (of.people === 0) return { kind: "NobodyAttended" };
  const threshold = viabilityThreshold(rules, of.people, of.electing);
  if (threshold === null) return { kind: "RoomElects" };
  const viable = of.finalAlignment
    .filter(([, members]) => members >= threshold)
    .map(([group, members]) => standing(group, members, of.people, of.electing));
  if (viable.length === 0) return { kind: "NobodyViable" };
  note({ kind: "Rounded", standings: viable.map((each) => ({ ...each })) });
  const undecided =
    viable.length > of.electing
      ? oneToEachOfTheLargest(viable, of.electing, note)
      : byShare(viable, BigInt(of.electing), note);
  return undecided === null ? { kind: "Settled", awards: awardsOf(viable) } : decide(viable, undecided, of.games, note);
}

function decide(viable: readonly Standing[], undecided: Undecided, games: readonly Game[], note: Note): Apportionment {
  const tie = { awards: awardsOf(viable), ...undecided };
  const game = games.find((each) => answers(tie, each)) ?? null;
  note({ kind: "Tied", delegates: tie.delegates, among: tie.among, game });
  return game === null ? { kind: "Chance", tie } : { kind: "Settled", awards: wonBy(tie, game.winners) };
}

function awardsOf(viable: readonly Standing[]): ByGroup<number> {
  return viable.map(({ group, award }) => [group, Number(award)] as const);
}

/** Whether a game was held over this tie and names as many different winners as there are delegates to win. */
export function answers(tie: Tie, game: Game): boolean {
  const won = tie.among.filter((group) => game.winners.includes(group)).length;
  return (
    game.delegates === tie.delegates &&
    game.among.length === tie.among.length &&
    tie.among.every((group) => game.among.includes(group)) &&
    game.winners.length === tie.delegates &&
    won === tie.delegates
  );
}

function wonBy(tie: Tie, winners: readonly number[]): ByGroup<number> {
  return tie.awards.map(([group, settled]) => [group, settled + (winners.includes(group) ? 1 : 0)] as const);
}

/** The delegates of a group where every lawful outcome gives it the same number, otherwise `null`. */
export function awardOf(outcome: Apportionment, group: number): number | null {
  switch (outcome.kind) {
    case "Settled":
      return figureOf(outcome.awards, group);
    case "Chance":
      return outcome.tie.among.includes(group) ? null : figureOf(outcome.tie.awards, group);
    case "NobodyViable":
    case "NobodyAttended":
      return 0;
    case "RoomElects":
      return null;
  }
}

/** Whether awards are one of the lawful outcomes. Where the room elects its delegate, every award is. */
export function permits(outcome: Apportionment, awards: ByGroup<number>): boolean {
  switch (outcome.kind) {
    case "Settled":
      return agree(outcome.awards, awards);
    case "Chance":
      return isSomeDraw(outcome.tie, awards);
    case "NobodyViable":
    case "NobodyAttended":
      return isZero(awards);
    case "RoomElects":
      return true;
  }
}

/** Whether awards are what some draw would have given. */
function isSomeDraw(tie: Tie, awards: ByGroup<number>): boolean {
  const winners = tie.among.filter((group) => figureOf(awards, group) - figureOf(tie.awards, group) === 1);
  return winners.length === tie.delegates && agree(wonBy(tie, winners), awards);
}

/** What the rules make of a sheet; `null` without a final alignment. */
export function lawful(rules: Ruleset, place: Place, sheet: Sheet, note: Note = unnoted): Apportionment | null {
  const { finalAlignment, games } = sheet;
  if (finalAlignment === null || isZero(finalAlignment)) return null;
  const of = { people: room(sheet), electing: electing(rules, place, sheet), finalAlignment, games };
  return apportion(rules, of, note);
}
