import type { ByGroup } from "../../log/events";

/** A list of figures that may be absent as a whole. */
export type Figures = ByGroup<number> | null;

/** The figure of a group, or 0 where none stands. */
export function figureOf(figures: Figures, group: number): number {
  return figures?.find(([id]) => id === group)?.[1] ?? 0;
}

/** The sum over all groups. 65,535 groups of the most people that a report can give stay far below 2^53. */
export function total(figures: Figures): number {
  return figures?.reduce((sum, [, figure]) => sum + figure, 0) ?? 0;
}

/** Whether no group has a figure other than 0. */
export function isZero(figures: ByGroup<number>): boolean {
  return figures.every(([, figure]) => figure === 0);
}

/** The same figures without the zeros, so that two lists which say the same of every group become equal. */
export function withoutZeros(figures: Figures): ByGroup<number> {
  return figures?.filter(([, figure]) => figure !== 0) ?? [];
}

/** Whether both lists say the same of every group, whether or not a zero was written down. */
export function agree(one: Figures, other: Figures): boolean {
  const here = withoutZeros(one);
  const there = withoutZeros(other);
  return (
    here.length === there.length &&
    here.every(([group, figure], at) => there[at]?.[0] === group && there[at][1] === figure)
  );
}
