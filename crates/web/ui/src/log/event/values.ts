import { fixed, fromOne, list, pair, rising, safe, struct, text, u16, u32, u64, type Codec, type Of } from "../codec";

/** Milliseconds since 1970-01-01T00:00:00 UTC. */
export const unixMillis = safe;
/** The same, where it is what an author wrote: no rule bounds it, and a night must not become unreadable by it. */
export const claimedMillis = u64;
/** The place of an entry in the log, from 0. */
export const entryIndex = safe;
/** A county or pool, by its number in the roster, from 0. */
export const countyId = u16;
/** A preference group, in roster order from 1. */
export const groupId = fromOne(u16);
/** People. */
export const attendees = u32;
/** Delegates to a county convention, unless the field says which. */
export const delegates = u16;
/** State delegate equivalents, in ten-thousandths. */
export const equivalents = u64;

/** The random name of a contest. */
export const contestId = fixed(16);
/** The author's own name for a submission. */
export const submissionId = fixed(16);
/** A BLAKE3 or SHA-256 hash, of what the field says. */
export const hash = fixed(32);
/** An Ed25519 public key. */
export const publicKey = fixed(32);
/** An Ed25519 signature: R, then S. */
export const signature = fixed(64);

/** A figure for each of some groups, in rising order of the groups. A group that is absent has the figure 0. */
export type ByGroup<T> = readonly (readonly [group: number, figure: T])[];

/** A figure for each of some groups. */
export function byGroup<T>(codec: Codec<T>): Codec<ByGroup<T>> {
  return rising(pair(groupId, codec), ([group]) => group);
}

/** A precinct or a satellite site: its county and its place there, from 0. */
export const precinctId = struct({ county: countyId, number: u16 });
export type PrecinctId = Of<typeof precinctId>;

/** A file that stands beside the log, by the BLAKE3 hash of its bytes. Its size is whatever the author claims. */
export const fileRef = struct({ hash, size: u64, mediaType: text });
export type FileRef = Of<typeof fileRef>;

export const files = list(fileRef);
export const precinctIds = list(precinctId);
