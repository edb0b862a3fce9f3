import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Forge, KEYS } from "./support/forge";
import { verifierKey, verifierKeyText } from "../src/log/keys";
import { bundleBytes, parseBundle, Withheld } from "../src/log/bundle";
import { leafHash } from "../src/log/tree";
import { GOLDEN, goldenBundle } from "./support/vectors";

const ui = resolve(import.meta.dirname, "..");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tallylog-verify-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the command as npm does: in the pages' folder, and told from where it was typed. */
function verify(...args: readonly string[]): readonly [exit: number | null, last: string | undefined] {
  const { status, lines } = said(...args);
  return [status, lines.at(-1)];
}

function said(...args: readonly string[]): { readonly status: number | null; readonly lines: readonly string[] } {
  const { status, stdout } = spawnSync(join(ui, "node_modules/.bin/tsx"), ["cli/verify.ts", ...args], {
    cwd: ui,
    env: { ...process.env, INIT_CWD: folder },
    encoding: "utf8",
  });
  return { status, lines: stdout.trimEnd().split("\n") };
}

function written(name: string, bytes: Uint8Array | string): string {
  writeFileSync(join(folder, name), bytes);
  return name;
}

test("a night outside a browser: the exit code and the last line say what came of it", () => {
  const good = goldenBundle(GOLDEN.at(-1) ?? "");
  const bad = Uint8Array.from(good);
  bad.set([(bad.at(-1) ?? 0) ^ 1], bad.length - 1);
  expect(verify(written("good", good))).toEqual([0, "- - verified"]);
  expect(verify(written("bad", bad))).toEqual([1, "3 - tree-wrong-root"]);
  expect(verify(written("else", "no bundle at all"))).toEqual([2, "1 - not-a-bundle"]);
  expect(verify("missing")).toEqual([2, "- - file-unreadable"]);
  expect(verify()).toEqual([2, "- - bad-arguments"]);
  expect(verify("good", "--polite")).toEqual([2, "- - bad-arguments"]);
});

test("of a night with withheld entries the words are those of tallylog-verify, and the last line is as ever", () => {
  const forge = new Forge({ embargo: { kind: "OnRelease" } });
  forge.open();
  const [first] = [forge.reports(0, [30, 20, 10]), forge.reports(1, [40, 10, 10])];
  forge.releases("first", [first]);
  const { entries, ...night } = parseBundle(forge.bundle());
  const without = (...withheld: readonly number[]): string => {
    const shown = forge.entries.map((entry, at) => (withheld.includes(at) ? new Withheld(leafHash(entry)) : entry));
    expect(entries).toEqual(forge.entries);
    return written("part", bundleBytes({ ...night, entries: shown }));
  };
  const one = said(without(first + 1));
  expect(one.status).toBe(0);
  expect(one.lines.slice(-3)).toEqual([
    "1 entry is withheld until released. Its hash is in the tree; what it says, and whether it may be withheld, was not checked.",
    "verified: everything that is public so far; the rest is withheld until released",
    "- - verified",
  ]);
  const both = said(without(first, first + 1));
  expect([both.status, both.lines.at(-1)]).toEqual([1, `12 ${first + 2} not-a-report`]);
  expect(both.lines.at(-2)).toMatch(/^2 entries are withheld until released\. Their hashes are in the tree/);
});

test("a reader's policy counts instead of the contest's quorum", () => {
  const forge = new Forge().night();
  const night = written("night", forge.bundle([forge.checkpoint(undefined, undefined, [0])]));
  const witness = (at: 0 | 1): string =>
    verifierKeyText(verifierKey(`w${at + 1}.example`, "witness", KEYS.witnesses[at].key));
  const log = (key: Uint8Array): string =>
    `log ${verifierKeyText(verifierKey(forge.contest.log.origin, "log", key))}\n`;
  const both = `witness a ${witness(0)}\nwitness b ${witness(1)}\n`;
  const policies = {
    any: `${log(KEYS.log.key)}${both}group g any a b\nquorum g\n`,
    all: `${log(KEYS.log.key)}${both}group g all a b\nquorum g\n`,
    other: `${log(KEYS.service.key)}quorum none\n`,
    cut: "quorum none",
    unknown: "quorum g\n",
  };
  const under = (name: keyof typeof policies) => verify(night, "--policy", written(name, policies[name]));
  expect(verify(night)).toEqual([0, "- - verified"]);
  expect(under("any")).toEqual([0, "- - verified"]);
  expect(under("all")).toEqual([1, "5 - quorum-not-met"]);
  expect(under("other")).toEqual([1, "5 - checkpoint-not-by-log"]);
  expect(under("cut")).toEqual([2, "- - policy-cut"]);
  expect(under("unknown")).toEqual([2, "- - policy-unknown-name"]);
});
