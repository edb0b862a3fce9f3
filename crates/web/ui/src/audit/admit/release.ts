import type { Fold, State } from "../../fold";
import type { Contest, Release } from "../../log/events";
import { firstOf, hasDesks, isBlank, needs, refusal, type Refusal, type Signer } from "./refusal";
import { ownEntry } from "./review";

/** Entries by the position of their precinct in roster order. */
type Listed = ReadonlyMap<number, number>;

export function releases(fold: Fold, signer: Signer, release: Release): Refusal | null {
  const { state } = fold;
  const isListedArchive = byImporter(signer);
  const wrong = needs(signer, isListedArchive ? "Importer" : "Reviewer");
  if (wrong !== null) return wrong;
  // An importer releases what it imported: nobody else has a say in an archive.
  const isReviewed = hasDesks(signer) && !isListedArchive;
  const own = isReviewed ? firstOf(release.entries, (entry) => ownEntry(state, signer, entry)) : null;
  if (own !== null) return own;
  const taken = state.release(release.name);
  if (taken !== null) return refusal("release-name-taken", release.name);
  if (isBlank(release.name)) return refusal("bad-name");
  const listed = oneAPrecinct(state, release);
  return "code" in listed ? listed : byPolicy(fold, signer.contest, listed);
}

/**
 * Whether the importer has the say over releases: in an archive that is released as it was, and there alone.
 *
 * The first version asked for the policy alone.
 */
function byImporter(signer: Signer): boolean {
  const { release, kind } = signer.contest;
  return release.kind === "AsListed" && (kind.kind === "Archive" || !hasDesks(signer));
}

/** Whether the contest's policy lets everything out that is listed. */
export function byPolicy(fold: Fold, { release: policy }: Contest, listed: Listed): Refusal | null {
  switch (policy.kind) {
    case "AsListed":
      return null;
    case "ReportedClear":
      return clear(fold, listed, false);
    case "Confirmed":
      return clear(fold, listed, true);
  }
}

/** The entries by the position of their precinct in roster order. */
function oneAPrecinct(state: State, { entries }: Release): Listed | Refusal {
  const listed = new Map<number, number>();
  for (const entry of entries) {
    const version = state.version(entry);
    const position = version && state.roster.position(version.report.precinct);
    if (position === null) return refusal("not-a-report", entry);
    if (listed.has(position)) return refusal("precinct-twice", entry);
    listed.set(position, entry);
  }
  return listed;
}

/**
 * Whether somebody may have decided about all that holds a precinct, in an entry that whoever reads the log is not shown: a
 * check of several precincts is decided about in an entry that is about all of them.
 */
function mayBeDecided({ state, review }: Fold, position: number): boolean {
  return state.hasWithheld() && !review.status(position).onHold && review.isHeldByOthersAlone(position);
}

/** What a release lists on the word of what is withheld. */
export interface Excused {
  /** The entry that is listed. */
  readonly listed: number;
  /**
   * The positions of all precincts that a decision about what holds it would be about. Once releases list them all, the
   * decision is public.
   */
  readonly positions: readonly number[];
}

/** What of a release was let out on the word of what is withheld. */
export function restsOnTheWithheld(
  { state, review }: Fold,
  { release: policy }: Contest,
  { entries }: Release,
): readonly Excused[] {
  if (policy.kind === "AsListed") return [];
  return entries.flatMap((listed) => {
    const version = state.version(listed);
    const position = version && state.roster.position(version.report.precinct);
    if (position === null) return [];
    return review.holdingOf(position).map((found) => ({ listed, positions: review.comparedBy(found) }));
  });
}

/** Whether the policy lets every entry out: it is the record, nothing holds it, and it is confirmed where that is asked. */
function clear(fold: Fold, listed: Listed, isConfirmed: boolean): Refusal | null {
  return firstOf([...listed], ([position, entry]) => {
    const { record, held, confirmed } = fold.review.status(position);
    const isFree = !held || mayBeDecided(fold, position);
    const isClear = record === entry && isFree && (confirmed || !isConfirmed);
    return isClear ? null : refusal("unreleasable", entry);
  });
}
