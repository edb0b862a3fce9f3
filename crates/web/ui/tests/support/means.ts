import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../../../..");
const NOTES = join(process.env["CARGO_TARGET_DIR"] ?? join(ROOT, "target"), "tmp/not-checked");

/** What a test needs and a machine may lack. `tests/means/mod.rs` knows the same names. */
export type Means = "published-results" | "tallylog-verify";

/**
 * Whether a test lacks what it needs. Where it does, that is written down for the end of the run; what `TALLYLOG_MUST`
 * names has to be there.
 */
export function lacks(means: Means, test: string, isThere: boolean): boolean {
  const must = (process.env["TALLYLOG_MUST"] ?? "").split(",").map((name) => name.trim());
  if (!isThere && must.includes(means)) {
    throw new Error(`${means} is not here, so nothing was checked, and TALLYLOG_MUST says that it must be.`);
  }
  const source = relative(ROOT, test);
  const note = join(NOTES, `${means} ${source.replaceAll("/", "+")}`);
  if (isThere) {
    rmSync(note, { force: true });
    return false;
  }
  mkdirSync(NOTES, { recursive: true });
  writeFileSync(note, "");
  console.warn(`NOT CHECKED: ${source} lacks ${means}`);
  return true;
}
