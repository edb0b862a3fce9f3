import { ConnectError } from "@connectrpc/connect";
import type { Said, SaidLine } from "../../audit/answers";
import type { Answer, Server } from "../../audit/night";
import { Basis, type CandidateTotals, type FiguresResponse } from "../../gen/tallylog/v1/results_pb";
import { toBase64 } from "../../log/base64";
import { Refused } from "../../log/flaw";
import { toHex } from "../../log/hex";
import { log, results } from "../../net/clients";
import { isKeptBack, problemOf } from "../../net/problem";

/** The server that the page came from. */
export const server: Server = { get, entries };

async function get(path: string): Promise<Answer> {
  try {
    // Nothing that an earlier visit left in the browser's store stands in for what the server shows today.
    const response = await fetch(new URL(`/${path}`, globalThis.location.origin), { cache: "no-store" });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    if (response.status !== 404) throw new Refused("unreachable", `${path} ${response.status}`);
    return (await response.text()).includes('"embargoed"') ? "embargoed" : "missing";
  } catch (error) {
    throw error instanceof Refused ? error : new Refused("unreachable", path);
  }
}

/** The entries from one on, as far as everybody may read them. */
async function entries(from: number): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  try {
    for await (const { bytes } of log.entries({ from: BigInt(from) })) found.push(bytes);
  } catch (error) {
    if (!isKeptBack(problemOf(error))) throw new Refused("unreachable", ConnectError.from(error).rawMessage);
  }
  return found;
}

/** What the server says of its first entries, on both bases. */
export async function answers(size: number): Promise<readonly Said[]> {
  try {
    const moment = { at: { case: "size", value: BigInt(size) } } as const;
    const both = [Basis.RECORDED, Basis.RELEASED].map((basis) => results.figures({ moment, basis }));
    return (await Promise.all(both)).map(said);
  } catch (error) {
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
