import { toHex } from "../log/hex";
import type { Cosigner } from "../log/checkpoint";
import type { Finding, Findings } from "./checks";
import type { Trusted } from "./checkpoints";
import type { Skim } from "./skim";

/** How far the log's clock and a witness's may differ. */
const SKEW_MS = 5 * 60_000;

/**
 * Compares received times with the times of cosignatures. An entry that a checkpoint covers was there when it was cosigned,
 * and one that it lacks came later. Received times never go back, so the entries at a checkpoint's edge stand for all.
 *
 * Every time is judged by itself, whatever a policy asks for: a witness that disagrees is wrong or has caught the log, and
 * either way somebody has to look. Of each witness the first contradiction is told.
 */
export function checkTimes(trusted: readonly Trusted[], skim: Skim, findings: Findings): void {
  let compared = 0;
  const told = new Set<string>();
  for (const { signed, cosigners } of trusted) {
    const isComparable = skim.received.has(signed.size - 1) || skim.received.has(signed.size);
    if (isComparable) compared += cosigners.length;
    for (const cosigner of cosigners) {
      const flaw = disagreement(signed.size, cosigner, skim);
      const key = toHex(cosigner.key.key);
      if (flaw === null || told.has(key)) continue;
      told.add(key);
      findings.fail("time", flaw);
    }
  }
  findings.compared("time", compared);
}

function disagreement(size: number, { key, at }: Cosigner, skim: Skim): Finding | null {
  const [covered, next] = [skim.received.get(size - 1), skim.received.get(size)];
  // A cosignature names the second in which it was made.
  const [from, until] = [at * 1000, at * 1000 + 999];
  const found = timeText(from);
  if (covered !== undefined && covered > until + SKEW_MS) {
    return { code: "post-dated", entry: size - 1, about: key.name, claimed: timeText(covered), found };
  }
  if (next !== undefined && next < from - SKEW_MS) {
    return { code: "back-dated", entry: size, about: key.name, claimed: timeText(next), found };
  }
  return null;
}

/** A time in no language. Times beyond what a calendar has are shown as they are. */
export function timeText(millis: number): string {
  return millis <= 8.64e15 ? new Date(millis).toISOString() : `${millis} ms`;
}
