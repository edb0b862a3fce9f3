import { fromBase64, toBase64 } from "../log/base64";
import { DecodeError, equalBytes } from "../log/bytes";
import { checkByLog, checkpointText, parseCheckpoint, parseHash, type SignedCheckpoint } from "../log/checkpoint";
import { decodeEntry } from "../log/entry";
import type { ByGroup, Commitment, DecodedEntry, Event, Report, ResultsProof, Sums, Tally } from "../log/events";
import { Refused } from "../log/flaw";
import type { VerifierKey } from "../log/keys";
import { holds, signedMessage } from "../log/signature";
import { leafHash, rootOfInclusion, type Hash } from "../log/tree";
import { Flaw } from "./flaw";
import { readResults, verifyResults } from "./results";
import { digest } from "./tree";

/** An entry with its path to the root of a checkpoint, the leaf's sibling first. */
export interface Included {
  readonly entry: Uint8Array;
  readonly path: readonly Hash[];
}

/** The parts of a precinct's proof, from anywhere. They say nothing until `verifyPrecinct` has looked at them. */
export interface PrecinctProof {
  /** The proof in the results tree, in its own encoding. */
  readonly results: Uint8Array;
  /** The entry that commits to the results tree. */
  readonly commitment: Included;
  /** The entry of the figures; null where nothing is counted. */
  readonly report: Included | null;
  readonly checkpoint: SignedCheckpoint;
}

/** What a proof that holds proves. */
export interface ProvenFigures {
  readonly results: ResultsProof;
  readonly totals: Sums;
  readonly commitment: { readonly entry: DecodedEntry; readonly value: Commitment };
  /** Null where nothing is counted. */
  readonly report: DecodedEntry | null;
  readonly checkpoint: SignedCheckpoint;
}

/**
 * Checks that the figures are inside the total that the log committed to, that they are those of the entry, and that the
 * log of this key has both entries.
 *
 * It takes the log's word for the equivalents, which follow from the roster, and that nobody reported later: a full audit
 * looks at both. `service` is the key for the log's own events; without it anybody's commitment counts that the log took.
 *
 * @throws {Flaw} if the proof does not hold, {Refused} if the checkpoint, an entry or a path is not to be trusted.
 */
export function verifyPrecinct(proof: PrecinctProof, log: VerifierKey, service: Uint8Array | null): ProvenFigures {
  checkByLog(proof.checkpoint, log);
  const entry = verifyIncluded(proof.commitment, proof.checkpoint);
  const { event, contest } = entry.body;
  if (event.kind !== "ResultsCommitted") {
    throw new Flaw("precinct-other-event", "what stands there as the commitment is another kind of event");
  }
  if (service !== null && !equalBytes(entry.author, service)) {
    throw new Flaw("precinct-not-the-service", "the results were committed by another key than the log's own");
  }
  const results = readResults(proof.results);
  const committed = event.value;
  const isOfThis = equalBytes(results.contest, contest) && results.basis.kind === committed.basis.kind;
  if (!isOfThis || results.precincts !== committed.precincts) {
    const of = "the results are of another contest, basis or roster";
    throw new Flaw("precinct-other-results", `${of} than what was committed`);
  }
  const { root, totals } = verifyResults(results);
  if (!equalBytes(root, committed.root)) {
    throw new Flaw("results-proof-wrong-root", "the path leads to another root than the committed one");
  }
  const report = counted(proof, results, committed);
  return { results, totals, commitment: { entry, value: committed }, report, checkpoint: proof.checkpoint };
}

/**
 * That the log has an entry where it says that it stands, and that its author signed it.
 *
 * @throws {Refused} if it does not.
 */
export function verifyIncluded({ entry: bytes, path }: Included, checkpoint: SignedCheckpoint): DecodedEntry {
  const entry = decoded(bytes);
  const root = rootOfInclusion(entry.index, checkpoint.size, leafHash(bytes), path);
  if (!equalBytes(root, checkpoint.root)) throw new Refused("proof-wrong-root", String(entry.index));
  const message = signedMessage("event", entry.signed);
  if (!holds(entry.author, message, entry.signature)) throw new Refused("bad-signature", String(entry.index));
  return entry;
}

/** The report that an event makes of a precinct: the figures that it puts into the record. */
export function reportOf(event: Event): Report | null {
  switch (event.kind) {
    case "Reported":
      return event.value;
    case "Corrected":
    case "Entered":
      return event.value.report;
    case "Case": {
      if (event.value.kind !== "Approved") return null;
      const { outcome } = event.value.value;
      return outcome.kind === "Changed" ? outcome.value.report : null;
    }
    case "ContestOpened":
    case "CountyListed":
    case "KeyEnrolled":
    case "KeyRevoked":
    case "Released":
    case "ResultsCommitted":
    case "Code":
    case "FilesAdded":
    case "Review":
    case "Inquiry":
    case "Course":
    case "Paper":
    case "Authority":
      return null;
  }
}

