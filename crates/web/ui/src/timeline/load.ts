import type { Basis } from "../gen/tallylog/v1/results_pb";
import type { Part } from "./moments";

/** How many steps a server gives at most: as many as that, a reader has entry by entry. */
const MOST_STEPS = 10_000;

/**
 * In how many steps a long log is shown. Each of them changes the figures of nearly every county, so that more steps are
 * not only more to send, but more to keep: these are some thirty megabytes.
 */
const STEPS_OF_A_LONG_LOG = 500;

/** Up to this size, steps of a few entries change the figures of a few counties, and are less than those. */
const LONG = 50_000;

/** What is asked of a server, from the start of the log on and then as it grows. */
export function question(basis: Basis, size: number): { basis: Basis; steps: number; follow: true } {
  return { basis, steps: size <= LONG ? MOST_STEPS : STEPS_OF_A_LONG_LOG, follow: true };
}

/** What is asked for a part of the log, entry by entry. */
export function entryByEntry(basis: Basis, part: Part): { basis: Basis; from: bigint; until: bigint; steps: number } {
  return { basis, from: BigInt(part.from), until: BigInt(part.until), steps: MOST_STEPS };
}

/** How far around a moment the checks of a long log are asked for: it may have tens of thousands of findings. */
const CHECKED = 2_000;

/** The entries of which it is asked what the checks found, for a reader at a moment; without end where they reach it. */
export function partToCheck(size: number, last: number): Part {
  if (last <= LONG) return { from: 0, until: Infinity };
  return { from: Math.max(0, size - CHECKED), until: size + CHECKED < last ? size + CHECKED : Infinity };
}
