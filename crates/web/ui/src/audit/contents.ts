import { Fold, type Mismatch } from "../fold";
import type { Contest, DecodedEntry, Release } from "../log/events";
import { Withheld } from "../log/bundle";
import type { FlawCode } from "../log/flaw";
import { Admission, restsOnTheWithheld } from "./admit";
import type { Excused } from "./admit/release";
import type { CheckName, Findings } from "./checks";
import { breathe } from "./lanes";
import { needsTwo, ofRelease } from "./persons";
import type { Roots } from "./roots";
import type { Decoded } from "./signatures";
import type { Turns } from "./turns";

/** How many entries are folded before others have their turn. */
const STRIDE = 200;

/** Folds every entry, and compares what the log claimed with what its entries give. */
export class Contents {
  readonly fold = new Fold();
  /** The entries that were taken in part on the word of what is withheld. */
  readonly onTrust: number[] = [];
  /** What releases let out on the word of what is withheld. */
  private readonly excused: (Excused & { readonly release: number })[] = [];
  private readonly admission: Admission;
  private readonly seen = { roots: 0, states: 0, releases: 0, pairs: 0 };

  constructor(
    private readonly contest: Contest,
    private readonly findings: Findings,
    private readonly withheld: number,
    private readonly turns: Turns | null = null,
    roots: Roots | null = null,
  ) {
    this.admission = new Admission(this.fold, roots);
  }

  /**
   * Reads entries; stops at the first that the log could not have taken, and says whether it came to the end. Where these are
   * not all, nothing is said but what is wrong with them.
   */
  async read(entries: readonly Decoded[], isAll = true): Promise<boolean> {
    for (const [place, entry] of entries.entries()) {
      if (place % STRIDE === 0) {
        this.findings.running("fold", place, entries.length);
        await breathe();
      }
      if (!(entry instanceof Withheld ? this.withhold() : this.take(entry))) return false;
    }
    if (!isAll || this.isKeptBack() || this.isExcusedInVain()) return false;
    this.conclude(entries.length - this.withheld);
    return true;
  }

  /** Goes past an entry that is withheld, where the contest withholds anything. */
  private withhold(): boolean {
    if (!this.fold.state.withholds()) {
      this.keptBack(this.fold.state.size);
      return false;
    }
    this.fold.withhold();
    return true;
  }

  /** Whether something was withheld that everybody may read by now. */
  private isKeptBack(): boolean {
    const entry = this.fold.state.wronglyWithheld();
    if (entry === null) return false;
    this.keptBack(entry);
    return true;
  }

  private trust(entry: number, excused: readonly Excused[] | null): void {
    if (excused === null) return;
    this.onTrust.push(entry);
    this.excused.push(...excused.map((each) => ({ ...each, release: entry })));
  }

  /** Whether a release is excused by a decision that would be public by now. */
  private isExcusedInVain(): boolean {
    const { state } = this.fold;
    const found = this.excused.find(({ release, positions }) => state.listedSince(positions) >= release);
    if (found === undefined) return false;
    this.findings.fail("releases", { code: "unreleasable", entry: found.release, about: `${found.listed}` });
    return true;
  }

  private keptBack(entry: number): void {
    this.findings.fail("tree", { code: "kept-back", entry, about: `${this.withheld}` });
  }

  private take(entry: DecodedEntry): boolean {
    const refused = this.admission.refuses(entry);
    if (refused !== null) {
      this.findings.fail(checkOf(refused.code), { ...refused, entry: entry.index });
      return false;
    }
    const { event } = entry.body;
    this.trust(entry.index, restsOnTheWithheld(this.fold, this.contest, event));
    if (event.kind === "ResultsCommitted") {
      this.seen.roots += 1;
      this.seen.states += event.value.audit === null ? 0 : 1;
      for (const mismatch of this.fold.compare(event.value)) this.mismatch(entry.index, mismatch);
    }
    this.fold.apply(entry);
    this.admission.take(entry);
    if (event.kind === "Released") this.release(entry, event.value);
    this.turns?.follow(this.fold, event);
    return true;
  }

  private release({ index, author }: DecodedEntry, release: Release): void {
    this.seen.releases += 1;
    this.seen.pairs += needsTwo(this.contest) ? 1 : 0;
    for (const refused of ofRelease(this.fold.state, this.contest, author, release))
      this.findings.fail("persons", { ...refused, entry: index });
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

/** Who, when and what is released are checks of their own, and so are two persons where two are needed; the rest is admission. */
const CHECKS_OF: Partial<Record<FlawCode, CheckName>> = {
  "clock-back": "time",
  "unknown-key": "authority",
  "revoked-key": "authority",
  "wrong-role": "authority",
  "out-of-scope": "authority",
  "not-a-chairs": "authority",
  "release-name-taken": "releases",
  "not-a-report": "releases",
  "precinct-twice": "releases",
  unreleasable: "releases",
  "commitment-out-of-turn": "results",
  "bad-commitment": "results",
  "same-person": "persons",
  "own-entry": "persons",
  "needs-second": "persons",
};

/** The check that an entry fails that the log could not have taken. */
function checkOf(code: FlawCode): CheckName {
  return CHECKS_OF[code] ?? "admission";
}
