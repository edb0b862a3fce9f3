import { log, results } from "../../net/clients";
import { entryBytes } from "../../net/entries";
import { Flaw } from "../../proof/flaw";
import type { Included } from "../../proof/precinct";
import type { Source } from "./prove";

/** The parts of a precinct's proof from the server of this page, of the totals committed with a release or of the latest. */
export function served(county: string, precinct: string, release: string, signal: AbortSignal): Source {
  return {
    parts: async () => {
      const given = await results.precinctProof({ county, precinct, release }, { signal });
      if (!given.commitment) throw new Flaw("precinct-malformed", "the server gave no commitment");
      return {
        results: given.resultsProof,
        commitment: included(given.commitment),
        report: given.counted ? included(given.counted) : null,
        note: given.note,
      };
    },
    logKey: async () => (await log.checkpoint({}, { signal })).logKey,
    included: async (entry, size) => {
      const { path } = await log.inclusion({ entry: BigInt(entry), size: BigInt(size) }, { signal });
      return { entry: await entryBytes(entry, signal), path };
    },
  };
}

function included(given: { readonly bytes: Uint8Array; readonly path: Uint8Array[] }): Included {
  return { entry: given.bytes, path: given.path };
}
