import { log } from "../../net/clients";
import { pause } from "../../net/pause";
import { wasAborted } from "../../net/problem";

/** A night may take hundreds of entries a second, and a page is asked for anew at most so often. */
const REST_MS = 1_000;
const PATIENCE_MS = 3_000;

/** Says once that the log has grown beyond a size, unless it is told to stop. A lost connection is tried again. */
export function follow(size: number, grew: () => void): () => void {
  const stop = new AbortController();
  void watch(size, grew, stop.signal);
  return () => {
    stop.abort();
  };
}

async function watch(size: number, grew: () => void, signal: AbortSignal): Promise<void> {
  const began = Date.now();
  while (!signal.aborted) {
    try {
      if (await hasGrown(size, signal)) {
        await pause(began + REST_MS - Date.now(), signal);
        if (!signal.aborted) grew();
        return;
      }
    } catch (error) {
      if (signal.aborted || wasAborted(error)) return;
    }
    await pause(PATIENCE_MS, signal);
  }
}

/** Waits for an entry beyond a size: whatever else there is by then, the page asks for itself. */
async function hasGrown(size: number, signal: AbortSignal): Promise<boolean> {
  for await (const _ of log.subscribe({ from: BigInt(size) }, { signal })) return true;
  return false;
}
