import { toHex } from "../log/hex";
import { equalBytes } from "../log/bytes";
import { encode } from "../log/codec";
import { caseOutcome } from "../log/event/desks";
import { act } from "../log/event/keys";
import type {
  Act,
  AuthorityEvent,
  ByGroup,
  CaseEvent,
  Contest,
  Correction,
  County,
  DecodedEntry,
  Enrolment,
  Event,
  Report,
  Role,
  Sheet,
} from "../log/events";
import type { State } from "../fold";
import { ACTS, DESKS, refusal, type Refusal } from "./authority";
import { keepsCeilings } from "./ceilings";
import { Names } from "./names";
import { contestFault, countyFault, isLastRegistrar } from "./opening";
import type { Roots } from "./roots";
import { admitsSample } from "./samples";

/** The newest version of a log that is read here. */
const NEWEST = 3;
/** The most equivalents that a source may claim for a group, in ten-thousandths. */
const LARGEST_CLAIM = 1_000_000_000n;

interface Proposed {
  readonly person: string;
  readonly outcome: Uint8Array;
  isOpen: boolean;
}

/**
 * Whether the log might take an event when it did.
 *
 * Looked at: the contest and its ruleset, versions, the idempotency of submissions, counties and pools, names that look alike,
 * keys that are enrolled twice, the last registrar, pauses and certification, precincts, groups and the size of figures, which record a correction replaces, that a case is
 * approved as it was proposed, samples that are announced, the ceilings that nobody may pass, and everything about acts that take two persons. Not looked at, and left to `tallylog verify`: reasons and documents that an event must give,
 * games of chance, codes, holds, inquiries, decisions, resolutions, amendments, and samples that were not announced.
 */
export class Admission {
  private readonly submissions = new Set<string>();
  private readonly proposals = new Map<number, Proposed>();
  private readonly names = new Names();
  private isPaused = false;
  private isCertified = false;

  constructor(private readonly roots: Roots | null = null) {}

  /** Whether entry 0 opens its contest; `null` if so. */
  opens(contest: Contest, { author, body }: DecodedEntry): Refusal | null {
    const [first] = contest.registrars;
    if (!equalBytes(contest.id, body.contest)) return refusal("other-contest");
    if (contest.fold < 1 || contest.fold > NEWEST) return refusal("not-in-version", `${contest.fold}`);
    if (first === undefined || !equalBytes(first.key, author)) return refusal("bad-contest", "signer");
    const fault = contestFault(contest) ?? (contest.fold >= DESKS ? this.names.faultOf(contest.registrars) : null);
    return fault === null ? null : refusal("bad-contest", fault);
  }

  /** Whether a later entry might be taken; `null` if so. */
  admits(state: State, contest: Contest, entry: DecodedEntry): Refusal | null {
    const { event } = entry.body;
    if (!equalBytes(entry.body.contest, contest.id)) return refusal("other-contest");
    const submission = `${toHex(entry.author)} ${toHex(entry.body.submission)}`;
    if (this.submissions.has(submission)) return refusal("submission-reused", toHex(entry.body.submission));
    this.submissions.add(submission);
    if (contest.fold < DESKS && isOfDesks(event)) return refusal("not-in-version", event.kind);
    if (contest.fold < ACTS && event.kind === "Authority") return refusal("not-in-version", event.kind);
    return this.about(state, contest, entry, event) ?? keepsCeilings(state, contest, entry);
  }

  private about(state: State, contest: Contest, entry: DecodedEntry, event: Event): Refusal | null {
    switch (event.kind) {
      case "CountyListed":
        return lists(state, contest, event.value);
      case "KeyEnrolled":
        return enrolsAlone(state, contest, event.value.role) ?? this.enrols(state, contest, event.value);
      case "KeyRevoked":
        return revokesAlone(state, contest, event.value.key) ?? revokes(state, event.value.key);
      case "Code":
        return event.value.kind === "Redeemed" ? this.enrols(state, contest, event.value.value.enrolment) : null;
      case "Reported":
        return this.takesReports() ?? fits(state, contest, event.value);
      case "Entered":
        return this.takesReports() ?? fits(state, contest, event.value.report);
      case "Corrected":
        return (
          this.takesReports() ?? fits(state, contest, event.value.report) ?? replaces(state, entry.author, event.value)
        );
      case "FilesAdded":
        return state.roster.position(event.value.precinct) === null ? refusal("unknown-precinct") : null;
      case "Case":
        return this.worksOn(state, contest, entry, event.value);
      case "Inquiry":
        return event.value.kind === "Filed" ? figuresFit(contest, event.value.value.figures) : null;
      case "Course":
        this.isPaused = event.value.kind === "Paused" || (this.isPaused && event.value.kind !== "Resumed");
        this.isCertified ||= event.value.kind === "Certified";
        return null;
      case "Paper":
        return (
          admitsSample(state, contest, entry, event.value, this.roots) ??
          (event.value.kind === "Read" ? figuresFit(contest, event.value.value.sheet) : null)
        );
      case "Authority":
        return this.takesTwo(state, contest, entry, event.value);
      case "ContestOpened":
      case "Released":
      case "ResultsCommitted":
      case "Review":
        return null;
    }
  }

