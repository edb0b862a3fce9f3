import type { CountyFigures, TimelineMark, TimelineStep } from "../gen/tallylog/v1/results_pb";
import { Column } from "./column";

/** What a curve or a map can be drawn of. */
export type Measure = "first" | "final" | "delegates" | "sde";

/** Precincts that stand somewhere: with a report, in the latest release, with a correction as their record. */
export interface Standing {
  readonly reported: number;
  readonly released: number;
  readonly corrected: number;
}

/** Something that a reader looks for by name: a release, a correction, a pause. */
export interface Mark {
  readonly entry: number;
  readonly timeMs: number;
  readonly kind: string;
  readonly name: string;
  readonly county: string;
  readonly precinct: string;
}

const MEASURES: readonly Measure[] = ["first", "final", "delegates", "sde"];
const STANDINGS = 3;

/**
 * A night as a row of steps, and what stood after each of them.
 *
 * A step holds only the counties that it changes, so a county is a row of its own versions with the step of each: what
 * stood at a step is found by halving, and nothing is folded again while somebody scrubs. The sums over the state are
 * kept for every step, since the curves need them all.
 *
 * Figures are whole numbers, equivalents in ten-thousandths: a `number` holds them exactly.
 */
export class Night {
  readonly marks: Mark[] = [];
  private readonly sizes = new Column();
  private readonly times = new Column();
  private readonly releases: string[] = [];
  private readonly state = new Column();
  private readonly steps: Column[];
  private readonly figures: Column[];
  private readonly width: number;

  constructor(
    readonly counties: number,
    readonly groups: number,
  ) {
    this.width = STANDINGS + groups * MEASURES.length;
    this.steps = Array.from({ length: counties }, () => new Column(16));
    this.figures = Array.from({ length: counties }, () => new Column(16 * this.width));
  }

  /** How many steps there are. */
  get length(): number {
    return this.sizes.length;
  }

  /** Takes the next step. */
  take(step: TimelineStep): void {
    const at = this.length;
    const sums = this.row(this.state, at - 1);
    for (const county of step.counties) this.change(county, at, sums);
    for (const sum of sums) this.state.push(sum);
    this.sizes.push(Number(step.size));
    this.times.push(Number(step.timeMs));
    this.releases.push(step.release);
    for (const mark of step.marks) this.marks.push(markOf(mark));
  }

  /** The sizes of the log with which the steps begin and end. */
  get first(): number {
    return this.size(0);
  }
  get last(): number {
    return this.size(this.length - 1);
  }

  /** The last size with which a step ends before another, and the first after it, where there are. */
  before(size: number): number | undefined {
    const steps = this.sizes.upTo(size - 1);
    return steps > 0 ? this.size(steps - 1) : undefined;
  }
  after(size: number): number | undefined {
    const steps = this.sizes.upTo(size);
    return steps < this.length ? this.size(steps) : undefined;
  }

  /** Whether each of the entries between two sizes is a step of its own. */
  isEntryByEntry(from: number, until: number): boolean {
    return from >= this.first && until <= this.last && this.sizes.upTo(until) - this.sizes.upTo(from) === until - from;
  }

  /** The first step at which something is reported: what comes before is preparation. */
  opening(): number {
    let [from, until] = [0, Math.max(0, this.length - 1)];
    while (from < until) {
      const middle = (from + until) >> 1;
      if (this.standing(middle).reported > 0) until = middle;
      else from = middle + 1;
    }
    return from;
  }

  /** The log's size after a step. */
  size(step: number): number {
    return this.sizes.at(step);
  }

  /** When the last entry of a step was received. */
  timeMs(step: number): number {
    return this.times.at(step);
  }

  /** The latest release after a step; empty where there is none. */
  release(step: number): string {
    return this.releases[step] ?? "";
  }

  /** The step after which the log has its first `size` entries, or the nearest before. */
  stepOfSize(size: number): number {
    return this.within(this.sizes.upTo(size) - 1);
  }

  /** The last step that was received by a time. */
  stepOfTime(timeMs: number): number {
    return this.within(this.times.upTo(timeMs) - 1);
  }

  /** A group's figure over the whole state after a step. */
  total(step: number, measure: Measure, group: number): number {
    return this.state.at(step * this.width + this.column(measure, group));
  }

  /** How many precincts of the state stand where after a step. */
  standing(step: number): Standing {
    return this.standingAt(this.state, step);
  }

  /** A group's figure in a county or pool after a step. */
  inCounty(step: number, county: number, measure: Measure, group: number): number {
    const version = this.version(step, county);
    return version < 0 ? 0 : (this.figures[county]?.at(version * this.width + this.column(measure, group)) ?? 0);
  }

  /** How many precincts of a county or pool stand where after a step. */
  standingIn(step: number, county: number): Standing {
    const figures = this.figures[county];
    const version = this.version(step, county);
    return figures && version >= 0 ? this.standingAt(figures, version) : { reported: 0, released: 0, corrected: 0 };
  }

  /** Which version of a county's figures stands after a step: another number, and only then other figures. */
  version(step: number, county: number): number {
    return (this.steps[county]?.upTo(step) ?? 0) - 1;
  }

  private change(county: CountyFigures, at: number, sums: number[]): void {
    const [steps, figures] = [this.steps[county.county], this.figures[county.county]];
    if (!steps || !figures) return;
    const before = this.row(figures, steps.length - 1);
    steps.push(at);
    for (const [place, now] of this.inOrder(county).entries()) {
      figures.push(now);
      sums[place] = (sums[place] ?? 0) + now - (before[place] ?? 0);
    }
  }

  /** As many numbers as a row has, whatever came: a list that is too short is filled with zeros. */
  private inOrder(county: CountyFigures): number[] {
    const lists = [county.firstAlignment, county.finalAlignment, county.delegates, county.sdeTenThousandths];
    const groups = Array.from({ length: this.groups }, (_, group) => group);
    const figures = lists.flatMap((list) => groups.map((group) => Number(list[group] ?? 0n)));
    return [county.reported ?? county.released, county.released, county.corrected, ...figures];
  }

  private row(column: Column, row: number): number[] {
    return Array.from({ length: this.width }, (_, place) => (row < 0 ? 0 : column.at(row * this.width + place)));
  }

  private column(measure: Measure, group: number): number {
    return STANDINGS + MEASURES.indexOf(measure) * this.groups + group;
  }

  private standingAt(column: Column, row: number): Standing {
    const from = row * this.width;
    return { reported: column.at(from), released: column.at(from + 1), corrected: column.at(from + 2) };
  }

  private within(step: number): number {
    return Math.max(0, Math.min(step, this.length - 1));
  }
}

function markOf(mark: TimelineMark): Mark {
  const { kind, name, county, precinct } = mark;
  return { entry: Number(mark.entry), timeMs: Number(mark.timeMs), kind, name, county, precinct };
}
