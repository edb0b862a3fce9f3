import { Unanswered } from "./problem";

/** What stands at a path of this page's server. */
export interface Got {
  readonly status: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Asks for a path of the page's own host.
 *
 * @throws {Unanswered} if the server cannot be reached, or falls silent in the middle.
 */
export async function get(path: string, signal: AbortSignal): Promise<Got> {
  try {
    const response = await fetch(path, { signal });
    return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Unanswered({ code: "unreachable", message: String(error) });
  }
}
