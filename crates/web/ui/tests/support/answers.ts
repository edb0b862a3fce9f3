import { expected } from "../../src/audit/expected";
import { countyText, type Answers, type SaidTimeline } from "../../src/audit/said";
import { markText } from "../../src/audit/turns";
import { allTotals, BASES, Fold, type BasisName } from "../../src/fold";
import { toBase64 } from "../../src/log/base64";
import { decodeEntry } from "../../src/log/entry";
import { leafHash, rootOf } from "../../src/log/tree";
import type { Forge } from "./forge";

/** What an honest server of a forged log answers. */
export function honest(forge: Forge): Answers {
  const folded = new Fold();
  for (const bytes of forge.entries) folded.apply(decodeEntry(bytes));
  const root = toBase64(rootOf(forge.entries.map(leafHash)));
  return { said: expected(folded, root), timelines: BASES.map((basis) => timeline(forge, basis)) };
}

/** A step for every entry, each with every county. */
function timeline(forge: Forge, basis: BasisName): SaidTimeline {
  const folded = new Fold();
  const steps = forge.entries.map((bytes) => {
    const entry = decodeEntry(bytes);
    folded.apply(entry);
    const { event } = entry.body;
    return {
      size: folded.state.size,
      timeMs: entry.receivedAt,
      release: folded.state.releases.at(-1)?.name ?? "",
      counties: counties(folded, basis),
      marks:
        event.kind === "Released"
          ? [markText(entry.index, "release", event.value.name)]
          : event.kind === "Corrected"
            ? [markText(entry.index, "correction", "Adair, North")]
            : [],
    };
  });
  return { basis, steps };
}

function counties(folded: Fold, basis: BasisName): { county: number; text: string }[] {
  const counted = folded.counted(basis);
  const listed = folded.state.releases.at(-1)?.entries ?? [];
  return allTotals(counted).counties.map(({ lines, counted: reported }, county) => {
    const versions = [0, 1, 2].map((position) => counted.version(position));
    const corrected = versions.filter((version) => version !== null && version.correction !== null).length;
    return {
      county,
      text: countyText(
        [reported, listed.length, corrected],
        [
          lines.map((line) => line.firstAlignment),
          lines.map((line) => line.finalAlignment),
          lines.map((line) => line.delegates),
          lines.map((line) => line.equivalents),
        ],
      ),
    };
  });
}
