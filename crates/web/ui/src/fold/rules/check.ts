import type { Ruleset, Sheet } from "../../log/events";
import { lawful, permits } from "./apportion";
import { agree, total, withoutZeros } from "./by_group";
import { awards } from "./check_awards";
import { paper } from "./check_paper";
import { groups, missing, totals } from "./check_people";
import type { Finding } from "./codes";
import type { Fraction } from "./fraction";
import { room, type Place } from "./place";
import { read } from "./reading";

/** What one sheet is checked against. */
export interface Against {
  readonly rules: Ruleset;
  readonly place: Place;
  /** What one delegate of the place is worth; `null` leaves V22 out. */
  readonly ratio: Fraction | null;
  /** How many groups the roster has. */
  readonly groups: number;
}

/** Everything that is wrong with one sheet. A check compares; it never repairs. */
export function checkSheet(against: Against, sheet: Sheet): readonly Finding[] {
  const reading = read(against.rules, against.place, sheet);
  const absent = missing(reading);
  // Rule: without anybody there is no share and nothing else to say.
  if (reading.room === 0) return absent;
  const { ratio } = against;
  return [
    ...absent,
    ...totals(reading),
    ...groups(reading),
    ...awards(reading),
    ...paper(reading, ratio, against.groups),
  ];
}

/**
 * V26: an amendment that changed the people and not the awards, or the awards and not the people, and so made lawful
 * awards unlawful. Awards that were unlawful before are V11 and not this.
 */
export function isStale(rules: Ruleset, place: Place, before: Sheet, after: Sheet): boolean {
  const samePeople =
    room(before) === room(after) &&
    agree(before.firstAlignment, after.firstAlignment) &&
    agree(before.finalAlignment, after.finalAlignment);
  if (samePeople === agree(before.awards, after.awards)) return false;
  return isLawful(rules, place, before) === true && isLawful(rules, place, after) === false;
}

/** `null` without a final alignment or awards. */
function isLawful(rules: Ruleset, place: Place, sheet: Sheet): boolean | null {
  const outcome = lawful(rules, place, sheet);
  return outcome && sheet.awards && permits(outcome, sheet.awards);
}

/** From how many people on the same figures in two precincts are no coincidence. Rule: V21. */
const ENOUGH_TO_TELL_APART = 10;

/** The figures by which V21 compares precincts of one county; `null` with fewer than ten people. */
export function figuresKey(sheet: Sheet): string | null {
  const people = Math.max(total(sheet.firstAlignment), total(sheet.finalAlignment));
  if (people < ENOUGH_TO_TELL_APART) return null;
  return JSON.stringify([withoutZeros(sheet.firstAlignment), withoutZeros(sheet.finalAlignment)]);
}

/** From how many other rooms on V31 compares. */
export const ENOUGH_ROOMS = 100;
const SMALLEST_ROOM = 20;

/** Groups with 15 % of a room of 20 or more at first alignment: those that V31 could name. */
export function prominent(sheet: Sheet): readonly number[] {
  const people = room(sheet);
  if (people < SMALLEST_ROOM || sheet.firstAlignment === null) return [];
  return sheet.firstAlignment.filter(([, members]) => members * 100 >= people * 15).map(([group]) => group);
}

/** Whether a group has under 1 % of all other rooms: `members` of `people` there. Rule: V31. */
export function isRare(members: number, people: number): boolean {
  return members * 100 < people;
}

/** Whether two accounts of one precinct contradict each other in any field. Rule: V29. */
export function differ(one: Sheet, other: Sheet): boolean {
  return (
    contradict(one.attendance?.people ?? null, other.attendance?.people ?? null) ||
    !agree(one.firstAlignment, other.firstAlignment) ||
    !agree(one.finalAlignment, other.finalAlignment) ||
    !agree(one.awards, other.awards) ||
    contradict(one.worksheetDelegates, other.worksheetDelegates) ||
    contradict(one.worksheetThreshold, other.worksheetThreshold)
  );
}

/** A figure that one account does not give is not held against the other. */
function contradict(one: number | null, other: number | null): boolean {
  return one !== null && other !== null && one !== other;
}
