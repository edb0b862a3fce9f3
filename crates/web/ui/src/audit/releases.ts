import type { Contest, DecodedEntry, Event, Release } from "../log/events";
import type { Author, Fold, State } from "../fold";
import { byImporter, DESKS, refusal, type Refusal } from "./authority";

/** Whether a release lists reports that might be released, one a precinct; `null` if so. */
export function checkRelease(fold: Fold, contest: Contest, release: Release): Refusal | null {
  const { state } = fold;
  if (state.release(release.name) !== null) return refusal("release-name-taken", release.name);
  const precincts = new Set<number>();
  for (const entry of release.entries) {
    const version = state.version(entry);
    if (version === null) return refusal("not-a-report", `${entry}`);
    const position = state.roster.position(version.report.precinct) ?? -1;
    if (precincts.has(position)) return refusal("precinct-twice", `${entry}`);
    precincts.add(position);
    if (!isClear(fold, contest, position, entry)) return refusal("unreleasable", `${entry}`);
  }
  return null;
}

/** Whether the contest's policy lets an entry out: it is the record, nothing holds it, and it is confirmed where that is asked. */
function isClear(fold: Fold, { release: policy }: Contest, position: number, entry: number): boolean {
  if (policy.kind === "AsListed") return true;
  const { record, held, confirmed } = fold.review.status(position);
  return record === entry && !held && (confirmed || policy.kind !== "Confirmed");
}

/**
 * Whether what needs two persons had two: nobody releases an entry of their own, a release that needs confirmation is of
 * figures that two persons gave, and whoever approves a correction proposed nothing of it. `null` if so, or where one is enough.
 */
export function checkPersons(
  state: State,
  contest: Contest,
  entry: DecodedEntry,
  proposer: string | null,
): Refusal | null {
  const author = state.authors.find(entry.author);
  const { event } = entry.body;
  if (author === null) return null;
  if (proposer !== null) return isOne(author.person, proposer) ? refusal("same-person", author.person) : null;
  if (event.kind !== "Released" || byImporter(contest)) return null;
  const found = event.value.entries.map((listed) => ofListed(state, contest, author, listed));
  return found.find((each) => each !== null) ?? null;
}

/** Whether an event needs two persons at all. */
export function needsTwo(contest: Contest, event: Event): boolean {
  if (event.kind === "Case") return event.value.kind === "Approved";
  return event.kind === "Released" && contest.release.kind !== "AsListed";
}

function ofListed(state: State, contest: Contest, releaser: Author, entry: number): Refusal | null {
  const version = state.version(entry);
  if (version === null) return null;
  const hands = contest.fold < DESKS ? [version.author.person] : state.typists(version);
  if (hands.some((hand) => isOne(hand, releaser.person))) return refusal("own-release", `${releaser.person} ${entry}`);
  const history = state.histories[state.roster.position(version.report.precinct) ?? -1];
  const until = history?.versions.filter((each) => each.entry <= entry) ?? [];
  const persons = new Set(until.map((each) => folded(each.author.person)));
  return contest.release.kind === "Confirmed" && persons.size < 2
    ? refusal("one-person", `${version.author.person} ${entry}`)
    : null;
}

function isOne(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

/** Names that differ in case or spaces only are taken for one person. */
function folded(person: string): string {
  return person
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== "")
    .join(" ");
}
