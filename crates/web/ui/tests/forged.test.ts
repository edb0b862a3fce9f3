import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { audit } from "../src/audit/audit";
import { CHECKS, isFailed } from "../src/audit/checks";
import { here, type Lanes } from "../src/audit/lanes";
import { folder } from "./support/vectors";

/** What `tallylog-verify` says of a forged night. */
interface Forged {
  readonly name: string;
  readonly rule: string;
  readonly verdict: {
    readonly exit: number;
    readonly first: { readonly check: number; readonly entry: number | null; readonly code: string } | null;
  };
}

const index = join(folder, "forged", "index.json");
const nights = existsSync(index) ? (JSON.parse(readFileSync(index, "utf8")) as Forged[]) : [];
const MISSING = "There are no forged nights: run `cargo test --test forged` first.";

/** The forger signs with everybody's keys, so that every signature holds: they are looked at in the first night of each rule. */
const believed: Lanes = (jobs) => Promise.resolve(jobs.map(() => true));

/** What the browser's verifier says of a night, in the form of the other. */
async function verdictOf(name: string, lanes: Lanes): Promise<Forged["verdict"]> {
  const bytes = Uint8Array.from(readFileSync(join(folder, "forged", `${name}.tallylog`)));
  const report = await audit({ kind: "file", bytes }, { visit: () => null, lanes }, () => undefined);
  const kind = isFailed(report.verdicts) ? "failed" : "unknown";
  const found = CHECKS.flatMap(({ name, number }) => {
    const verdict = report.verdicts[name];
    return "findings" in verdict && verdict.kind === kind
      ? verdict.findings.map(({ entry, code }) => ({ check: Number(number), entry, code }))
      : [];
  });
  return { exit: report.verified ? 0 : kind === "failed" ? 1 : 2, first: found[0] ?? null };
}

function text({ exit, first }: Forged["verdict"]): string {
  return `${exit} ${first?.check ?? "-"} ${first?.entry ?? "-"} ${first?.code ?? "-"}`;
}

test("the browser's verifier finds in every forged night what tallylog-verify finds: verdict, check, entry and code", async () => {
  expect(nights.length, MISSING).toBeGreaterThan(0);
  const rules = new Set<string>();
  const differing: unknown[] = [];
  for (const { name, rule, verdict } of nights) {
    const found = await verdictOf(name, rules.has(rule) ? believed : here);
    if (text(found) !== text(verdict)) differing.push({ name, found, verdict });
    rules.add(rule);
  }
  expect(differing.slice(0, 20), `${differing.length} of ${nights.length} nights`).toEqual([]);
  process.stdout.write(`${nights.length} forged nights, ${rules.size} rules\n`);
}, 3_600_000);
