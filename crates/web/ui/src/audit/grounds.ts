import { equalBytes } from "../log/bytes";
import type { Contest } from "../log/events";
import type { Keys } from "../log/policy";
import type { State } from "../fold";
import { NEWEST } from "./admit/contest";
import type { Findings } from "./checks";

/** What a verdict is weaker for, by the codes of `tallylog verify` (`docs/PROBLEMS.md`). It is no flaw. */
export type Weakness =
  | "log-key-unvouched"
  | "no-quorum"
  | "own-quorum"
  | "no-cosignature"
  | "rehearsal"
  | "archive"
  | "older-fold"
  | "blocked-released"
  | "unconfirmed-released"
  | "single-registrar"
  | "sample-abandoned";

/** What a night's contents say about its verdict. */
interface Said {
  readonly isCosigned: boolean;
  readonly isSole: boolean;
  readonly abandoned: number;
}

/** The weaknesses of a night. Nobody gives a page a key or a policy, so those of the night are all that it has. */
export function weaknesses(contest: Contest, { quorum }: Keys, { isCosigned, isSole, abandoned }: Said): Weakness[] {
  const persons = new Set(contest.registrars.map(({ person }) => person));
  const all: readonly (readonly [boolean, Weakness])[] = [
    [true, "log-key-unvouched"],
    [quorum === 0, "no-quorum"],
    [quorum > 0, "own-quorum"],
    [!isCosigned, "no-cosignature"],
    [contest.kind.kind === "Rehearsal", "rehearsal"],
    [contest.kind.kind === "Archive", "archive"],
    [contest.fold < NEWEST, "older-fold"],
    [contest.release.kind === "AsListed", "blocked-released"],
    [contest.release.kind === "ReportedClear", "unconfirmed-released"],
    [persons.size === 1 || isSole, "single-registrar"],
    [abandoned > 0, "sample-abandoned"],
  ];
  return all.flatMap(([isSo, weakness]) => (isSo ? [weakness] : []));
}

/** No witness has a key that was enrolled for a registrar or the log's service, revoked since or not. */
export function checkIndependent(state: State, keys: Keys, findings: Findings): void {
  const witnesses = [...keys.witnesses, ...keys.further];
  for (const { key, role, enrolled } of state.authors.all()) {
    if (role.kind !== "Registrar" && role.kind !== "Service") continue;
    const witness = witnesses.find((each) => equalBytes(each.key, key));
    if (witness === undefined) continue;
    findings.fail("policy", { code: "witness-not-independent", entry: enrolled, about: witness.name });
  }
}