  /** A name is written as it was the first time: whoever could have two could do alone what takes two persons. */
  private enrols(state: State, contest: Contest, enrolment: Enrolment): Refusal | null {
    const { person, role } = enrolment;
    if (person.trim() === "") return refusal("bad-name");
    if (contest.fold >= DESKS) {
      if (role.kind === "Campaign" && role.value.trim() === "") return refusal("bad-name");
      const known = this.names.first(state, person);
      if (known !== person) return refusal("alike-name", `${person}: ${known}`);
    }
    return enrols(state, enrolment);
  }

  /** What is seconded is what was proposed, by another person whose key still stands, and may be done now. */
  private takesTwo(state: State, contest: Contest, entry: DecodedEntry, event: AuthorityEvent): Refusal | null {
    if (event.kind === "Proposed") return this.mayBe(state, contest, event.value);
    const waiting = state.desks.authority.waiting(event.value.proposal);
    if (waiting === null) return refusal("no-such-act", `${event.value.proposal}`);
    if (event.kind === "Withdrawn") return isBlank(event.value.reason) ? refusal("unjustified") : null;
    const proposer = state.authors.get(waiting.proposal.author);
    const person = state.authors.find(entry.author)?.person;
    if (proposer === null || proposer.person === person) return refusal("same-person", person);
    if (proposer.revoked !== null) return refusal("proposer-revoked", `${proposer.revoked}`);
    if (!equalBytes(encode(act, event.value.act), waiting.proposal.said))
      return refusal("not-as-proposed", `${event.value.proposal}`);
    return this.mayBe(state, contest, event.value.act);
  }

  private mayBe(state: State, contest: Contest, what: Act): Refusal | null {
    switch (what.kind) {
      case "Enrol":
        if (what.value.role.kind === "Service") return refusal("bad-act");
        return this.enrols(state, contest, what.value);
      case "Revoke":
        return revokes(state, what.value.key) ?? (isBlank(what.value.reason) ? refusal("unjustified") : null);
      case "Succeed": {
        const { enrolment, reason } = what.value;
        const isService = enrolment.role.kind === "Service" && enrolment.person === contest.log.origin;
        if (!isService || equalBytes(enrolment.key, contest.log.key)) return refusal("bad-act");
        return this.enrols(state, contest, enrolment) ?? (isBlank(reason) ? refusal("unjustified") : null);
      }
    }
  }

  private takesReports(): Refusal | null {
    if (this.isCertified) return refusal("certified");
    return this.isPaused ? refusal("entry-paused") : null;
  }

  /** What is approved is what was proposed, by then undecided, and of the record as it stands. */
  private worksOn(state: State, contest: Contest, entry: DecodedEntry, event: CaseEvent): Refusal | null {
    if (event.kind === "Proposed") {
      const person = state.authors.find(entry.author)?.person ?? "";
      this.proposals.set(state.size, { person, outcome: encode(caseOutcome, event.value.outcome), isOpen: true });
      const { outcome } = event.value;
      return outcome.kind === "Changed"
        ? (fits(state, contest, outcome.value.report) ?? isRecord(state, outcome.value))
        : null;
    }
    if (event.kind !== "Approved" && event.kind !== "Rejected") return null;
    const proposed = this.proposals.get(event.value.proposal);
    if (proposed?.isOpen !== true) return refusal("no-such-proposal", `${event.value.proposal}`);
    proposed.isOpen = false;
    if (event.kind === "Rejected") return null;
    const { outcome } = event.value;
    if (!equalBytes(encode(caseOutcome, outcome), proposed.outcome))
      return refusal("not-as-proposed", `${event.value.proposal}`);
    return outcome.kind === "Changed" ? isRecord(state, outcome.value) : null;
  }

