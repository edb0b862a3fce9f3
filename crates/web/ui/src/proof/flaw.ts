/** Why a precinct's proof does not prove what it claims. The codes are those of `tallylog-verify`: docs/PROBLEMS.md. */
export type FlawCode =
  | "results-proof-too-large"
  | "results-proof-malformed"
  | "results-proof-beyond-roster"
  | "results-proof-path-length"
  | "results-proof-groups"
  | "results-proof-counts"
  | "results-proof-overflow"
  | "results-proof-wrong-root"
  | "malformed-entry"
  | "malformed-event"
  | "bad-signature"
  | "bad-checkpoint"
  | "wrong-root"
  | "precinct-other-event"
  | "precinct-not-the-service"
  | "precinct-other-results"
  | "precinct-no-report"
  | "precinct-more-report"
  | "precinct-other-report"
  | "precinct-other-figures"
  | "precinct-other-precinct";

/** A proof that does not hold. */
export class Flaw extends Error {
  constructor(
    readonly code: FlawCode,
    message: string,
  ) {
    super(message);
    this.name = "Flaw";
  }
}
