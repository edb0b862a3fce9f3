import { equalBytes } from "./bytes";
import { checkByLog, checkpointText, parseCheckpoint, type SignedCheckpoint } from "./checkpoint";
import { Refused } from "./flaw";
import { parseVerifierKey, verifierKeyText, type VerifierKey } from "./keys";
import { claims } from "./note";

const FIRST_LINE = "tallylog/evidence/v1";

/** Two checkpoints of one size with different roots, both signed by the log. */
export interface Evidence {
  readonly log: VerifierKey;
  readonly one: SignedCheckpoint;
  readonly other: SignedCheckpoint;
}

/**
 * Takes two checkpoints that contradict each other.
 *
 * @throws {Refused} if the log did not sign both, or they do not contradict each other.
 */
export function evidenceOf(log: VerifierKey, one: SignedCheckpoint, other: SignedCheckpoint): Evidence {
  const both = { log, one: byLog(log, one), other: byLog(log, other) };
  if (one.size !== other.size || equalBytes(one.root, other.root)) throw new Refused("evidence-none");
  return both;
}

/** The checkpoint with the log's signature alone: no other is needed to convict it. */
function byLog(log: VerifierKey, signed: SignedCheckpoint): SignedCheckpoint {
  const signatures = signed.note.signatures.filter((line) => claims(line, log));
  const alone = { ...signed, note: { ...signed.note, signatures } };
  try {
    checkByLog(alone, log);
  } catch {
    throw new Refused("evidence-unsigned");
  }
  return alone;
}

/** The file, as `tallylog-verify` writes and reads it. */
export function evidenceText({ log, one, other }: Evidence): string {
  const sentence =
    `Below stand two checkpoints of the log ${log.name} of size ${one.size} with different roots. ` +
    "Its key, in the next line, signed both: it showed two histories, and no honest log can have done so.";
  const notes = [one, other].map(checkpointText).join("\n");
  return `${FIRST_LINE}\n${sentence}\n${verifierKeyText(log)}\n\n${notes}`;
}

/**
 * Reads a file of evidence, and checks that it is some. Whether its key is that of the log in question is for the
 * reader to say.
 *
 * @throws {Refused}
 */
export function parseEvidence(text: string): Evidence {
  const [head, one, ones, other, others, ...rest] = text.split("\n\n");
  const key = head?.split("\n")[2];
  if (key === undefined || others === undefined || rest.length > 0) throw new Refused("evidence-malformed");
  const first = parseCheckpoint(`${one}\n\n${ones}\n`);
  const found = evidenceOf(parseVerifierKey(key, "log"), first, parseCheckpoint(`${other}\n\n${others}`));
  if (evidenceText(found) !== text) throw new Refused("evidence-malformed");
  return found;
}
