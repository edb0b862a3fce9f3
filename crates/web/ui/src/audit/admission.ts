import { toHex } from "../log/hex";
import { equalBytes } from "../log/bytes";
import { encode } from "../log/codec";
import { caseOutcome } from "../log/event/desks";
import type {
  ByGroup,
  CaseEvent,
  Contest,
  Correction,
  County,
  DecodedEntry,
  Enrolment,
  Event,
  Report,
  Sheet,
} from "../log/events";
import type { State } from "../fold";
import { DESKS, refusal, type Refusal } from "./authority";
import { keepsCeilings } from "./ceilings";
import { Names } from "./names";
import { contestFault, countyFault, isLastRegistrar } from "./opening";

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
 * approved as it was proposed, and the ceilings that nobody may pass. Not looked at, and left to `tallylog verify`: reasons and documents that an event must give,
 * games of chance, codes, holds, inquiries, decisions, resolutions, amendments and samples.
 */
export class Admission {
  private readonly submissions = new Set<string>();
  private readonly proposals = new Map<number, Proposed>();
  private readonly names = new Names();
  private isPaused = false;
  private isCertified = false;

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
    return this.about(state, contest, entry, event) ?? keepsCeilings(state, contest, entry);
  }

  private about(state: State, contest: Contest, entry: DecodedEntry, event: Event): Refusal | null {
    switch (event.kind) {
      case "CountyListed":
        return lists(state, contest, event.value);
      case "KeyEnrolled":
        return this.enrols(state, contest, event.value);
      case "KeyRevoked":
        if (state.authors.find(event.value.key)?.revoked !== null) return refusal("unknown-key");
        return isLastRegistrar(state, event.value.key) ? refusal("last-registrar") : null;
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
        return event.value.kind === "Read" ? figuresFit(contest, event.value.value.sheet) : null;
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
