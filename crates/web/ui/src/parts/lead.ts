import type { Lead } from "../net/figures";
import { percent, t } from "../words/index.svelte";
import { colourOf } from "./colours";

/** The colour of a place where nobody has anything. */
export const EMPTY = "light-dark(#e4e7ea, #2b3138)";

/** The colour of a place where several have the same. */
export const EQUAL = "var(--quiet)";

/** The colour of whoever leads. */
export function leadColour(lead: Lead | null): string {
  if (!lead) return EMPTY;
  return lead.tied.length > 0 ? EQUAL : colourOf(lead.group);
}

/** Who leads; all of those who have the same. */
export function leadName(lead: Lead | null, groups: readonly string[]): string {
  if (!lead) return t("places.none");
  const names = [lead.group, ...lead.tied].map((group) => groups[group] ?? "").join(", ");
  return lead.tied.length > 0 ? t("places.tied", { names }) : names;
}

/** Who leads and by how much. */
export function leadWords(lead: Lead | null, groups: readonly string[]): string {
  const name = leadName(lead, groups);
  return lead === null || lead.tied.length > 0 ? name : `${name} +${percent(lead.margin, 1)}`;
}

/** The letters of whoever leads: what a colour says, to whoever does not see it. */
export function leadLetters(lead: Lead | null, letters: readonly string[]): string {
  if (!lead) return "";
  return lead.tied.length > 0 ? "=" : (letters[lead.group] ?? "");
}
