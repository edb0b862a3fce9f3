import { equalBytes } from "../log/bytes";
import type {
  Channel,
  CodeEvent,
  Contest,
  Correction,
  DecodedEntry,
  Event,
  PaperEvent,
  PrecinctId,
  Report,
  Role,
} from "../log/events";
import type { FlawCode } from "../log/flaw";
import type { Author, State } from "../fold";

/** The first version of a log that has desks. */
export const DESKS = 2;

/** The first version of a log that has acts that take two persons. */
export const ACTS = 3;

/** Why an author might not sign an event: `docs/DESKS.md` and `docs/EVENTS.md` say who may. */
export interface Refusal {
  readonly code: FlawCode;
  readonly about: string;
}

/** A refusal, and what it is about. */
export function refusal(code: FlawCode, about = ""): Refusal {
  return { code, about };
}

/** Whether the author of an event might sign it when the log took it; `null` if so. */
export function checkAuthority(state: State, contest: Contest, { author: key, body }: DecodedEntry): Refusal | null {
  const author = state.authors.find(key);
  if (author === null) return refusal("unknown-key");
  if (author.revoked !== null) return refusal("revoked-key", `${author.revoked}`);
  return mayFile(state, contest, author, body.event) ?? null;
}

type Kind = Role["kind"];

function needs(author: Author, ...kinds: readonly Kind[]): Refusal | null {
  return kinds.includes(author.role.kind) ? null : refusal("wrong-role", author.role.kind);
}

/** The key that the log names for its own events now, and no other of its role. */
function needsService(state: State, author: Author): Refusal | null {
  const service = state.service();
  return service !== null && equalBytes(author.key, service) ? null : refusal("wrong-role", author.role.kind);
}

function mayFile(state: State, contest: Contest, author: Author, event: Event): Refusal | null {
  const isArchive = contest.kind.kind === "Archive";
  switch (event.kind) {
    case "ContestOpened":
      return refusal("contest-open");
    case "CountyListed":
    case "KeyEnrolled":
    case "KeyRevoked":
    case "Course":
      return needs(author, "Registrar");
    case "Reported":
      return mayReport(contest, author, event.value);
    case "Corrected":
      return mayCorrect(contest, author, event.value);
    case "Released":
      return needs(author, byImporter(contest) ? "Importer" : "Reviewer");
    case "ResultsCommitted":
      return needsService(state, author);
    case "Code":
      return mayUseCodes(state, author, event.value);
    case "Entered":
      return isArchive || !isByDesk(event.value.report.channel)
        ? refusal("wrong-role", author.role.kind)
        : needs(author, "Operator");
    case "FilesAdded":
      return isArchive
        ? refusal("wrong-role", author.role.kind)
        : (needs(author, "Chair", "Operator", "Reviewer", "CorrectionsOfficer") ??
            inScope(author, event.value.precinct));
    case "Review":
      return needs(author, "Reviewer");
    case "Case":
      return needs(author, "CorrectionsOfficer");
    case "Inquiry":
      return event.value.kind === "Filed" ? needs(author, "Campaign") : needs(author, "Reviewer", "CorrectionsOfficer");
    case "Paper":
      if (contest.fold < ACTS && isOfAnnounced(event.value)) return null;
      return needs(author, "Reviewer", ofPaper(event.value));
    case "Authority":
      return event.value.kind === "Seconded" ? maySecond(state, author) : needs(author, "Registrar");
  }
}

function ofPaper({ kind }: PaperEvent): Kind {
  return kind === "Read" ? "Operator" : "Registrar";
}

/** A log without announcements refuses them whoever signs. */
export function isOfAnnounced({ kind }: PaperEvent): boolean {
  return kind === "Announced" || kind === "DrawnFrom" || kind === "Abandoned";
}

/** Another registrar, or a corrections officer where there is no other. */
function maySecond(state: State, author: Author): Refusal | null {
  return state.authors.hasSeveralRegistrars()
    ? needs(author, "Registrar")
    : needs(author, "Registrar", "CorrectionsOfficer");
}

function mayUseCodes(state: State, author: Author, { kind }: CodeEvent): Refusal | null {
  return kind === "Redeemed" ? needsService(state, author) : needs(author, "Registrar");
}

function isByDesk({ kind }: Channel): boolean {
  return kind === "Phone" || kind === "Photo" || kind === "Paper";
}

/** A chair is a chair of some precincts; whoever else may, may everywhere. */
function inScope({ role }: Author, { county, number }: PrecinctId): Refusal | null {
  if (role.kind !== "Chair") return null;
  const own = role.value.some((precinct) => precinct.county === county && precinct.number === number);
  return own ? null : refusal("out-of-scope", `${county} ${number}`);
}

/** An importer in an archive; elsewhere a chair for its own precincts from its device, and before there were desks an operator. */
function mayReport(contest: Contest, author: Author, { channel, precinct }: Report): Refusal | null {
  const { kind } = author.role;
  const wrong = refusal("wrong-role", kind);
  if (contest.kind.kind === "Archive") return kind === "Importer" && channel.kind === "Import" ? null : wrong;
  if (kind === "Operator" && contest.fold < DESKS) return isByDesk(channel) ? null : wrong;
  return kind === "Chair" && channel.kind === "App" ? inScope(author, precinct) : wrong;
}

/** An importer in an archive; elsewhere a chair its own transcription, and before there were desks an officer. */
function mayCorrect(contest: Contest, author: Author, { report, kind }: Correction): Refusal | null {
  const role = author.role.kind;
  if (contest.kind.kind === "Archive") return needs(author, "Importer");
  if (role === "CorrectionsOfficer") return contest.fold < DESKS ? null : refusal("needs-a-case");
  if (role !== "Chair") return refusal("wrong-role", role);
  return (
    inScope(author, report.precinct) ?? (kind?.kind === "Transcription" ? null : refusal("unexplained-correction"))
  );
}

/** In an archive that is released as it was, the importer releases, and nobody else has a say. */
export function byImporter({ kind, release, fold }: Contest): boolean {
  return release.kind === "AsListed" && (kind.kind === "Archive" || fold < DESKS);
}
