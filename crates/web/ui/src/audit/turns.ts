import { totals, type BasisName, type Fold } from "../fold";
import type { Event } from "../log/events";
import type { Finding, Findings } from "./checks";
import { countyText, placeName, type SaidStep, type SaidTimeline } from "./said";

/** How many steps that differ are shown of a timeline: what is wrong once is often wrong from then on. */
const MOST_STEPS = 3;

/** Holds the timelines that a server shows beside the fold, step by step, while the entries are read. */
export class Turns {
  private readonly walks: readonly Walk[];

  constructor(timelines: readonly SaidTimeline[], size: number) {
    this.walks = timelines.map((timeline) => new Walk(timeline, size));
  }

  /** Looks at the steps that end where the fold has come to, with this entry as the last. */
  follow(fold: Fold, event: Event): void {
    const touched = touchedBy(fold, event);
    for (const walk of this.walks) walk.follow(fold, touched);
  }

  /** Says what differs, and how many steps were compared. */
  conclude(fold: Fold, findings: Findings): number {
    for (const walk of this.walks) for (const finding of walk.conclude(fold)) findings.fail("answers", finding);
    return this.walks.reduce((sum, { compared }) => sum + compared, 0);
  }
}

/** The counties of which an entry may change the figures. */
function touchedBy({ state: { roster } }: Fold, event: Event): readonly number[] {
  switch (event.kind) {
    case "CountyListed":
      return [event.value.id];
    case "Reported":
      return [event.value.precinct.county];
    case "Entered":
    case "Corrected":
      return [event.value.report.precinct.county];
    case "Released":
      return [...roster.counties().keys()];
    case "Review":
      return event.value.kind === "Resolved" ? [event.value.value.precinct.county] : [];
    case "Case": {
      const outcome = event.value.kind === "Approved" ? event.value.value.outcome : null;
      return outcome?.kind === "Changed" ? [outcome.value.report.precinct.county] : [];
    }
    case "Course": {
      const change = event.value.kind === "RosterAmended" ? event.value.value.change : null;
      return change?.kind === "Apportionment" ? [change.value.county] : [];
    }
    case "ContestOpened":
    case "KeyEnrolled":
    case "KeyRevoked":
    case "ResultsCommitted":
    case "Code":
    case "FilesAdded":
    case "Inquiry":
    case "Paper":
    case "Authority":
      return [];
  }
}

/** One timeline. */
class Walk {
  compared = 0;
  private next = 0;
  private readonly theirs: string[] = [];
  private readonly touched = new Set<number>();
  private readonly found: Finding[] = [];
  private readonly steps: readonly SaidStep[];
  private readonly isWhole: boolean;

  constructor(
    private readonly timeline: SaidTimeline,
    size: number,
  ) {
    // The night goes on meanwhile: what came later is for the next time.
    this.steps = timeline.steps.filter((step) => step.size <= size);
    this.isWhole = timeline.steps.some((step) => step.size >= size);
  }

  follow(fold: Fold, touched: readonly number[]): void {
    for (const county of touched) this.touched.add(county);
    const { size } = fold.state;
    for (let step = this.steps[this.next]; step && step.size <= size; step = this.steps[this.next]) {
      this.next += 1;
      // The first step may be of no entry at all, when there is nothing to compare.
      if (step.size > 0) this.look(fold, step);
    }
  }

  conclude(fold: Fold): readonly Finding[] {
    if (!this.isWhole) this.differs("end", `${this.steps.at(-1)?.size ?? 0}`, `${fold.state.size}`);
    const until = this.steps.at(-1)?.size ?? 0;
    const [theirs, ours] = [this.steps.flatMap(({ marks }) => marks), marks(fold, until)];
    const at = ours.findIndex((mark, at) => mark !== theirs[at]);
    if (at >= 0 || theirs.length > ours.length) this.differs("marks", theirs[Math.max(at, 0)] ?? "", ours[at] ?? "");
    return this.found;
  }

  private look(fold: Fold, step: SaidStep): void {
    this.compared += 1;
    const { state } = fold;
    const name = `${step.size}`;
    if (step.size !== state.size) this.differs(`${name}, order`, name, `${state.size}`);
    if (step.timeMs !== state.lastReceivedAt)
      this.differs(`${name}, time`, `${step.timeMs}`, `${state.lastReceivedAt}`);
    const release = state.releases.at(-1)?.name ?? "";
    if (step.release !== release) this.differs(`${name}, release`, step.release, release);
    for (const { county, text } of step.counties) {
      this.touched.add(county);
      this.theirs[county] = text === NO_FIGURES ? nothing(fold) : text;
    }
    for (const county of this.touched) {
      const [theirs, ours] = [this.theirs[county] ?? nothing(fold), ourText(fold, this.timeline.basis, county)];
      const place = state.roster.county(county)?.name ?? "";
      if (theirs !== ours) this.differs(`${name}, ${placeName(place, "")}`, theirs, ours);
    }
    this.touched.clear();
  }

  private differs(about: string, claimed: string, found: string): void {
    if (this.found.length === MOST_STEPS) return;
    this.found.push({
      code: "totals-differ",
      entry: null,
      about: `${this.timeline.basis} timeline, ${about}`,
      claimed,
      found,
    });
  }
}

/** What is said of a place of which nothing is released, where the rest is withheld. */
const NO_FIGURES = countyText([0, 0, 0], [[], [], [], []]);

function nothing({ state }: Fold): string {
  const zeros = (state.contest?.candidates ?? []).map(() => 0);
  return countyText([0, 0, 0], [zeros, zeros, zeros, zeros]);
}

function ourText(fold: Fold, basis: BasisName, county: number): string {
  const { state } = fold;
  const counted = fold.counted(basis);
  const { lines } = totals(counted, { kind: "County", id: county });
  const positions = state.roster.positions(county);
  const versions = positions.flatMap((position) => counted.version(position) ?? []);
  const listed = state.releases.at(-1)?.listed;
  const released = positions.filter((position) => listed?.has(position) === true);
  const corrected = versions.filter(({ correction }) => correction !== null);
  return countyText(
    [versions.length, released.length, corrected.length],
    [
      lines.map((line) => line.firstAlignment),
      lines.map((line) => line.finalAlignment),
      lines.map((line) => line.delegates),
      lines.map((line) => line.equivalents),
    ],
  );
}

/** Releases and corrections before an entry, in the order of the log. */
function marks({ state }: Fold, until: number): string[] {
  const corrections = state.histories.flatMap((history, position) => {
    const spot = state.roster.at(position);
    const place = placeName(spot?.county.name ?? "", spot?.precinct.name ?? "");
    return history.versions.flatMap(({ entry, correction }) =>
      correction === null ? [] : [{ entry, mark: markText(entry, "correction", place) }],
    );
  });
  const releases = state.releases.map(({ entry, name }) => ({ entry, mark: markText(entry, "release", name) }));
  const all = [...corrections, ...releases].filter(({ entry }) => entry < until);
  return all.sort((one, other) => one.entry - other.entry).map(({ mark }) => mark);
}

export function markText(entry: number, kind: "release" | "correction", about: string): string {
  return `${entry} ${kind} ${about}`;
}