  /** Who proposed what an event approves, for the check of persons. */
  proposer(event: Event): string | null {
    if (event.kind !== "Case" || event.value.kind !== "Approved") return null;
    return this.proposals.get(event.value.value.proposal)?.person ?? null;
  }
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}

const STAFF: readonly Role["kind"][] = ["Registrar", "Operator", "Reviewer", "CorrectionsOfficer"];

/** Where there are two registrars or more, two of them enrol staff; nobody alone enrols a key for the log's own events. */
function enrolsAlone(state: State, contest: Contest, { kind }: Role): Refusal | null {
  if (contest.fold < ACTS) return null;
  const takesTwo = kind === "Service" || (STAFF.includes(kind) && state.authors.hasSeveralRegistrars());
  return takesTwo ? refusal("needs-second", kind) : null;
}

/** Where there are two registrars or more, two of them revoke one; nobody alone revokes the log's own key. */
function revokesAlone(state: State, contest: Contest, key: Uint8Array): Refusal | null {
  const kind = state.authors.find(key)?.role.kind;
  if (contest.fold < ACTS || kind === undefined) return null;
  const takesTwo = kind === "Service" || (kind === "Registrar" && state.authors.hasSeveralRegistrars());
  return takesTwo ? refusal("needs-second", kind) : null;
}

function revokes(state: State, key: Uint8Array): Refusal | null {
  if (state.authors.find(key)?.revoked !== null) return refusal("unknown-key");
  return isLastRegistrar(state, key) ? refusal("last-registrar") : null;
}

function isOfDesks({ kind }: Event): boolean {
  return ["Code", "Entered", "FilesAdded", "Review", "Case", "Inquiry", "Course", "Paper"].includes(kind);
}

function lists(state: State, contest: Contest, county: County): Refusal | null {
  if (county.id !== state.roster.counties().length) return refusal("county-out-of-turn", `${county.id}`);
  const fault = countyFault(state, contest, county);
  return fault === null ? null : refusal("bad-county", `${county.name}: ${fault}`);
}

function enrols(state: State, { key, role }: Enrolment): Refusal | null {
  const known = state.authors.find(key);
  if (known !== null) return refusal("key-enrolled", `${known.enrolled}`);
  const unlisted = role.kind === "Chair" && role.value.some((precinct) => state.roster.position(precinct) === null);
  return unlisted ? refusal("unknown-precinct") : null;
}

/** Whether a report is about a precinct and groups of the roster, in figures that a room can have. */
function fits(state: State, contest: Contest, { precinct, sheet }: Report): Refusal | null {
  if (state.roster.position(precinct) === null)
    return refusal("unknown-precinct", `${precinct.county} ${precinct.number}`);
  return figuresFit(contest, sheet);
}

function figuresFit(contest: Contest, sheet: Sheet | null): Refusal | null {
  if (sheet === null) return null;
  const { attendance, firstAlignment, finalAlignment, awards, worksheetThreshold, claimed } = sheet;
  const columns: readonly (ByGroup<number | bigint> | null)[] = [firstAlignment, finalAlignment, awards, claimed];
  const unknown = columns.flatMap((column) => column ?? []).find(([group]) => group > contest.candidates.length);
  if (unknown !== undefined) return refusal("unknown-group", `${unknown[0]}`);
  const people = [...(firstAlignment ?? []), ...(finalAlignment ?? [])].map(([, count]) => count);
  const figures = [...people, attendance?.people ?? 0, worksheetThreshold ?? 0];
  const isOver =
    figures.some((figure) => figure > contest.ruleset.largestRoom) ||
    (claimed ?? []).some(([, claim]) => claim > LARGEST_CLAIM);
  return isOver ? refusal("figure-too-large") : null;
}

/** A correction replaces the record, and a chair's only what a chair of the precinct reported. */
function replaces(state: State, author: Uint8Array, correction: Correction): Refusal | null {
  const refused = isRecord(state, correction);
  if (refused !== null || state.authors.find(author)?.role.kind !== "Chair") return refused;
  const position = state.roster.position(correction.report.precinct);
  const record = position === null ? null : state.counted(position, "Recorded");
  return record?.author.role.kind === "Chair" ? null : refusal("not-a-chairs", `${correction.replaces}`);
}

function isRecord(state: State, { replaces: given, report }: Correction): Refusal | null {
  const position = state.roster.position(report.precinct);
  const record = position === null ? null : state.counted(position, "Recorded");
  return record?.entry === given ? null : refusal("not-the-record", `${given}`);
}