/** The proof as the file that `tallylog-verify --proof` reads. */
export function proofText(proof: PrecinctProof): string {
  const lines = (name: string, { entry, path }: Included) => [`${name} ${toBase64(entry)}`, ...path.map(toBase64)];
  const head = [
    "tallylog/precinct/v1",
    `results ${toBase64(proof.results)}`,
    ...lines("commitment", proof.commitment),
    ...(proof.report ? lines("report", proof.report) : []),
  ];
  return `${head.join("\n")}\n\n${checkpointText(proof.checkpoint)}`;
}

/**
 * Reads such a file.
 *
 * @throws {Flaw} or {Refused} if it is none in its one spelling. Nothing is verified.
 */
export function parseProof(text: string): PrecinctProof {
  const at = text.indexOf("\n\n");
  const [first, results, ...lines] = text.slice(0, at).split("\n");
  const report = lines.findIndex((line) => line.startsWith("report "));
  const commitment = report < 0 ? lines : lines.slice(0, report);
  if (at < 0 || first !== "tallylog/precinct/v1" || results === undefined) throw malformed();
  const proof = {
    results: after(results, "results "),
    commitment: included(commitment, "commitment "),
    report: report < 0 ? null : included(lines.slice(report), "report "),
    checkpoint: parseCheckpoint(text.slice(at + 2)),
  };
  if (proofText(proof) !== text) throw malformed();
  return proof;
}

function included([entry, ...path]: readonly string[], name: string): Included {
  return { entry: after(entry ?? "", name), path: path.map(parseHash) };
}

function after(line: string, name: string): Uint8Array {
  if (!line.startsWith(name)) throw malformed();
  return fromBase64(line.slice(name.length));
}

function malformed(): Flaw {
  const parts = "tallylog/precinct/v1, results, a commitment, a report if there is one, and a checkpoint";
  return new Flaw("precinct-malformed", `the file is not ${parts}`);
}

/** The entry of the figures, if there are any, and that the figures are its own. */
function counted(proof: PrecinctProof, results: ResultsProof, committed: Commitment): DecodedEntry | null {
  const { tally } = results.leaf;
  if (!tally && !proof.report) return null;
  if (!proof.report) {
    throw new Flaw("precinct-no-report", "figures are counted for the precinct, and the entry of them is missing");
  }
  if (!tally)
    throw new Flaw("precinct-more-report", "nothing is counted for the precinct, and there is an entry all the same");
  const entry = verifyIncluded(proof.report, proof.checkpoint);
  const report = reportOf(entry.body.event);
  if (!report) throw new Flaw("precinct-other-event", "what stands there as the report is another kind of event");
  if (!isOf(tally, entry, committed) || !isAbout(results, entry, report)) {
    throw new Flaw("precinct-other-report", "the entry is not the one that the figures are from");
  }
  if (!areFiguresOf(tally, report)) {
    throw new Flaw("precinct-other-figures", "the figures are not those of the entry that they are said to be from");
  }
  return entry;
}

function isOf(tally: Tally, entry: DecodedEntry, committed: Commitment): boolean {
  const signed = digest("signed", entry.author, entry.signed);
  return entry.index === tally.entry && entry.index < committed.size && equalBytes(signed, tally.signed);
}

function isAbout(results: ResultsProof, entry: DecodedEntry, { precinct }: Report): boolean {
  const { county, number } = results.leaf.precinct;
  return equalBytes(entry.body.contest, results.contest) && precinct.county === county && precinct.number === number;
}

/** Whether people and delegates are those that the report gives, and none that it does not give. */
function areFiguresOf(tally: Tally, { sheet }: Report): boolean {
  return tally.groups.every((line, at) => {
    const group = at + 1;
    return (
      line.firstAlignment === of(sheet.firstAlignment, group) &&
      line.finalAlignment === of(sheet.finalAlignment, group) &&
      line.delegates === of(sheet.awards, group)
    );
  });
}

function of(figures: ByGroup<number> | null, group: number): bigint {
  return BigInt(figures?.find(([each]) => each === group)?.[1] ?? 0);
}

function decoded(bytes: Uint8Array): DecodedEntry {
  try {
    return decodeEntry(bytes);
  } catch (error) {
    if (error instanceof DecodeError) throw new Refused(error.code === "too-large" ? "too-large" : "malformed-entry");
    throw error;
  }
}
