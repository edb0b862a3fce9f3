import type { Ruleset, Sheet, ViabilityTier } from "../../log/events";
import { total } from "./by_group";

/** Where a sheet comes from: what the roster says of the place. */
export type Place = { readonly kind: "Precinct"; readonly delegates: number } | { readonly kind: "Satellite" };

const MOST_PEOPLE = 0xffff_ffff;

/** The part of the rules that says from which share on a group is viable; `null` where the room elects one delegate. */
export function viabilityTier(rules: Ruleset, electing: number): ViabilityTier | null {
  return rules.viability.findLast((tier) => tier.from <= electing && electing > 0) ?? null;
}

/**
 * The people that a group needs at first alignment to be viable; `null` where the room elects its one delegate without
 * groups, or nobody attended. A fraction of a person rounds up, and a group of nobody is never viable. Rule: 2.1.
 */
export function viabilityThreshold(rules: Ruleset, room: number, electing: number): number | null {
  const tier = viabilityTier(rules, electing);
  if (tier === null || room === 0 || tier.denominator === 0) return null;
  // 32 and 16 bits: whole numbers all the way, since what does not divide is taken off first.
  const people = room * tier.numerator;
  const over = people % tier.denominator;
  const needed = (people - over) / tier.denominator + (over > 0 ? 1 : 0);
  return Math.max(1, Math.min(needed, MOST_PEOPLE));
}

/** The delegates of a satellite site that so many people attended; none for nobody. Rule: 3.3. */
export function satelliteDelegates(rules: Ruleset, attendance: number): number {
  return rules.satellites.findLast((tier) => tier.from <= attendance)?.delegates ?? 0;
}

/** The room, in people: the attendance, or the total of first alignment where nobody wrote that down. Rule: 2.1. */
export function room(sheet: Sheet): number {
  return sheet.attendance?.people ?? Math.min(total(sheet.firstAlignment), MOST_PEOPLE);
}

/** The delegates that a place elects: the roster's, or for a site the table's for its attendance. Rule: 3.3. */
export function electing(rules: Ruleset, place: Place, sheet: Sheet): number {
  return place.kind === "Precinct" ? place.delegates : satelliteDelegates(rules, room(sheet));
}
