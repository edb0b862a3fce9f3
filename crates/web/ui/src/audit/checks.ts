import type { FlawCode } from "../log/flaw";

/**
 * The checks of an audit. Numbers and names are those of `tallylog verify` (`docs/PROOFS.md`, "The checks"); the two with
 * letters are made by the pages alone: against what this browser remembers, and what the server answers.
 */
export const CHECKS = [
  { name: "format", number: "1" },
  { name: "policy", number: "2" },
  { name: "tree", number: "3" },
  { name: "checkpoints", number: "4" },
  { name: "witnesses", number: "5" },
  { name: "chain", number: "6" },
  { name: "time", number: "7" },
  { name: "signatures", number: "8" },
  { name: "authority", number: "9" },
  { name: "admission", number: "10" },
  { name: "fold", number: "11" },
  { name: "releases", number: "12" },
  { name: "results", number: "13" },
  { name: "discrepancies", number: "14" },
  { name: "persons", number: "15" },
  { name: "visit", number: "A" },
  { name: "answers", number: "B" },
] as const;

export type CheckName = (typeof CHECKS)[number]["name"];

/** The cheap checks: where one of them fails, nothing is said of what the entries mean. */
const CHEAP: readonly CheckName[] = ["format", "policy", "tree", "checkpoints", "witnesses", "chain", "time"];

/** Something that is wrong: which entry, where it is one, and what was claimed and found. */
export interface Finding {
  readonly code: FlawCode;
  readonly entry: number | null;
  /** Which name, size or place it is about, in no language. */
  readonly about: string;
  readonly claimed?: string;
  readonly found?: string;
}

/** What became of a check. */
export type Verdict =
  | { readonly kind: "waiting" }
  | { readonly kind: "running"; readonly done: number; readonly of: number }
  | { readonly kind: "passed"; readonly counted: number }
  /** Passed for what is shown; the contents of the rest are kept back until their release. */
  | { readonly kind: "withheld"; readonly counted: number; readonly entries: number }
  | { readonly kind: "failed"; readonly findings: readonly Finding[]; readonly more: number }
  /** Nobody can say: what was needed was not to be had, or this program cannot read it. Nothing is found against the log. */
  | { readonly kind: "unknown"; readonly findings: readonly Finding[]; readonly more: number }
  /** The night has nothing of the kind to compare: the check holds of nothing, and says nothing. */
  | { readonly kind: "nothing-there" }
  /** What it would be compared with is kept back until a release. */
  | { readonly kind: "kept-back" }
  /** Nobody can say, since an earlier check failed. */
  | { readonly kind: "not-run" };

export type Verdicts = Readonly<Record<CheckName, Verdict>>;

const MOST_FINDINGS = 20;

/** What says nothing against a log: a server that is silent, a number, a kind of event or a version of the log or the file that this program does not read, another file. */
const UNTOLD: readonly FlawCode[] = [
  "unreachable",
  "too-large",
  "unknown-kind",
  "unknown-fold",
  "night-version",
  "not-a-bundle",
];

/** Collects what checks find, and tells of each change. */
export class Findings {
  private readonly verdicts: Record<CheckName, Verdict>;

  constructor(private readonly tell: (check: CheckName, verdict: Verdict) => void) {
    this.verdicts = Object.fromEntries(CHECKS.map(({ name }) => [name, { kind: "waiting" }])) as Record<
      CheckName,
      Verdict
    >;
  }

  of(check: CheckName): Verdict {
    return this.verdicts[check];
  }

  all(): Verdicts {
    return { ...this.verdicts };
  }

  running(check: CheckName, done: number, of: number): void {
    if (!this.hasFindings(check)) this.set(check, { kind: "running", done, of });
  }

  fail(check: CheckName, finding: Finding): void {
    const before = this.of(check);
    const { findings, more } = "findings" in before ? before : { findings: [], more: 0 };
    const isFull = findings.length >= MOST_FINDINGS;
    const all = isFull ? findings : [...findings, finding];
    const isUntold = before.kind !== "failed" && [...all, finding].every(({ code }) => UNTOLD.includes(code));
    this.set(check, { kind: isUntold ? "unknown" : "failed", findings: all, more: isFull ? more + 1 : more });
  }

  /** Says that nothing was found. What was found before stays. */
  pass(check: CheckName, counted: number, withheld = 0): void {
    if (this.hasFindings(check)) return;
    this.set(check, withheld > 0 ? { kind: "withheld", counted, entries: withheld } : { kind: "passed", counted });
  }

  /** Says that nothing was found in so many things. Of nothing at all, nothing holds. */
  compared(check: CheckName, counted: number, withheld = 0): void {
    if (counted === 0) this.setAside(check, "nothing-there");
    else this.pass(check, counted, withheld);
  }

  setAside(check: CheckName, kind: "nothing-there" | "kept-back" | "not-run"): void {
    if (!this.hasFindings(check)) this.set(check, { kind });
  }

  /** What nobody came to is not run. */
  end(): Verdicts {
    for (const { name } of CHECKS)
      if (["waiting", "running"].includes(this.of(name).kind)) this.setAside(name, "not-run");
    return this.all();
  }

  /** Whether no cheap check found anything, so that the dear ones are worth their while. */
  isSound(): boolean {
    return CHEAP.every((check) => ["passed", "withheld", "nothing-there"].includes(this.of(check).kind));
  }

  private hasFindings(check: CheckName): boolean {
    return "findings" in this.of(check);
  }

  private set(check: CheckName, verdict: Verdict): void {
    this.verdicts[check] = verdict;
    this.tell(check, verdict);
  }
}

/** Whether nothing at all is wrong, and everything was looked at. */
export function isVerified(verdicts: Verdicts): boolean {
  return CHECKS.every(({ name }) => ["passed", "withheld", "kept-back", "nothing-there"].includes(verdicts[name].kind));
}

/** Whether something is wrong, whatever else could not be looked at. */
export function isFailed(verdicts: Verdicts): boolean {
  return CHECKS.some(({ name }) => verdicts[name].kind === "failed");
}
