import { isQuorum, type Keys } from "../log/policy";
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
 * One witness whose clock is wrong condemns nothing: there is a flaw where those that agree would not be enough, and all
 * that cosigned are.
 */
export function checkTimes(trusted: readonly Trusted[], keys: Keys, skim: Skim, findings: Findings): void {
  let compared = 0;
  for (const { signed, cosigners } of trusted) {
    compared += cosigners.length;
    const found = cosigners.map((cosigner) => disagreement(signed.size, cosigner, skim));
    const agreeing = cosigners.filter((_, at) => found[at] === null);
    const flaw = found.find((each) => each !== null);
    if (!flaw || !isQuorum(keys, cosigners) || isQuorum(keys, agreeing)) continue;
    findings.fail("time", flaw);
    break;
  }
  findings.pass("time", compared);
}

function disagreement(size: number, { key, at }: Cosigner, skim: Skim): Finding | null {
  const [covered, next] = [skim.received[size - 1], skim.received[size]];
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
