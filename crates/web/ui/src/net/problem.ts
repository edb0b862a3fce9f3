import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorInfoSchema } from "../gen/google/rpc/error_details_pb";
import { DecodeError } from "../log/bytes";
import { Refused } from "../log/flaw";

/** Why a question was not answered. */
export interface Problem {
  /**
   * The stable code, as docs/PROBLEMS.md or `log/` has it; `unreachable` where the server said nothing, and `broken` where
   * the page itself has a defect.
   */
  readonly code: string;
  /** What is wrong and what to do, in the server's own words. */
  readonly message: string;
}

/** A question over HTTP was not answered. */
export class Unanswered extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/**
 * What an error says of a call, or of what it gave: neither bytes that were refused here nor a defect of the page are a
 * silence of the server.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Unanswered) return error.problem;
  if (error instanceof Refused || error instanceof DecodeError) return { code: error.code, message: error.message };
  if (!(error instanceof ConnectError)) return { code: "broken", message: String(error) };
  const [info] = error.findDetails(ErrorInfoSchema);
  if (info) return { code: info.reason, message: error.rawMessage };
  const silent = error.code === Code.Unknown || error.code === Code.Unavailable;
  return { code: silent ? "unreachable" : Code[error.code].toLowerCase(), message: error.rawMessage };
}

/** Whether a call ended because the page itself ended it. */
export function wasAborted(error: unknown): boolean {
  return ConnectError.from(error).code === Code.Canceled;
}

/** Whether contents are kept back until a release lists them. */
export function isKeptBack(problem: Problem): boolean {
  return problem.code === "embargoed";
}

/** The answer to a question; null where it is kept back until a release. */
export async function unlessKeptBack<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isKeptBack(problemOf(error))) return null;
    throw error;
  }
}
