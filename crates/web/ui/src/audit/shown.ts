import { bundleBytes } from "../log/bundle";
import type { SignedCheckpoint } from "../log/checkpoint";
import { claims } from "../log/note";
import { policyText, type Keys } from "../log/policy";
import { byLog } from "./checkpoints";
import type { Night } from "./night";
import { rememberedCheckpoint, type Visit } from "./visit";

/**
 * What was shown, as a bundle that `tallylog-verify` reads: whoever gets it finds the same flaws. With it goes the checkpoint
 * that was remembered, if the log signed it: of another size than any that is shown today, it convicts the log only beside
 * the entries. `null` where not all entries came.
 */
export function shownBundle(night: Night, keys: Keys | null, visit: Visit | null): Uint8Array<ArrayBuffer> | null {
  if (night.entries.length !== night.last.size) return null;
  const before = keys && visit && rememberedCheckpoint(visit);
  const remembered = keys !== null && before !== null && byLog(before, keys) ? [before] : [];
  const earlier = [...night.checkpoints, ...remembered].filter(({ size }) => size <= night.last.size);
  const policy = keys === null ? night.policy : policyText(keys);
  return bundleBytes({ policy, checkpoints: inOrder(earlier, night.last, keys), entries: night.entries });
}

/** In order of size, each text once, the last at the end, and without lines of those whom nobody named. */
function inOrder(all: readonly SignedCheckpoint[], last: SignedCheckpoint, keys: Keys | null): SignedCheckpoint[] {
  const others = new Map<string, SignedCheckpoint>();
  for (const signed of all) {
    const { text, signatures } = signed.note;
    const known = others.get(text)?.note.signatures.length ?? 0;
    if (text !== last.note.text && signatures.length > known) others.set(text, signed);
  }
  const sorted = [...others.values()].sort((one, other) => one.size - other.size);
  return [...sorted, last].map((signed) => (keys === null ? signed : ofKnown(signed, keys)));
}

function ofKnown(signed: SignedCheckpoint, { log, witnesses, further }: Keys): SignedCheckpoint {
  const known = [log, ...witnesses, ...further];
  const signatures = signed.note.signatures.filter((line) => known.some((key) => claims(line, key)));
  return signatures.length === 0 ? signed : { ...signed, note: { ...signed.note, signatures } };
}
