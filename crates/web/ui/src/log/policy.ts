import { Refused } from "./flaw";
import type { Contest } from "./events";
import { parseVerifierKey, sameKey, verifierKey, verifierKeyText, type VerifierKey } from "./keys";
import type { Cosigner } from "./checkpoint";
import type { ReaderPolicy } from "./reader_policy";

/** Whose signatures a night rests on: what entry 0 says. */
export interface Keys {
  readonly log: VerifierKey;
  /** The contest's own witnesses, which count for its quorum. */
  readonly witnesses: readonly VerifierKey[];
  /** Witnesses that a file or server names beside them: what they signed is checked, and never counts. */
  readonly further: readonly VerifierKey[];
  readonly quorum: number;
  /** Which logs to believe and which witnesses are enough, by the reader; without it the contest's own quorum counts. */
  readonly reader: ReaderPolicy | null;
}

/**
 * Takes the keys that a contest names, and `further` witnesses.
 *
 * @throws {Refused} if one of them is none, two are one, more must cosign than there are, or one is a key of the contest.
 */
export function keysOf(contest: Contest, further: readonly VerifierKey[]): Keys {
  const log = verifierKey(contest.log.origin, "log", contest.log.key);
  const witnesses = contest.witnesses.witnesses.map((text) => parseVerifierKey(text, "witness"));
  const { quorum } = contest.witnesses;
  const others = further.filter((key) => !witnesses.some((own) => sameKey(own, key)));
  const all = [...witnesses, ...others];
  const twice = all.some((key, at) => all.findIndex((other) => isSame(other.key, key.key)) !== at);
  if (twice) throw new Refused("policy-witness-twice");
  const [own] = all.flatMap((key) => owner(contest, key));
  if (own !== undefined) throw own;
  if (quorum > witnesses.length) throw new Refused("policy-threshold");
  return {
    log,
    witnesses,
    further: others.sort((one, other) => order(verifierKeyText(one), verifierKeyText(other))),
    quorum,
    reader: null,
  };
}

/** Why a witness may not be one: it has a key of those whom it should watch, and would vouch for itself. */
function owner({ log, service, registrars }: Contest, { key, name }: VerifierKey): readonly Refused[] {
  if (isSame(log.key, key)) return [new Refused("policy-witness-is-log", name)];
  const others = [service, ...registrars.map((registrar) => registrar.key)];
  return others.some((other) => isSame(other, key)) ? [new Refused("witness-not-independent", name)] : [];
}

/** The policy of a bundle in its one spelling (C2SP tlog-policy). */
export function policyText({ log, witnesses, further, quorum }: Omit<Keys, "reader">): string {
  const names = (letter: string, keys: readonly VerifierKey[]): string[] =>
    keys.map((key, at) => `witness ${letter}${at + 1} ${verifierKeyText(key)}`);
  const members = witnesses.map((_, at) => ` w${at + 1}`).join("");
  const last = quorum === 0 ? ["quorum none"] : [`group witnesses ${quorum}${members}`, "quorum witnesses"];
  return [`log ${verifierKeyText(log)}`, ...names("w", witnesses), ...names("x", further), ...last, ""].join("\n");
}

/**
 * The witnesses that a policy's text names, the contest's and others: to be compared with `policyText`, and nothing
 * until then. A server's policy says after a key where to reach its holder.
 */
export function namedWitnesses(policy: string): VerifierKey[] {
  const lines = policy.split("\n").map((line) => line.split(" "));
  const keys = lines.flatMap(([word, , key]) => (word === "witness" && key !== undefined ? [key] : []));
  return keys.map((key) => parseVerifierKey(key, "witness"));
}

/** Whether a policy's text names this log, if it names any. */
export function namesLog(policy: string, log: VerifierKey): boolean {
  const lines = policy.split("\n").filter((line) => line.startsWith("log "));
  return lines.every((line) => line.split(" ")[1] === verifierKeyText(log));
}

/** Whether these cosigners are enough, for the reader or else for the contest. */
export function isQuorum(keys: Keys, cosigners: readonly Cosigner[]): boolean {
  if (keys.reader !== null) return keys.reader.isMetBy(cosigners.map(({ key }) => key));
  return keys.witnesses.filter((witness) => cosigners.some(({ key }) => sameKey(key, witness))).length >= keys.quorum;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, at) => byte === other[at]);
}

function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
