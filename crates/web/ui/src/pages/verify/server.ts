import { ConnectError } from "@connectrpc/connect";
import type { Said, SaidLine } from "../../audit/answers";
import type { Server } from "../../audit/night";
import { Basis, type CandidateTotals, type FiguresResponse } from "../../gen/tallylog/v1/results_pb";
import { toBase64 } from "../../log/base64";
import { Refused } from "../../log/flaw";
import { toHex } from "../../log/hex";
import { log, results } from "../../net/clients";
import { atSize } from "../../net/moment";
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

/** What the server says of its first entries, on both bases; under an embargo it says nothing of what is not released. */
export async function answers(size: number): Promise<readonly Said[]> {
  const both = await Promise.all([Basis.RECORDED, Basis.RELEASED].map((basis) => answer(size, basis)));
  return both.filter((said) => said !== null);
}

async function answer(size: number, basis: Basis): Promise<Said | null> {
  try {
    return said(await results.figures({ moment: atSize(size), basis }));
  } catch (error) {
    if (isKeptBack(problemOf(error))) return null;
    throw new Refused("unreachable", ConnectError.from(error).rawMessage);
  }
}

function said({ position, basis, places }: FiguresResponse): Said {
  const summed = places.filter(({ precinct }) => precinct === "");
  return {
    size: Number(position?.size ?? 0n),
    root: toBase64(position?.root ?? new Uint8Array()),
    state: toHex(position?.stateHash ?? new Uint8Array()),
    basis: basis === Basis.RELEASED ? "Released" : "Recorded",
    places: summed.map(({ county, candidates }) => ({
      name: county,
      lines: candidates.map((line) => lineOf(line, county === "")),
    })),
  };
}

function lineOf(line: CandidateTotals, ofState: boolean): SaidLine {
  return {
    firstAlignment: line.firstAlignment,
    finalAlignment: line.finalAlignment,
    delegates: line.delegates,
    equivalents: line.sdeTenThousandths,
    exact: ofState ? line.sdeExact : null,
    national: ofState ? (line.nationalDelegates ?? null) : null,
  };
}
