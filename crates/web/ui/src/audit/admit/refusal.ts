import type { Author } from "../../fold";
import { precinctKey } from "../../fold/desks/entry";
import type { Contest, DecodedEntry, FileRef, PrecinctId, Role } from "../../log/events";
import type { FlawCode } from "../../log/flaw";

/** The first version of a log that has desks. */
export const DESKS = 2;

/** The first version of a log that has ceilings, and acts that take two persons. */
export const CEILINGS = 3;

/** Why the log could not have taken an event, by the server's code for it. */
export interface Refusal {
  readonly code: FlawCode;
  /** Which entry, name or figure it is about, in no language. */
  readonly about: string;
}

/** A refusal, and what it is about. */
export function refusal(code: FlawCode, about: string | number = ""): Refusal {
  return { code, about: `${about}` };
}

/** Who signs an event, and where it stands in the log. */
export interface Signer {
  readonly contest: Contest;
  /** The enrolment of the key. */
  readonly author: Author;
  readonly entry: DecodedEntry;
}

/** Whether the log has desks. */
export function hasDesks({ contest }: Signer): boolean {
  return contest.fold >= DESKS;
}

/** Whether the log has ceilings, and acts that take two registrars. */
export function hasCeilings({ contest }: Signer): boolean {
  return contest.fold >= CEILINGS;
}

/** Refuses a key whose role is none of these. */
export function needs({ author }: Signer, ...kinds: readonly Role["kind"][]): Refusal | null {
  return kinds.includes(author.role.kind) ? null : wrongRole(author);
}

/** Refuses a key for its role. */
export function wrongRole({ role }: Author): Refusal {
  return refusal("wrong-role", role.kind);
}

/** Whether nothing stands there. */
export function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** Refuses a text that must be given and is not. */
export function given(text: string, what: string): Refusal | null {
  return isBlank(text) ? refusal("unjustified", what) : null;
}

/** Refuses where no document is given. */
export function shown(evidence: readonly FileRef[], what: string): Refusal | null {
  return evidence.length === 0 ? refusal("unjustified", what) : null;
}

/** Refuses an event that takes another person than the one who signed it. */
export function samePerson(person: string, entry: number): Refusal {
  return refusal("same-person", `${person} ${entry}`);
}

/** The first of some refusals. */
export function firstOf<T>(all: readonly T[], refuses: (one: T) => Refusal | null): Refusal | null {
  for (const one of all) {
    const refused = refuses(one);
    if (refused !== null) return refused;
  }
  return null;
}

/** Whether a precinct is one of these. */
export function isAmong(precincts: readonly PrecinctId[], precinct: PrecinctId): boolean {
  return precincts.some((each) => precinctKey(each) === precinctKey(precinct));
}

/** Whether no precinct comes twice. */
export function eachOnce(precincts: readonly PrecinctId[]): boolean {
  return new Set(precincts.map(precinctKey)).size === precincts.length;
}

/** How a precinct is named where it is refused. */
export function nameOf({ county, number }: PrecinctId): string {
  return `${county} ${number}`;
}
