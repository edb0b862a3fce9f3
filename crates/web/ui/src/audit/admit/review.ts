import type { Discrepancy, Fold, State, Version } from "../../fold";
import { CODES } from "../../fold";
import { sheetOf } from "../../fold/history";
import { differ } from "../../fold/rules/check";
import type { Decision, Hold, Lift, PrecinctId, Resolution, ReviewEvent, Ruling, Subject } from "../../log/events";
import { notCertified } from "./course";
import { firstOf, given, needs, refusal, shown, type Refusal, type Signer } from "./refusal";
import { listed } from "./report";

export function admit(fold: Fold, signer: Signer, event: ReviewEvent): Refusal | null {
  return needs(signer, "Reviewer") ?? about(fold, signer, event);
}

function about(fold: Fold, signer: Signer, event: ReviewEvent): Refusal | null {
  const { state } = fold;
  switch (event.kind) {
    case "Resolved":
      return resolves(state, signer, event.value);
    case "Decided":
      return decides(fold, signer, event.value);
    case "Held":
      return holds(state, event.value);
    case "Lifted":
      return lifts(state, event.value);
  }
}

/**
 * A reviewer settles what two others entered: a chair's or an operator's, but never what two officers corrected.
 *
 * What was asked of somebody who does not come can be taken back: then one of both is set aside already.
 */
function resolves(state: State, signer: Signer, resolution: Resolution): Refusal | null {
  const early = notCertified(state) ?? given(resolution.reason, "reason");
  if (early !== null) return early;
  const nothing = refusal("nothing-to-resolve", `${resolution.first} ${resolution.second}`);
  const first = named(state, resolution.precinct, resolution.first);
  const second = named(state, resolution.precinct, resolution.second);
  if (first === null || second === null || first.version.entry >= second.version.entry) return nothing;
  const own = notOwn(state, signer, first.version) ?? notOwn(state, signer, second.version);
  return own ?? (canBe(resolution.outcome.kind, first, second) ? null : nothing);
}

function canBe(outcome: Resolution["outcome"]["kind"], first: Named, second: Named): boolean {
  if (first.isAside && second.isAside) return false;
  if (outcome === "DiscardBoth") return true;
  if (first.isAside) return outcome === "KeepSecond";
  if (second.isAside) return outcome === "KeepFirst";
  const isAsked = { KeepFirst: true, KeepSecond: true, RedoFirst: first.isEntered, RedoSecond: second.isEntered };
  return isAsked[outcome] && differ(sheetOf(first.version), sheetOf(second.version));
}

/** One of the two entries that a resolution names. */
interface Named {
  readonly version: Version;
  /** Whether an operator entered it. */
  readonly isEntered: boolean;
  /** Whether it was set aside to be made again, and nobody has done so. */
  readonly isAside: boolean;
}

function named(state: State, precinct: PrecinctId, entry: number): Named | null {
  const position = state.roster.position(precinct);
  const history = position === null ? undefined : state.histories[position];
  const version = history?.version(entry) ?? null;
  if (history === undefined || version === null) return null;
  const { kind } = version.author.role;
  const aside = history.setAsideBy(entry);
  const counts = aside === null || aside === state.desks.entry.assignedBy(precinct);
  if (!counts || (kind !== "Chair" && kind !== "Operator")) return null;
  return { version, isEntered: kind === "Operator", isAside: aside !== null };
}

function decides(
  { state, review }: Fold,
  signer: Signer,
  { subject, code, verdict, reason }: Decision,
): Refusal | null {
  const own = subject.kind === "Entry" ? ownEntry(state, signer, subject.value) : null;
  const early = given(reason, "reason") ?? own;
  if (early !== null) return early;
  const none = refusal("no-such-discrepancy", code);
  if (!CODES.includes(code)) return none;
  const about = review.discrepancies().filter((found) => found.code === code && isOn(found.subject, subject));
  const theirs = firstOf(about, ({ source }) => (source === null ? null : ownEntry(state, signer, source)));
  if (theirs !== null) return theirs;
  const open = about.filter(({ life }) => life === "open");
  switch (verdict.kind) {
    case "Accepted":
      return open.length === 0 ? none : accepts(open);
    case "Ruled":
      return open.length === 0 ? none : authorised(verdict.value);
    case "Reopened":
      return about.length > open.length ? null : none;
  }
}

function isOn(one: Subject, other: Subject): boolean {
  return one.kind === other.kind && one.value === other.value;
}

/** Nobody accepts what blocks. */
function accepts(open: readonly Discrepancy[]): Refusal | null {
  return open.some(({ severity }) => severity === "block") ? refusal("blocking-discrepancy") : null;
}

function authorised({ authority, evidence }: Ruling): Refusal | null {
  return given(authority, "authority") ?? shown(evidence, "evidence");
}

function holds(state: State, { precinct, reason }: Hold): Refusal | null {
  return given(reason, "reason") ?? listed(state, precinct);
}

function lifts(state: State, { hold, reason }: Lift): Refusal | null {
  return given(reason, "reason") ?? (state.desks.review.isHold(hold) ? null : refusal("no-such-hold", hold));
}

/** Nobody reviews what they typed. */
export function ownEntry(state: State, signer: Signer, entry: number): Refusal | null {
  const version = state.version(entry);
  return version === null ? null : notOwn(state, signer, version);
}

function notOwn(state: State, { author }: Signer, version: Version): Refusal | null {
  return state.typists(version).includes(author.person) ? refusal("own-entry", version.entry) : null;
}
