import { toBase64 } from "../log/base64";
import { equalBytes } from "../log/bytes";
import { checkByLog, cosigners, type Cosigner, type SignedCheckpoint } from "../log/checkpoint";
import { evidenceOf, evidenceText } from "../log/evidence";
import { Refused } from "../log/flaw";
import { claims } from "../log/note";
import { isQuorum, type Keys } from "../log/policy";
import type { CheckName, Findings } from "./checks";
import type { Night } from "./night";
import type { Skim } from "./skim";

/** A checkpoint of this history whose signatures all hold. */
export interface Trusted {
  readonly signed: SignedCheckpoint;
  readonly cosigners: readonly Cosigner[];
}

/** Checks every checkpoint; evidence of two histories is added to `evidence`. */
export function checkCheckpoints(
  night: Night,
  keys: Keys,
  skim: Skim,
  findings: Findings,
  evidence: string[],
): Trusted[] {
  const judged = night.checkpoints.flatMap((signed) => judge(signed, night, keys, findings));
  const trusted = judged.filter(({ signed }) => isOf(signed, skim));
  checkHistory(night, keys, skim, findings, evidence);
  const last = judged.findLast(({ signed }) => signed === night.last);
  if (keys.reader?.names(keys.log) === false)
    findings.fail("witnesses", { code: "checkpoint-not-by-log", entry: null, about: keys.log.name });
  else if (last !== undefined && !isQuorum(keys, last.cosigners)) {
    const [claimed, found] = [`${keys.quorum}`, `${last.cosigners.length}`];
    findings.fail("witnesses", { code: "quorum-not-met", entry: null, about: "", claimed, found });
  }
  findings.pass("checkpoints", night.checkpoints.length);
  findings.compared(
    "witnesses",
    trusted.reduce((sum, { cosigners }) => sum + cosigners.length, 0),
  );
  return trusted;
}

/** What a checkpoint says is what the tree was at its size. */
function isOf(signed: SignedCheckpoint, skim: Skim): boolean {
  const root = skim.roots.get(signed.size);
  return root !== undefined && equalBytes(root, signed.root);
}

function judge(signed: SignedCheckpoint, night: Night, keys: Keys, findings: Findings): Trusted[] {
  const attempt = <T>(check: CheckName, what: () => T): T | null => {
    try {
      return what();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      findings.fail(check, { code: error.code, entry: null, about: `${signed.size} ${error.about}`.trim() });
      return null;
    }
  };
  const byLog = attempt("checkpoints", () => {
    checkByLog(signed, keys.log);
    return signed;
  });
  if (byLog === null) return [];
  const witnesses = [...keys.witnesses, ...keys.further];
  const found = attempt("witnesses", () => cosigners(shown(signed, night, keys), keys.log, witnesses));
  return found === null ? [] : [{ signed, cosigners: found }];
}

/** A file answers for every line; of a server's note, lines of unknown keys are passed over (C2SP signed-note). */
function shown(signed: SignedCheckpoint, night: Night, keys: Keys): SignedCheckpoint {
  if (night.from === "file") return signed;
  const known = [keys.log, ...keys.witnesses, ...keys.further];
  const signatures = signed.note.signatures.filter((line) => known.some((key) => claims(line, key)));
  return { ...signed, note: { ...signed.note, signatures } };
}

/** Each checkpoint must be what the tree was at its size: then all are consistent with each other. */
function checkHistory(night: Night, keys: Keys, skim: Skim, findings: Findings, evidence: string[]): void {
  for (const [one, other] of contradictions(night.checkpoints)) {
    const text = twoRoots(keys, one, other);
    if (text === null) continue;
    evidence.push(text);
    const [claimed, found] = [toBase64(one.root), toBase64(other.root)];
    findings.fail("checkpoints", { code: "checkpoint-two-roots", entry: null, about: `${one.size}`, claimed, found });
  }
  // Entries that are not those of the last checkpoint say nothing of the log's history.
  if (!equalBytes(night.last.root, skim.root)) return;
  for (const signed of night.checkpoints) {
    const root = skim.roots.get(signed.size);
    if (root === undefined || equalBytes(root, signed.root) || signed === night.last) continue;
    const [claimed, found] = [toBase64(signed.root), toBase64(root)];
    findings.fail("checkpoints", {
      code: "checkpoint-inconsistent",
      entry: null,
      about: `${signed.size}`,
      claimed,
      found,
    });
  }
}

/** Of one size, the roots that are compared with each other: whoever signs more convicts itself often enough. */
const MOST_ROOTS = 8;

/** Checkpoints of one size with other roots, whatever stands between them in the list: each with each. */
function contradictions(checkpoints: readonly SignedCheckpoint[]): [SignedCheckpoint, SignedCheckpoint][] {
  const known = new Map<number, SignedCheckpoint[]>();
  const found: [SignedCheckpoint, SignedCheckpoint][] = [];
  for (const signed of checkpoints) {
    const same = known.get(signed.size) ?? [];
    if (same.length === MOST_ROOTS || same.some(({ root }) => equalBytes(root, signed.root))) continue;
    found.push(...same.map((one): [SignedCheckpoint, SignedCheckpoint] => [one, signed]));
    known.set(signed.size, [...same, signed]);
  }
  return found;
}

/** Whether the log signed a checkpoint. */
export function byLog(signed: SignedCheckpoint, keys: Pick<Keys, "log">): boolean {
  try {
    checkByLog(signed, keys.log);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

/** The file of evidence, if the log signed two roots for one size. */
export function twoRoots(keys: Pick<Keys, "log">, one: SignedCheckpoint, other: SignedCheckpoint): string | null {
  try {
    return evidenceText(evidenceOf(keys.log, one, other));
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
