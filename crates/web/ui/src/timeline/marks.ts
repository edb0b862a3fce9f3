import type { Mark } from "./night";

/** The size of the log at which a mark is its last entry. */
export const momentOf = (mark: Mark): number => mark.entry + 1;

export const isRelease = (mark: Mark): boolean => mark.kind === "release";
export const isCorrection = (mark: Mark): boolean => mark.kind.includes("correction");

/** How many of the marks, which stand in the order of the log, come at a moment or before it. */
function upTo(marks: readonly Mark[], size: number): number {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const mark = marks[middle];
    if (mark !== undefined && momentOf(mark) <= size) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last mark before a moment. */
export const markBefore = (marks: readonly Mark[], size: number): Mark | undefined => marks[upTo(marks, size - 1) - 1];

/** The first mark after a moment. */
export const markAfter = (marks: readonly Mark[], size: number): Mark | undefined => marks[upTo(marks, size)];

/** At most so many of the marks, those around a moment. */
export function nearest(marks: readonly Mark[], size: number, most: number): readonly Mark[] {
  const from = Math.max(0, Math.min(upTo(marks, size) - (most >> 1), marks.length - most));
  return marks.slice(from, from + most);
}

/** Where marks stand in a thousand places, each place once: more of them nobody can see. */
export function places(marks: readonly Mark[], low: number, last: number): readonly number[] {
  const place = (mark: Mark) => (last > low ? Math.round((1000 * (momentOf(mark) - low)) / (last - low)) : 1000);
  return [...new Set(marks.map(place))];
}

/** The marks of which none stands nearer to the one before than a share of the whole; all, if they are few. */
export function apart(marks: readonly Mark[], low: number, last: number, most: number): readonly Mark[] {
  if (marks.length <= most) return marks;
  let before = -Infinity;
  return marks.filter((mark) => {
    if (momentOf(mark) - before < (last - low) / most) return false;
    before = momentOf(mark);
    return true;
  });
}
