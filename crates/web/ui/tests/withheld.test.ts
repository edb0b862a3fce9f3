import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import type { Report } from "../src/audit/audit";
import { CHECKS, isFailed } from "../src/audit/checks";
import { here, type Lanes } from "../src/audit/lanes";
import { bundleBytes, parseBundle, Withheld } from "../src/log/bundle";
import { leafHash } from "../src/log/tree";
import { Forge, KEYS } from "./support/forge";
import { failures, look } from "./support/look";
import { serverOf } from "./support/serve";
import { folder } from "./support/vectors";

/** What `tallylog-verify` says of a bundle with withheld entries. */
interface Said {
  readonly verdict: {
    readonly exit: number;
    readonly first: { readonly check: number; readonly entry: number | null; readonly code: string } | null;
  };
  readonly withheld?: number;
  readonly onTrust?: readonly number[];
  readonly foreign?: readonly number[];
}

const bundles = join(folder, "withheld");
const names = (existsSync(bundles) ? readdirSync(bundles) : [])
  .filter((file) => file.endsWith(".tallylog"))
  .map((file) => file.slice(0, -".tallylog".length));
const KINDS = ["desks", "forged", "honest", "layout"] as const;
const MISSING =
  "There are no bundles with withheld entries: run `cargo test --test forged --test desks withheld` first.";

/** A forger signs with everybody's keys, so that every signature holds. */
const believed: Lanes = (jobs) => Promise.resolve(jobs.map(() => true));

function bytesOf(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(join(bundles, `${name}.tallylog`)));
}

/** What the browser's verifier says, in the form of the other. */
function saidBy(report: Report): Said {
  const kind = isFailed(report.verdicts) ? "failed" : "unknown";
  const found = CHECKS.flatMap(({ name, number }) => {
    const verdict = report.verdicts[name];
    return "findings" in verdict && verdict.kind === kind
      ? verdict.findings.map(({ entry, code }) => ({ check: Number(number), entry, code }))
      : [];
  });
  const exit = report.verified ? 0 : kind === "failed" ? 1 : 2;
  const verdict = { exit, first: found[0] ?? null };
  if (exit > 0 || report.about === null) return { verdict };
  const { onTrust, foreignSamples: foreign, about } = report;
  return { verdict, withheld: about.size - about.shown, onTrust, foreign };
}

/** Of a night that does not verify, the verdict alone is compared. */
function verdictAlone(said: Said): Said {
  return said.verdict.exit > 0 ? { verdict: said.verdict } : said;
}

describe("a bundle with withheld entries", () => {
  test.each(KINDS)(
    "has the verdict of tallylog-verify, with check, entry, code and what rests on trust: %s",
    async (kind) => {
      const of = names.filter((name) => name.startsWith(`${kind}-`));
      expect(of.length, MISSING).toBeGreaterThan(0);
      const differing: unknown[] = [];
      const counts = new Map<string, number>();
      for (const name of of) {
        const said = verdictAlone(JSON.parse(readFileSync(join(bundles, `${name}.json`), "utf8")) as Said);
        const lanes = kind === "forged" ? believed : here;
        const found = saidBy(await look(bytesOf(name), { visit: () => null, lanes }));
        if (!isDeepStrictEqual(found, said)) differing.push({ name, found, said });
        const words = said.verdict.first?.code ?? ((said.onTrust ?? []).length > 0 ? "on trust" : "verified");
        counts.set(words, (counts.get(words) ?? 0) + 1);
      }
      expect(differing.slice(0, 20), `${differing.length} of ${of.length}`).toEqual([]);
      process.stdout.write(`${of.length} ${kind}: ${[...counts].map((each) => each.join(" ")).join(", ")}\n`);
    },
    3_600_000,
  );

  test("encodes to the bytes from which it was read", () => {
    for (const name of names.filter((name) => name.startsWith("honest-")).slice(0, 20))
      expect(bundleBytes(parseBundle(bytesOf(name)))).toEqual(bytesOf(name));
  });
});

/** A night under an embargo: of three precincts two are released, one after the other. */
function embargoed(): { readonly forge: Forge; readonly withheld: readonly number[] } {
  const forge = new Forge({ embargo: { kind: "OnRelease" } });
  forge.open();
  const [first, hidden, last] = [
    forge.reports(0, [30, 20, 10]),
    forge.reports(1, [40, 10, 10]),
    forge.reports(2, [20, 20, 20]),
  ];
  forge.releases("first", [first]);
  forge.releases("second", [first, last]);
  return { forge, withheld: [hidden] };
}

describe("a server under an embargo", () => {
  test("is verified by everything that it shows, also behind what it withholds", async () => {
    const { forge, withheld } = embargoed();
    const report = await look({ kind: "server", server: serverOf(forge, { withheld }) });
    expect(failures(report)).toEqual({});
    expect(report.verified).toBe(true);
    expect(report.about).toMatchObject({ size: 14, shown: 13 });
    expect(report.verdicts.releases).toMatchObject({ kind: "withheld", counted: 2 });
    expect(report.onTrust).toEqual([]);
  });

  test("that releases what it withholds is found", async () => {
    const { forge, withheld } = embargoed();
    const server = serverOf(forge, { withheld: [...withheld, 11] });
    expect(failures(await look({ kind: "server", server }))).toEqual({ releases: "not-a-report" });
  });

  test("that withholds anything before releases that list every precinct is found", async () => {
    const { forge, withheld } = embargoed();
    forge.releases("third", [9, 10, 11]);
    const hiding = async (hidden: readonly number[]) =>
      failures(await look({ kind: "server", server: serverOf(forge, { withheld: hidden }) }));
    expect(await hiding(withheld)).toEqual({ releases: "not-a-report" });
    expect(await hiding([12])).toEqual({ tree: "kept-back" });
    const hold = {
      kind: "Held",
      value: { precinct: { county: 0, number: 0 }, reason: "the chair calls back" },
    } as const;
    const later = forge.add(KEYS.reviewer, { kind: "Review", value: hold });
    expect(await hiding([later])).toEqual({});
  });

  test("whose answer ends in the middle is not one of a log", async () => {
    const { forge, withheld } = embargoed();
    const cut = serverOf(forge, {
      withheld,
      lie: (path, bytes) => (path.startsWith("shown/14/8") ? bytes.subarray(0, bytes.length - 1) : bytes),
    });
    expect(failures(await look({ kind: "server", server: cut }))).toEqual({ format: "night-entry-cut" });
    const empty = serverOf(forge, {
      withheld,
      lie: (path, bytes) => (path.startsWith("shown/14/8") ? new Uint8Array() : bytes),
    });
    expect(failures(await look({ kind: "server", server: empty }))).toEqual({ format: "not-there" });
  });

  test("where something is wrong, what was shown is kept as a bundle in which the same is wrong", async () => {
    const { forge, withheld } = embargoed();
    const server = serverOf(forge, { withheld: [...withheld, 11] });
    const { shown } = await look({ kind: "server", server });
    const kept = parseBundle(shown ?? new Uint8Array()).entries;
    expect(kept.flatMap((entry, at) => (entry instanceof Withheld ? [at] : []))).toEqual([...withheld, 11]);
    expect(kept[11]).toEqual(new Withheld(leafHash(forge.entries[11] ?? new Uint8Array())));
    expect(failures(await look(shown ?? new Uint8Array()))).toEqual({ releases: "not-a-report" });
  });
});
