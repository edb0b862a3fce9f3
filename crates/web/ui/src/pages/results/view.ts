import type { RosterCounty, RosterResponse } from "../../gen/tallylog/v1/results_pb";
import type { Column } from "../../net/figures";
import { view } from "../../parts/nav.svelte";
import { t } from "../../words/index.svelte";
import { numberOf } from "../paths";

/** One result set, or all of them side by side. */
export const SETS = ["sde", "first", "final", "all"] as const;
export type ResultSet = (typeof SETS)[number];

export const BASES = ["recorded", "released"] as const;
export type BasisName = (typeof BASES)[number];

export const SHADES = ["leader", "margin", "reporting", "flags"] as const;
export type Shade = (typeof SHADES)[number];

export const STYLES = ["published", "exact"] as const;
export type SdeStyle = (typeof STYLES)[number];

/** Which part of the contest is shown. */
export type Scope =
  | { readonly kind: "state" }
  | { readonly kind: "district"; readonly number: number }
  | { readonly kind: "county"; readonly index: number; readonly county: RosterCounty };

/** Which moment is shown. */
export type Moment =
  | { readonly kind: "now" }
  | { readonly kind: "size"; readonly size: number }
  | { readonly kind: "release"; readonly name: string };

function oneOf<T extends string>(known: readonly T[], value: string | null): T | undefined {
  return known.find((known) => known === value);
}

export const chosenSet = (): ResultSet => oneOf(SETS, view("set")) ?? "sde";
export const chosenShade = (): Shade => oneOf(SHADES, view("shade")) ?? "leader";
export const chosenStyle = (): SdeStyle => oneOf(STYLES, view("sde")) ?? "published";

/**
 * What the address asks for; without a word, of a release what it lists, as on the command line. Under an embargo the public
 * has released figures alone.
 */
export function chosenBasis(roster: RosterResponse): BasisName {
  if (roster.embargo) return "released";
  return oneOf(BASES, view("basis")) ?? (view("release") === null ? "recorded" : "released");
}

/** The part of the contest that the address names; the state where it names none that there is. */
export function chosenScope(roster: RosterResponse): Scope {
  const name = view("in");
  const district = /^district-(\d+)$/.exec(name ?? "")?.[1];
  const number = Number(district ?? 0);
  if (number >= 1 && number <= roster.districtDelegates.length) return { kind: "district", number };
  const index = roster.counties.findIndex((county) => county.name === name);
  const county = roster.counties[index];
  return county ? { kind: "county", index, county } : { kind: "state" };
}

/** The moment that the address names. */
export function chosenMoment(): Moment {
  const release = view("release");
  if (release !== null) return { kind: "release", name: release };
  const size = numberOf(view("size"));
  return size === null ? { kind: "now" } : { kind: "size", size };
}

/** What a part of the contest is called. */
export function scopeName(scope: Scope): string {
  switch (scope.kind) {
    case "state":
      return t("scope.state");
    case "district":
      return t("scope.district", { number: String(scope.number) });
    case "county":
      return scope.county.name;
  }
}

/** Whether a county or pool, by its place in the roster, is in a part of the contest. */
export function covers(scope: Scope, county: RosterCounty, index: number): boolean {
  switch (scope.kind) {
    case "state":
      return true;
    case "district":
      return county.district === scope.number;
    case "county":
      return index === scope.index;
  }
}

/** By which figures places are compared. */
export function leading(set: ResultSet): Column {
  return set === "all" ? "sde" : set;
}
