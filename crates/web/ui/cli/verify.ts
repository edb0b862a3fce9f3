import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { audit, type Report } from "../src/audit/audit";
import { CHECKS, isFailed, type Finding, type Verdict } from "../src/audit/checks";
import { Refused } from "../src/log/flaw";
import { ReaderPolicy } from "../src/log/reader_policy";

// The verifier of the pages, outside a browser: `npm --prefix crates/web/ui run verify -- FILE [--policy F]`.

const USAGE = "verify FILE [--policy FILE]: a bundle, and which witnesses are enough";

/** Why nothing could be checked: what is said, and by which code. */
class Unusable extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/** Paths are those of where the command is typed: npm runs it in another folder, and says from where. */
function read(path: string): Uint8Array {
  const from = process.env["INIT_CWD"] ?? process.cwd();
  try {
    return Uint8Array.from(readFileSync(resolve(from, path)));
  } catch (error) {
    throw new Unusable(`${path}: ${(error as Error).message}`, "file-unreadable");
  }
}

function asked(): { readonly file: string; readonly policy: string | undefined } {
  try {
    const { values, positionals } = parseArgs({ options: { policy: { type: "string" } }, allowPositionals: true });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new Error("name one bundle");
    return { file, policy: values.policy };
  } catch (error) {
    throw new Unusable(`${(error as Error).message}; ${USAGE}`, "bad-arguments");
  }
}

function policyOf(path: string | undefined): ReaderPolicy | null {
  if (path === undefined) return null;
  try {
    return ReaderPolicy.parse(read(path));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Unusable(`${path}: ${error.message}`, error.code);
  }
}

/** Nothing from outside draws over the verdict of a terminal. */
function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (hidden) => `\\u{${(hidden.codePointAt(0) ?? 0).toString(16)}}`);
}

function say(line: string): void {
  process.stdout.write(`${shown(line)}\n`);
}

function wordOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case "passed":
      return `passed (${verdict.counted})`;
    case "withheld":
      return `passed (${verdict.counted}), ${verdict.entries} withheld`;
    case "failed":
      return "FAILED";
    case "unknown":
      return "could not check";
    case "nothing-there":
      return "nothing there";
    case "kept-back":
      return "not compared: withheld until released";
    case "waiting":
    case "running":
    case "not-run":
      return "not run";
  }
}

function sentence({ entry, code, about, claimed, found }: Finding): string {
  const where = entry === null ? "" : `entry ${entry}: `;
  const differs = claimed === undefined ? "" : `, claimed ${claimed}, found ${found ?? "nothing"}`;
  return `     ${where}${about}${differs} [${code}]`;
}

/** The first thing that is wrong or, where nothing is, the first that nobody can say: check, entry and code. */
function last({ verified, verdicts }: Report): string {
  if (verified) return "- - verified";
  const kind = isFailed(verdicts) ? "failed" : "unknown";
  for (const { name, number } of CHECKS) {
    const verdict = verdicts[name];
    const [first] = verdict.kind === kind && "findings" in verdict ? verdict.findings : [];
    if (first !== undefined) return `${number} ${first.entry ?? "-"} ${first.code}`;
  }
  return "- - not-run";
}

/** What the verdict does not cover, in the words of `tallylog-verify`. */
function withheldLines({ about, onTrust, verified }: Report): readonly string[] {
  const withheld = about === null ? 0 : about.size - about.shown;
  if (withheld === 0) return [];
  const lines =
    withheld === 1
      ? [
          "1 entry is withheld until released. Its hash is in the tree; what it says, and whether it may be withheld, was not checked.",
        ]
      : [
          `${withheld} entries are withheld until released. Their hashes are in the tree; what they say, and whether they may be withheld, was not checked.`,
        ];
  const why = "a case or a decision about several precincts. That part was not checked.";
  lines.push(...onTrust.map((entry) => `entry ${entry} rests in part on what is withheld: ${why}`));
  if (verified) lines.push("verified: everything that is public so far; the rest is withheld until released");
  return lines;
}

async function main(): Promise<number> {
  const { file, policy } = asked();
  const night = { kind: "file", bytes: read(file) } as const;
  const report = await audit(night, { visit: () => null, policy: policyOf(policy) }, () => undefined);
  if (report.about !== null) say(`${report.about.kind} ${report.about.name}, ${report.about.size} entries`);
  for (const { name, number } of CHECKS) {
    const verdict = report.verdicts[name];
    say(`${number.padStart(2)} ${name.padEnd(14)} ${wordOf(verdict)}`);
    if ("findings" in verdict) for (const finding of verdict.findings) say(sentence(finding));
  }
  for (const line of withheldLines(report)) say(line);
  say(last(report));
  return report.verified ? 0 : isFailed(report.verdicts) ? 1 : 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Unusable)) throw error;
  process.stderr.write(`${shown(error.message)}\n`);
  say(`- - ${error.code}`);
  process.exitCode = 2;
}
