import type { Fold, State } from "../../fold";
import { apportioned } from "../../fold/roster";
import type { Apportionment, Certification, Contest, CourseEvent, RosterAmendment } from "../../log/events";
import { equalBytes } from "../../log/bytes";
import { encode } from "../../log/codec";
import { county as countyCodec } from "../../log/event/contest";
import { firstOf, given, nameOf, needs, refusal, shown, type Refusal, type Signer } from "./refusal";
import { byPolicy } from "./release";

export function admit(fold: Fold, signer: Signer, event: CourseEvent): Refusal | null {
  return needs(signer, "Registrar") ?? about(fold, signer.contest, event);
}

function about(fold: Fold, contest: Contest, event: CourseEvent): Refusal | null {
  const { state } = fold;
  switch (event.kind) {
    case "Paused":
      return pauses(state, event.value);
    case "Resumed":
      return resumes(state, event.value);
    case "Certified":
      return certifies(fold, contest, event.value);
    case "RosterAmended":
      return amends(state, contest, event.value);
  }
}

/** Whether nothing was certified by now. */
export function notCertified({ desks }: State): Refusal | null {
  const by = desks.course.certifiedBy();
  return by === null ? null : refusal("certified", by);
}

function pauses(state: State, notice: string): Refusal | null {
  const by = state.desks.course.pausedBy();
  return notCertified(state) ?? (by === null ? given(notice, "notice") : refusal("already-paused", by));
}

function resumes(state: State, notice: string): Refusal | null {
  const by = state.desks.course.pausedBy();
  return notCertified(state) ?? (by === null ? refusal("not-paused") : given(notice, "notice"));
}

/** Everything in the release must still stand: a registrar certifies what could be released now. */
function certifies(fold: Fold, contest: Contest, { release, statement, evidence }: Certification): Refusal | null {
  const { state } = fold;
  const certified = notCertified(state);
  if (certified !== null) return certified;
  const latest = state.releases.at(-1);
  if (latest?.entry !== release) return refusal("no-such-release", release);
  return byPolicy(fold, contest, latest.listed) ?? given(statement, "statement") ?? shown(evidence, "evidence");
}

function amends(state: State, contest: Contest, amendment: RosterAmendment): Refusal | null {
  return (
    changes(state, contest, amendment) ??
    given(amendment.authority, "authority") ??
    given(amendment.reason, "reason") ??
    shown(amendment.evidence, "evidence")
  );
}

function changes(state: State, contest: Contest, { change }: RosterAmendment): Refusal | null {
  if (change.kind === "Apportionment") return notCertified(state) ?? apportions(state, change.value);
  const group = change.value;
  if (group > contest.candidates.length) return refusal("unknown-group", group);
  return state.desks.course.isWithdrawn(group) ? refusal("bad-amendment", "withdrawn already") : null;
}

function apportions(state: State, apportionment: Apportionment): Refusal | null {
  const { county: id, countyDelegates, precincts } = apportionment;
  const county = state.roster.county(id);
  if (county === null) return refusal("bad-amendment", "no such county");
  if (county.kind.kind === "Satellites") return refusal("bad-amendment", "a pool");
  const isRising = precincts.every(({ number }, at) => at === 0 || number > (precincts[at - 1]?.number ?? 0));
  if (!isRising) return refusal("bad-amendment", "not rising");
  const unknown = firstOf(precincts, ({ number }) => {
    const precinct = { county: id, number };
    return state.roster.position(precinct) === null ? refusal("unknown-precinct", nameOf(precinct)) : null;
  });
  if (unknown !== null) return unknown;
  const amended = apportioned(county, apportionment);
  const sum = amended.precincts.reduce((sum, { delegates }) => sum + delegates, 0);
  if (sum !== countyDelegates) return refusal("bad-amendment", `${sum} ${countyDelegates}`);
  if (amended.precincts.some(({ delegates }) => delegates === 0)) return refusal("bad-amendment", "no delegates");
  const isSame = equalBytes(encode(countyCodec, amended), encode(countyCodec, county));
  return isSame ? refusal("bad-amendment", "no change") : null;
}
