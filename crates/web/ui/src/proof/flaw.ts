/**
 * Why a precinct's proof does not prove what it claims. The codes are those of `tallylog-verify` (`docs/PROBLEMS.md`); what
 * is wrong with a checkpoint, a path or an entry is refused with the codes of `log/`.
 */
export type ProofFlawCode =
  | "results-proof-too-large"
  | "results-proof-malformed"
  | "results-proof-beyond-roster"
  | "results-proof-path-length"
  | "results-proof-groups"
  | "results-proof-counts"
  | "results-proof-overflow"
  | "results-proof-wrong-root"
  | "precinct-malformed"
  | "precinct-other-event"
  | "precinct-not-the-service"
  | "precinct-other-results"
  | "precinct-no-report"
  | "precinct-more-report"
  | "precinct-other-report"
  | "precinct-other-figures";

/** A proof that does not hold. */
export class Flaw extends Error {
  constructor(
    readonly code: ProofFlawCode,
    message: string,
  ) {
    super(message);
    this.name = "Flaw";
  }
}
