import type { Night } from "./night";

/** Where the figures of a moment stand: the night that has them, and the step of it. */
export interface Spot {
  readonly night: Night;
  readonly step: number;
  /** The log's size at that step. It is less than was asked for where steps hold several entries. */
  readonly size: number;
}

/** A part of the log: the entries after the first `from`, up to `until`. */
export interface Part {
  readonly from: number;
  readonly until: number;
}

/** How many entries on either side of a moment are read one by one, and how many of them a reader may have left. */
const AROUND = 1_000;
const LEFT = 250;

/** Stretches that are kept: about two megabytes each. */
const MOST_STRETCHES = 8;

/**
 * Every moment of a night. Of a long one the whole is known in coarse steps, and entry by entry where somebody rested: so
 * any single entry can be come to, and nobody waits for a million of them.
 */
export class Moments {
  private stretches: readonly Night[] = [];

  constructor(readonly whole: Night) {}

  /** The size of the whole log. */
  get last(): number {
    return this.whole.last;
  }

  /** Takes a stretch of the night of which every entry is a step. */
  refine(stretch: Night): void {
    this.stretches = [...this.stretches.slice(1 - MOST_STRETCHES), stretch];
  }

  /** What stands when the log has `size` entries, or as near before that as is known. */
  spot(size: number): Spot {
    const night = this.stretch(size) ?? this.whole;
    const step = night.stepOfSize(size);
    return { night, step, size: night.size(step) };
  }

  /** The latest stretch that was read entry by entry with this moment in it. */
  stretch(size: number): Night | undefined {
    return this.stretches.findLast(({ first, last }) => first <= size && size <= last);
  }

  /** The next moment that is known. */
  after(size: number): number {
    return this.nights().reduce((next, night) => Math.min(next, night.after(size) ?? next), this.last);
  }

  /** The moment before that is known. */
  before(size: number): number {
    return this.nights().reduce((before, night) => Math.max(before, night.before(size) ?? before), this.whole.first);
  }

  /** How many entries lie between the moments that are known around one. */
  together(size: number): number {
    const known = this.spot(size).size;
    return Math.max(1, this.after(known) - known, known - this.before(known));
  }

  /** The part that is to be read one by one, so that somebody at a moment can go on from there by single entries. */
  lacks(size: number): Part | null {
    const part = (reach: number) => ({ from: Math.max(0, size - reach), until: Math.min(this.last, size + reach) });
    const near = part(LEFT);
    const known = this.nights().some((night) => night.isEntryByEntry(near.from, near.until));
    return known ? null : part(AROUND);
  }

  private nights(): readonly Night[] {
    return [this.whole, ...this.stretches];
  }
}
