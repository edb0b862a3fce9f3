import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decode, encode } from "../src/log/codec";
import { resultsProof } from "../src/log/event/results";
import { Refused } from "../src/log/flaw";
import { parseVerifierKey } from "../src/log/keys";
import { Flaw } from "../src/proof/flaw";
import { parseProof, proofText, reportOf, verifyPrecinct, type PrecinctProof } from "../src/proof/precinct";
import { create } from "@bufbuild/protobuf";
import { GroupFiguresSchema, VersionSchema, type Version } from "../src/gen/tallylog/v1/results_pb";
import { room } from "../src/fold/rules/place";
import { shownOf } from "../src/pages/precinct/same";
import { bytesOf } from "./golden";

// A simulated night: `tallylog demo --seconds 0`, then `tallylog prove precinct` of the last and of the first release.
const KEY = "rehearsal.example/night-2028+2a6f23a5+AbtGsSqGvrBQ28USXmj0kp5qwx2kIszX875ASvVQ4AZL";
const SERVICE = bytesOf("5f6604f380218c22706d6785bbfcf7117527eb580464b8259de85d1e81e38c6a");
const log = parseVerifierKey(KEY, "log");

const text = (name: string) => readFileSync(new URL(`golden/${name}.proof`, import.meta.url), "utf8");
const counted = parseProof(text("boone"));
const notCounted = parseProof(text("boone-not-counted"));

function outcome(proof: PrecinctProof, service: Uint8Array = SERVICE): string {
  try {
    verifyPrecinct(proof, log, service);
    return "holds";
  } catch (error) {
    if (error instanceof Flaw || error instanceof Refused) return error.code;
    throw error;
  }
}

function changed(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe("a precinct's proof", () => {
  test("of a real log holds, and gives the entry's figures and the statewide total", () => {
    const proven = verifyPrecinct(counted, log, SERVICE);
    expect(proven.results.leaf).toMatchObject({ county: "Boone", name: "Linden Corners Ward 1 Precinct 1" });
    expect(proven.report?.index).toBe(4201);
    const line = proven.results.leaf.tally?.groups[8];
    expect(line).toEqual({ firstAlignment: 28n, finalAlignment: 31n, delegates: 1n, equivalents: 1900n });
    expect(proven.totals.precincts.counted).toBe(1703n);
  });

  test("holds where nothing is counted for the precinct, and says so", () => {
    const proven = verifyPrecinct(notCounted, log, SERVICE);
    expect([proven.results.leaf.tally, proven.report]).toEqual([null, null]);
    expect(proven.totals.precincts.counted).toBe(780n);
  });

  test("is read and written in one spelling", () => {
    expect(proofText(counted)).toBe(text("boone"));
    expect(() => parseProof(text("boone").replace("report ", "report  "))).toThrow();
    expect(() => parseProof(text("boone").replace("v1", "v2"))).toThrow(Flaw);
  });

  test("does not hold with another key for the log's own events", () => {
    expect(outcome(counted, new Uint8Array(32))).toBe("precinct-not-the-service");
  });

  test("does not hold with an entry where nothing is counted, nor without one where something is", () => {
    expect(outcome({ ...counted, report: null })).toBe("precinct-no-report");
    expect(outcome({ ...notCounted, report: counted.report })).not.toBe("holds");
  });

  test("does not hold with the results of one commitment and the entry of another", () => {
    expect(outcome({ ...counted, commitment: notCounted.commitment })).not.toBe("holds");
    expect(outcome({ ...counted, results: notCounted.results })).toBe("results-proof-wrong-root");
  });

  test("does not hold with figures that are not the entry's", () => {
    const results = decode(resultsProof, counted.results);
    const tally = results.leaf.tally;
    if (!tally) throw new Error("the golden proof has figures");
    const groups = tally.groups.map((line, at) => (at === 8 ? { ...line, firstAlignment: 29n } : line));
    const lie = encode(resultsProof, { ...results, leaf: { ...results.leaf, tally: { ...tally, groups } } });
    expect(outcome({ ...counted, results: lie })).toBe("results-proof-wrong-root");
  });

  test("does not hold with any bit of a part changed, of some hundred in each", () => {
    const parts: readonly ((bit: number) => PrecinctProof)[] = [
      (bit) => ({ ...counted, results: changed(counted.results, bit) }),
      (bit) => ({ ...counted, commitment: { ...counted.commitment, entry: changed(counted.commitment.entry, bit) } }),
      (bit) => ({
        ...counted,
        report: counted.report && { ...counted.report, entry: changed(counted.report.entry, bit) },
      }),
    ];
    for (const [part, make] of parts.entries()) {
      for (let bit = 0; bit < 8 * 200; bit += 13)
        expect(outcome(make(bit)), `part ${part}, bit ${bit}`).not.toBe("holds");
    }
  });
});

describe("the page holds what it shows beside what is proven:", () => {
  const proven = { figures: verifyPrecinct(counted, log, SERVICE), log, logKey: KEY, file: "" };
  const { report, results } = proven.figures;

  /** What an honest server gives to be shown of the proven entry. */
  function honest(): Version {
    const groups = results.leaf.tally?.groups ?? [];
    const sheet = report === null ? undefined : reportOf(report.body.event)?.sheet;
    return create(VersionSchema, {
      entry: BigInt(report?.index ?? 0),
      key: report?.author ?? new Uint8Array(),
      ...(sheet?.attendance ? { attendance: sheet.attendance.people } : {}),
      room: sheet === undefined ? 0 : room(sheet),
      groups: groups.map((line, at) => ({
        name: results.groups[at] ?? "",
        firstAlignment: Number(line.firstAlignment),
        finalAlignment: Number(line.finalAlignment),
        awarded: Number(line.delegates),
        sdeTenThousandths: line.equivalents,
      })),
    });
  }

  function lying(lie: (version: Version) => void): string {
    const version = honest();
    lie(version);
    return shownOf(proven, [version]);
  }

  const group = (version: Version, at: number) => version.groups[at] ?? create(GroupFiguresSchema);

  test("the same", () => {
    expect(shownOf(proven, [honest()])).toBe("same");
    expect(shownOf(proven, [])).toBe("nothing");
  });

  test.each([
    ["a person more", (version: Version) => void (group(version, 8).finalAlignment = 32)],
    ["a delegate more", (version: Version) => void (group(version, 8).awarded = 2)],
    ["figures under another name", (version: Version) => void (group(version, 8).name = group(version, 7).name)],
    ["groups in another order", (version: Version) => void version.groups.reverse()],
    ["a group left out", (version: Version) => void version.groups.pop()],
    ["another room", (version: Version) => void (version.room += 1)],
    [
      "an attendance that the worksheet does not give",
      (version: Version) => void (version.attendance = version.room + 1),
    ],
    ["another signer", (version: Version) => void (version.key = new Uint8Array(32))],
  ])("%s is another", (_, lie) => {
    expect(lying(lie)).toBe("other");
  });

  test("other equivalents are said, and not called false: a pool's change with every site", () => {
    expect(lying((version) => void (group(version, 8).sdeTenThousandths += 1n))).toBe("other-equivalents");
  });
});
