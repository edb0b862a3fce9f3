import type { Fold, State } from "../../fold";
import { equalBytes } from "../../log/bytes";
import type { Contest, DecodedEntry, Event } from "../../log/events";
import { toHex } from "../../log/hex";
import type { Roots } from "../roots";
import * as authority from "./authority";
import * as cases from "./cases";
import * as ceilings from "./ceilings";
import * as codes from "./codes";
import * as commitment from "./commitment";
import * as contest from "./contest";
import * as course from "./course";
import * as entered from "./entered";
import * as inquiries from "./inquiries";
import * as paper from "./paper";
import { hasDesks, needs, refusal, type Refusal, type Signer } from "./refusal";
import * as release from "./release";
import type { Excused } from "./release";
import * as report from "./report";
import * as review from "./review";

/**
 * Which events the log takes: who may say what, about what, and when.
 *
 * Each file of this folder says again what the file of its name says in `crates/projection/src/admit`, rule by rule in the
 * same order, so that both can be read side by side: where an event breaks two rules, both programs name the same one.
 * `tests/forged` breaks each rule alone and holds both programs against each other.
 */
export class Admission {
  /** Every submission that was taken, under its author's key. */
  private readonly submissions = new Set<string>();

  constructor(
    private readonly fold: Fold,
    private readonly roots: Roots | null = null,
  ) {}

  /** Why the log could not have taken an event next; `null` if it could. Changes nothing. */
  refuses(entry: DecodedEntry): Refusal | null {
    const isKnown = this.fold.state.authors.find(entry.author) !== null;
    if (isKnown && this.submissions.has(submission(entry)))
      return refusal("submission-reused", toHex(entry.body.submission));
    return admit(this.fold, this.roots, entry);
  }

  /** Remembers what was taken. */
  take(entry: DecodedEntry): void {
    this.submissions.add(submission(entry));
  }
}

/**
 * Whether an event that was admitted is taken in part on the word of what is withheld. There are two kinds: a proposal in a
 * case of several precincts, and a release of what a check of several precincts holds until somebody decides about it. Of a
 * release this gives what was let out so; `null` where nothing is taken on trust.
 */
export function restsOnTheWithheld(fold: Fold, contest: Contest, event: Event): readonly Excused[] | null {
  if (!fold.state.hasWithheld()) return null;
  if (event.kind === "Released") {
    const excused = release.restsOnTheWithheld(fold, contest, event.value);
    return excused.length > 0 ? excused : null;
  }
  const isProposed = event.kind === "Case" && event.value.kind === "Proposed";
  return isProposed && fold.state.isWithheld(event.value.value.case) ? [] : null;
}

function submission({ author, body }: DecodedEntry): string {
  return `${toHex(author)} ${toHex(body.submission)}`;
}

function admit(fold: Fold, roots: Roots | null, entry: DecodedEntry): Refusal | null {
  const { state } = fold;
  const { event } = entry.body;
  if (entry.receivedAt < state.lastReceivedAt) return refusal("clock-back", entry.receivedAt);
  if (state.contest === null)
    return event.kind === "ContestOpened" ? contest.opens(event.value, entry) : refusal("no-contest");
  if (!equalBytes(entry.body.contest, state.contest.id)) return refusal("other-contest");
  const signer = signerOf(state, state.contest, entry);
  if ("code" in signer) return signer;
  return ceilings.namesFewFiles(signer, event) ?? about(fold, roots, signer);
}

/** The enrolment of a key that may sign now. */
function signerOf(state: State, contest: Contest, entry: DecodedEntry): Signer | Refusal {
  const author = state.authors.find(entry.author);
  if (author === null) return refusal("unknown-key", toHex(entry.author));
  if (author.revoked !== null) return refusal("revoked-key", author.revoked);
  return { contest, author, entry };
}

function about(fold: Fold, roots: Roots | null, signer: Signer): Refusal | null {
  const { state } = fold;
  const { event } = signer.entry.body;
  switch (event.kind) {
    case "ContestOpened":
      return refusal("contest-open");
    case "CountyListed":
      return needs(signer, "Registrar") ?? contest.lists(state, signer.contest, event.value);
    case "KeyEnrolled":
      return authority.enrolsAlone(state, signer, event.value);
    case "KeyRevoked":
      return authority.revokesAlone(state, signer, event.value);
    case "Reported":
      return report.reports(state, signer, event.value);
    case "Corrected":
      return report.corrects(state, signer, event.value);
    case "Released":
      return release.releases(fold, signer, event.value);
    case "ResultsCommitted":
      return commitment.commits(state, signer, event.value);
    case "Authority":
      return authority.admit(state, signer, event.value);
    case "Code":
    case "Entered":
    case "FilesAdded":
    case "Review":
    case "Case":
    case "Inquiry":
    case "Course":
    case "Paper":
      return hasDesks(signer) ? atADesk(fold, roots, signer) : refusal("not-in-version", event.kind);
  }
}

function atADesk(fold: Fold, roots: Roots | null, signer: Signer): Refusal | null {
  const { state } = fold;
  const { event } = signer.entry.body;
  switch (event.kind) {
    case "Code":
      return codes.admit(state, signer, event.value);
    case "Entered":
      return entered.enters(state, signer, event.value);
    case "FilesAdded":
      return entered.addsFiles(state, signer, event.value);
    case "Review":
      return review.admit(fold, signer, event.value);
    case "Case":
      return cases.admit(state, signer, event.value);
    case "Inquiry":
      return inquiries.admit(state, signer, event.value);
    case "Course":
      return course.admit(fold, signer, event.value);
    case "Paper":
      return paper.admit(state, signer, event.value, roots);
    case "ContestOpened":
    case "CountyListed":
    case "KeyEnrolled":
    case "KeyRevoked":
    case "Reported":
    case "Corrected":
    case "Released":
    case "ResultsCommitted":
    case "Authority":
      return null;
  }
}
