import { log } from "../../net/clients";
import { wasAborted } from "../../net/problem";

/** A night may take hundreds of entries a second, and a page is asked for anew at most so often. */
const REST_MS = 1_000;
const PATIENCE_MS = 3_000;

/** Says whenever the log has grown beyond a size, until it is told to stop. A lost connection is tried again. */
export function follow(size: number, grew: () => void): () => void {
  const stop = new AbortController();
  void watch(size, grew, stop.signal);
  return () => {
    stop.abort();
  };
}

async function watch(size: number, grew: () => void, signal: AbortSignal): Promise<void> {
  let [from, told] = [size, 0];
  while (!signal.aborted) {
    try {
      for await (const { entry, behind } of log.subscribe({ from: BigInt(from) }, { signal })) {
        from = Number(entry) + 1;
        // While it catches up there is more to come at once; the last of them says so.
        if (behind > 0n && Date.now() - told < REST_MS) continue;
        told = Date.now();
        grew();
        return;
      }
    } catch (error) {
      if (signal.aborted || wasAborted(error)) return;
    }
    await new Promise((done) => setTimeout(done, PATIENCE_MS));
  }
}
