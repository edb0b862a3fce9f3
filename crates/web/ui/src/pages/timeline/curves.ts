import type { AlignedData } from "uplot";
import type { Measure, Night } from "../../timeline/night";

/** Along what a curve runs: the entries of the log, or the time at which they were received. */
export type Axis = "entries" | "time";

/** A screen shows no more points beside each other than this. */
const MOST_POINTS = 2_000;

/** The steps that are drawn: all, or evenly chosen ones with the first and the last. */
function drawn(low: number, high: number): number[] {
  const steps = high - low + 1;
  if (steps <= MOST_POINTS) return Array.from({ length: Math.max(0, steps) }, (_, at) => low + at);
  return Array.from({ length: MOST_POINTS }, (_, at) => low + Math.round((at * (steps - 1)) / (MOST_POINTS - 1)));
}

/** The groups that have anything at some moment, in roster order: the others have no curve. */
export function groupsWithCurve(night: Night, measure: Measure): number[] {
  const steps = drawn(0, night.length - 1);
  return Array.from({ length: night.groups }, (_, group) => group).filter((group) =>
    steps.some((step) => night.total(step, measure, group) > 0),
  );
}

/** Along the axis, then a curve for each of the groups. Equivalents are drawn whole: a picture needs no exact fraction. */
export function curves(
  night: Night,
  measure: Measure,
  axis: Axis,
  low: number,
  groups: readonly number[],
): AlignedData {
  const steps = drawn(low, night.length - 1);
  const scale = measure === "sde" ? 10_000 : 1;
  const along = steps.map((step) => (axis === "entries" ? night.size(step) : night.timeMs(step) / 1000));
  return [along, ...groups.map((group) => steps.map((step) => night.total(step, measure, group) / scale))];
}
