import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CHECKS, type CheckName } from "../src/audit/checks";
import { Forge } from "./support/forge";
import { failures, look } from "./support/look";
import { lacks } from "./support/means";

// TALLYLOG_FLIPS says how many bits are changed, one at a time; TALLYLOG_BUNDLE names another bundle than the forged night.
const FLIPS = Number(process.env["TALLYLOG_FLIPS"] ?? "500");
const FILE = process.env["TALLYLOG_BUNDLE"];
const BUNDLE = FILE === undefined ? new Forge().night().bundle() : Uint8Array.from(readFileSync(FILE));
// The other verifier is asked about some of them: it is a process each time.
const ASKED = Math.min(FLIPS, Number(process.env["TALLYLOG_FLIPS_BOTH"] ?? "40"));
const TARGET = process.env["CARGO_TARGET_DIR"] ?? resolve(import.meta.dirname, "../../../../target");
const OTHER = ["release", "debug"].map((profile) => join(TARGET, profile, "tallylog-verify")).find(existsSync);

const DEAR: readonly CheckName[] = [
  "signatures",
  "authority",
  "admission",
  "fold",
  "releases",
  "results",
  "discrepancies",
  "persons",
];

/** Numbers that look random, the same every time: Lehmer's generator. */
function* random(seed: number): Generator<number, never> {
  for (let state = seed; ; state = (state * 48_271) % 2_147_483_647) yield state;
}

const numbers = random(Number(process.env["TALLYLOG_SEED"] ?? "2028"));

function flipped(): { readonly bytes: Uint8Array; readonly words: string } {
  // One in two where keys, policy and checkpoints stand: they are few bytes of many.
  const within = numbers.next().value % 2 === 0 ? Math.min(2_000, BUNDLE.length) : BUNDLE.length;
  const [place, bit] = [numbers.next().value % within, numbers.next().value % 8];
  const bytes = Uint8Array.from(BUNDLE);
  bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
  return { bytes, words: `byte ${place}, bit ${bit}` };
}

const folder = mkdtempSync(join(tmpdir(), "tallylog-flips-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The exit code of the command line's verifier: 0 verified, 1 not, 2 no bundle. */
function ask(bytes: Uint8Array): { readonly status: number | null; readonly stdout: string } {
  const file = join(folder, "night.tallylog");
  writeFileSync(file, bytes);
  const { status, stdout } = spawnSync(OTHER ?? "", [file, "--format", "json"], { encoding: "utf8" });
  return { status, stdout };
}

describe("a changed bit of a bundle", () => {
  test(`is noticed by a cheap check, ${FLIPS} times`, { timeout: 0 }, async () => {
    expect(failures(await look(BUNDLE))).toEqual({});
    for (let trial = 0; trial < FLIPS; trial += 1) {
      const { bytes, words } = flipped();
      const report = await look(bytes);
      expect(report.verified, words).toBe(false);
      const failed = failures(report);
      // Of what does not begin as a bundle, or as one of another version, nobody can tell more than that.
      const noticed = CHECKS.filter(({ name }) => "findings" in report.verdicts[name]);
      expect(noticed, words).not.toEqual([]);
      expect(
        DEAR.filter((check) => check in failed),
        words,
      ).toEqual([]);
    }
  });

  // A forged night is one that both verifiers agree about, or one of them reads the documents otherwise.
  test.skipIf(lacks("tallylog-verify", import.meta.filename, OTHER !== undefined))(
    `is noticed by both verifiers, ${ASKED} times, by the same first check`,
    { timeout: 0 },
    async () => {
      const honest = ask(BUNDLE);
      expect(honest.status, honest.stdout).toBe(0);
      for (let trial = 0; trial < ASKED; trial += 1) {
        const { bytes, words } = flipped();
        const { status, stdout } = ask(bytes);
        const report = await look(bytes);
        expect([1, 2], words).toContain(status);
        expect(report.verified, words).toBe(false);
        if (status === 1) expect(firstOf(failures(report)), words).toBe(firstIn(stdout));
      }
    },
  );
});

function firstOf(failed: Partial<Record<CheckName, unknown>>): string {
  return CHECKS.find(({ name }) => name in failed)?.name ?? "";
}

/** The first failed check in the JSON of the command line. */
function firstIn(stdout: string): string {
  const { checks } = JSON.parse(stdout) as {
    readonly checks: readonly { readonly name: string; readonly verdict: string }[];
  };
  return checks.find(({ verdict }) => verdict === "failed")?.name ?? "";
}
