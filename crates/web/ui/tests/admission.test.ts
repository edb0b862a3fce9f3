import { expect, test } from "vitest";
import { Admission } from "../src/audit/admit";
import { Roots } from "../src/audit/roots";
import { Fold } from "../src/fold";
import { MISSING, night, nights, refusedBy } from "./support/vectors";

/** How often a code came. */
type Counts = Map<string, number>;

/** Reads a night, and holds admission against what the server took and refused at each size. */
function held(name: string, hasRefused: boolean, counts: Counts): void {
  const fold = new Fold();
  const { entries, bytes } = night(name);
  const admission = new Admission(fold, new Roots(bytes));
  const refused = hasRefused ? refusedBy(name) : [];
  for (const entry of entries) {
    for (const { code, entry: never } of refused.filter(({ size }) => size === fold.state.size)) {
      expect(admission.refuses(never)?.code, `${name}, before entry ${entry.index}`).toBe(code);
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    expect(admission.refuses(entry), `${name}, entry ${entry.index}`).toBeNull();
    fold.apply(entry);
    admission.take(entry);
  }
}

test("what the server took is taken here, and what it refused is refused by the same code", () => {
  const acts = nights("walk-acts-");
  // Of those, what was refused is not written.
  const walks = nights("walk-").filter((name) => !acts.includes(name));
  expect(walks.length, MISSING).toBeGreaterThan(0);
  const counts: Counts = new Map();
  for (const name of walks) held(name, true, counts);
  for (const name of [...acts, ...nights("simulated-")]) held(name, false, counts);
  expect(counts.size).toBeGreaterThan(30);
});
