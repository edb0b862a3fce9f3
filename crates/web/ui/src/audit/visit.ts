import { toBase64 } from "../log/base64";
import { equalBytes } from "../log/bytes";
import { checkpointText, parseCheckpoint, type SignedCheckpoint } from "../log/checkpoint";
import { Refused } from "../log/flaw";
import { verifierKeyText } from "../log/keys";
import type { Keys } from "../log/policy";
import type { Findings } from "./checks";
import { byLog, twoRoots } from "./checkpoints";
import type { Night } from "./night";
import type { Skim } from "./skim";

/** What a reader remembers of a log: its key, and the latest checkpoint that was verified. */
export interface Visit {
  readonly logKey: string;
  readonly checkpoint: string;
}

/** The checkpoint that a visit remembers; none if what is remembered is not legible any more. */
export function rememberedCheckpoint(visit: Visit): SignedCheckpoint | null {
  try {
    return parseCheckpoint(visit.checkpoint);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** What is to be remembered of a night that was verified. */
export function visitOf(night: Night, keys: Keys): Visit {
  return { logKey: verifierKeyText(keys.log), checkpoint: checkpointText(night.last) };
}

/** Checks that today's log continues the one that was seen before: nothing was taken back or changed. */
export function checkVisit(
  visit: Visit | null,
  night: Night,
  keys: Keys,
  skim: Skim,
  findings: Findings,
  evidence: string[],
): void {
  const before = visit && rememberedCheckpoint(visit);
  if (visit === null || before === null) {
    findings.setAside("visit", "nothing-there");
    return;
  }
  if (visit.logKey !== verifierKeyText(keys.log)) {
    const [claimed, found] = [visit.logKey, verifierKeyText(keys.log)];
    findings.fail("visit", { code: "other-log", entry: null, about: "", claimed, found });
  } else if (before.size > night.last.size) {
    shrunk(before, night, findings);
  } else {
    continues(before, night, keys, skim, findings, evidence);
  }
}

/** A file may well be older than the last visit; a server shows the latest. */
function shrunk(before: SignedCheckpoint, night: Night, findings: Findings): void {
  if (night.from === "file") findings.setAside("visit", "nothing-there");
  else
    findings.fail("visit", {
      code: "log-shrunk",
      entry: null,
      about: "",
      claimed: `${night.last.size}`,
      found: `${before.size}`,
    });
}

function continues(
  before: SignedCheckpoint,
  night: Night,
  keys: Keys,
  skim: Skim,
  findings: Findings,
  evidence: string[],
): void {
  const root = skim.roots.get(before.size);
  if (root !== undefined && equalBytes(root, before.root)) {
    findings.pass("visit", before.size);
    return;
  }
  // What somebody put into the browser's memory is no checkpoint of this log, and nothing against it.
  if (!byLog(before, keys)) {
    findings.setAside("visit", "nothing-there");
    return;
  }
  const [claimed, found] = [toBase64(before.root), toBase64(root ?? new Uint8Array())];
  findings.fail("visit", { code: "checkpoint-inconsistent", entry: null, about: `${before.size}`, claimed, found });
  for (const other of night.checkpoints) {
    const text = twoRoots(keys, before, other);
    if (text !== null && !evidence.includes(text)) evidence.push(text);
  }
}
