import type { Author, State } from "../fold";
import type { Contest, Release } from "../log/events";
import { refusal, type Refusal } from "./admit/refusal";

/** Whether a release needs two persons: whoever gave the figures, and whoever lets them out. */
export function needsTwo({ release }: Contest): boolean {
  return release.kind !== "AsListed";
}

/**
 * What a release lists that needed another person. Admission takes names as they are written; here names that differ in
 * case or spaces only are one person.
 *
 * Nobody releases an entry of their own; and where a release needs confirmation, two persons must have given figures.
 */
export function ofRelease(state: State, contest: Contest, key: Uint8Array, { entries }: Release): readonly Refusal[] {
  const releaser = state.authors.find(key);
  if (releaser === null || !needsTwo(contest)) return [];
  return entries.flatMap((entry) => ofListed(state, contest, releaser, entry) ?? []);
}

function ofListed(state: State, { release }: Contest, releaser: Author, entry: number): Refusal | null {
  const version = state.version(entry);
  if (version === null) return null;
  const { person } = version.author;
  if (folded(person) === folded(releaser.person)) return refusal("own-release", `${releaser.person} ${entry}`);
  const history = state.histories[state.roster.position(version.report.precinct) ?? -1];
  const until = history?.versions.filter((each) => each.entry <= entry) ?? [];
  const persons = new Set(until.map(({ author }) => folded(author.person)));
  return release.kind === "Confirmed" && persons.size < 2 ? refusal("one-person", `${person} ${entry}`) : null;
}

/** Names that differ in case or spaces only are taken for one person: whoever wants two keys would write the name so. */
function folded(person: string): string {
  return person
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== "")
    .join(" ");
}
