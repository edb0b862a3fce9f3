import type { State, Version } from "../../fold";
import type { FilesAdded, ManualEntry, PrecinctId } from "../../log/events";
import { filesAnother, typedByOperators } from "./ceilings";
import { firstOf, hasCeilings, needs, refusal, samePerson, wrongRole, type Refusal, type Signer } from "./refusal";
import { fits, inScope, isByDesk, listed, openForReports } from "./report";

export function enters(state: State, signer: Signer, { report, typedBy }: ManualEntry): Refusal | null {
  const { person } = signer.author;
  return (
    mayEnter(signer, report.channel.kind) ??
    openForReports(state) ??
    fits(state, signer.contest, report) ??
    (hasCeilings(signer) ? typedByOperators(state, person, typedBy) : null) ??
    anotherHand(state, person, typedBy, report.precinct) ??
    filesAnother(state, signer, report)
  );
}

/** An operator, by phone, photo or paper, and nobody in an archive. */
function mayEnter(signer: Signer, channel: ManualEntry["report"]["channel"]["kind"]): Refusal | null {
  if (signer.contest.kind.kind === "Archive" || !isByDesk(channel)) return wrongRole(signer.author);
  return needs(signer, "Operator");
}

/** Never both entries of one precinct by one person: nobody who typed into the one may have typed into the other. */
function anotherHand(state: State, person: string, typedBy: readonly string[], precinct: PrecinctId): Refusal | null {
  const unknown = firstOf(typedBy, (name) => isKnown(state, name));
  if (unknown !== null) return unknown;
  const entries = manualEntries(state, precinct);
  const twice = firstOf(entries, (known) => {
    const typists = state.typists(known);
    const hand = [person, ...typedBy].find((each) => typists.includes(each));
    return hand === undefined ? null : samePerson(hand, known.entry);
  });
  if (twice !== null) return twice;
  if (entries.length > 1) return refusal("already-entered", entries.at(-1)?.entry);
  const asked = state.desks.entry.assigned(precinct);
  return asked === null || asked === person ? null : refusal("entry-assigned", asked);
}

/** Whether somebody was ever enrolled under this name, as it is written. */
export function isKnown(state: State, person: string): Refusal | null {
  return state.authors.alike(person)?.person === person ? null : refusal("unknown-person", person);
}

/** What operators entered for a precinct and what still stands, since the last correction. */
function manualEntries(state: State, precinct: PrecinctId): readonly Version[] {
  const position = state.roster.position(precinct);
  const standing = position === null ? [] : (state.histories[position]?.standing() ?? []);
  const since = standing.slice(standing.findLastIndex(({ correction }) => correction !== null) + 1);
  return since.filter(({ author }) => author.role.kind === "Operator");
}

/** Whoever brings files to a precinct: its chair, or staff at a desk. */
export function addsFiles(state: State, signer: Signer, { precinct, files }: FilesAdded): Refusal | null {
  return (
    mayAddFiles(signer) ??
    inScope(signer.author, precinct) ??
    listed(state, precinct) ??
    (files.length === 0 ? refusal("no-files") : null)
  );
}

function mayAddFiles(signer: Signer): Refusal | null {
  if (signer.contest.kind.kind === "Archive") return wrongRole(signer.author);
  return needs(signer, "Chair", "Operator", "Reviewer", "CorrectionsOfficer");
}
