import { ConnectError } from "@connectrpc/connect";
import type { Server } from "../../audit/night";
import { Refused } from "../../log/flaw";
import { log } from "../../net/clients";
import { isKeptBack, problemOf } from "../../net/problem";
import { Clock, get } from "./fetch";

/** The server that the page came from. */
export const server: Server = { get, entries };

/** The entries from one on, as far as everybody may read them. */
async function entries(from: number, until: number): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  const stop = new AbortController();
  const clock = new Clock(stop);
  try {
    for await (const { bytes } of log.entries({ from: BigInt(from) }, { signal: stop.signal })) {
      clock.again();
      found.push(bytes);
      if (found.length >= until - from) break;
    }
  } catch (error) {
    if (!isKeptBack(problemOf(error))) throw new Refused("unreachable", ConnectError.from(error).rawMessage);
  } finally {
    clock.end();
    stop.abort();
  }
  return found;
}
