import { Fold, type Mismatch } from "../fold";
import type { Contest, DecodedEntry } from "../log/events";
import type { FlawCode } from "../log/flaw";
import { Admission } from "./admission";
import { checkAuthority, type Refusal } from "./authority";
import type { CheckName, Findings } from "./checks";
import { breathe } from "./lanes";
import { checkPersons, checkRelease, needsTwo } from "./releases";
import type { Turns } from "./turns";

/** How many entries are folded before others have their turn. */
const STRIDE = 200;

/** Folds every entry, and compares what the log claimed with what its entries give. */
export class Contents {
  readonly fold = new Fold();
  private readonly admission = new Admission();
  private readonly seen = { roots: 0, states: 0, releases: 0, pairs: 0 };

  constructor(
    private readonly contest: Contest,
    private readonly findings: Findings,
    private readonly withheld: number,
    private readonly turns: Turns | null = null,
  ) {}

  /** Reads all entries; stops at the first that the log could not have taken, and says whether it came to the end. */
  async read(entries: readonly DecodedEntry[]): Promise<boolean> {
    for (const entry of entries) {
      if (entry.index % STRIDE === 0) {
        this.findings.running("fold", entry.index, entries.length);
        await breathe();
      }
      if (!this.take(entry)) return false;
    }
    this.conclude(entries.length);
    return true;
  }

  private take(entry: DecodedEntry): boolean {
    const refused = this.refusedBy(entry);
    if (refused !== null) {
      const [check, { code, about }] = refused;
      this.findings.fail(check, { code, entry: entry.index, about });
      return false;
    }
    const { event } = entry.body;
    if (event.kind === "ResultsCommitted") {
      this.seen.roots += 1;
      this.seen.states += event.value.audit === null ? 0 : 1;
      for (const mismatch of this.fold.compare(event.value)) this.mismatch(entry.index, mismatch);
    }
    this.seen.releases += event.kind === "Released" ? 1 : 0;
    this.seen.pairs += needsTwo(this.contest, event) ? 1 : 0;
    this.fold.apply(entry);
    this.turns?.follow(this.fold, event);
    return true;
  }

  /** The first check that refuses an entry. */
  private refusedBy(entry: DecodedEntry): readonly [CheckName, Refusal] | null {
    const { state } = this.fold;
    const { event } = entry.body;
    if (state.contest === null) return named("admission", this.admission.opens(this.contest, entry));
    const persons = checkPersons(state, this.contest, entry, this.admission.proposer(event));
    return (
      named("authority", checkAuthority(state, this.contest, entry)) ??
      admitted(this.admission.admits(state, this.contest, entry)) ??
      named("persons", persons) ??
      named("releases", event.kind === "Released" ? checkRelease(this.fold, this.contest, event.value) : null)
    );
  }

  private mismatch(entry: number, mismatch: Mismatch): void {
    const { claimed, found } = mismatch;
    const about = mismatch.what === "discrepancies" ? `V${`${mismatch.code}`.padStart(2, "0")}` : "";
    const [check, code] = MISMATCHES[mismatch.what];
    this.findings.fail(check, { code, entry, about, claimed: `${claimed}`, found: `${found}` });
  }

  private conclude(entries: number): void {
    const { roots, states, releases, pairs } = this.seen;
    this.findings.pass("authority", entries, this.withheld);
    this.findings.pass("admission", entries, this.withheld);
    const counts = { fold: states, results: roots, discrepancies: states, releases, persons: pairs };
    for (const check of ["fold", "results", "discrepancies", "releases", "persons"] as const) {
      this.findings.compared(check, counts[check], this.withheld);
    }
  }
}

const MISMATCHES: Readonly<Record<Mismatch["what"], readonly [CheckName, FlawCode]>> = {
  size: ["results", "commitment-out-of-turn"],
  precincts: ["results", "bad-commitment"],
  root: ["results", "results-differ"],
  state: ["fold", "state-differs"],
  discrepancies: ["discrepancies", "discrepancies-differ"],
};

/** Two persons where two are needed is a check of its own. */
const OF_PERSONS: readonly FlawCode[] = ["same-person", "needs-second"];

function admitted(refused: Refusal | null): readonly [CheckName, Refusal] | null {
  return refused && [OF_PERSONS.includes(refused.code) ? "persons" : "admission", refused];
}

function named(check: CheckName, refused: Refusal | null): readonly [CheckName, Refusal] | null {
  return refused && [check, refused];
}
