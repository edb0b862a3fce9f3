import type { ByGroup } from "../../log/events";
import { permits, type Apportionment } from "./apportion";
import { isZero } from "./by_group";
import { finding, type Finding } from "./codes";
import { nobodyIsViable, viable, type Reading, type Row } from "./reading";

/** V06 to V14, V18 and V23: the delegates that a room awarded. */
export function awards(reading: Reading): readonly Finding[] {
  const { threshold, outcome, sheet } = reading;
  if (threshold === null) return oneDelegate(reading);
  if (outcome === null) return sum(reading);
  const found = [...sum(reading), ...viableGroups(reading, threshold)];
  if (sheet.awards === null || isZero(sheet.awards)) return found;
  return [
    ...found,
    ...eachGroup(reading, threshold),
    ...(isInverted(reading.rows) ? [finding(12)] : []),
    ...againstTheRules(outcome, sheet.awards),
  ];
}

/** V14. Rule: 2.2. */
function oneDelegate({ rows, awarded }: Reading): readonly Finding[] {
  if (rows.length === 0) return [];
  const largest = Math.max(...rows.map(({ last }) => last));
  const winner = awarded === 1 ? rows.find(({ award }) => award > 0) : undefined;
  const isPlain = winner !== undefined && winner.last === largest && winner.last > 0;
  return isPlain ? [] : [finding(14)];
}

/** V09, and V10 where nothing else explains the shortage. */
function sum(reading: Reading): readonly Finding[] {
  const { awarded, electing, first, last } = reading;
  if (awarded === null) return [];
  if (awarded > electing) return [finding(9)];
  const isExplained = first === null || last === null || nobodyIsViable(reading);
  return awarded < electing && !isExplained ? [finding(10)] : [];
}

/** V08 and V23. */
function viableGroups(reading: Reading, threshold: number): readonly Finding[] {
  if (nobodyIsViable(reading)) return reading.rows.length === 0 ? [] : [finding(23)];
  return viable(reading, threshold, ({ last }) => last) > reading.electing ? [finding(8)] : [];
}

/** V06, V07 and V18. */
function eachGroup(reading: Reading, threshold: number): readonly Finding[] {
  const allHaveOne = viable(reading, threshold, ({ last }) => last) <= reading.electing;
  return reading.rows.flatMap(({ group, last, award }) => [
    ...(award > 0 && last < threshold ? [finding(6, group)] : []),
    ...(award > 0 && last === 0 ? [finding(18, group)] : []),
    ...(award === 0 && last >= threshold && allHaveOne ? [finding(7, group)] : []),
  ]);
}

/** V12: some group has fewer delegates than a smaller one. */
function isInverted(rows: readonly Row[]): boolean {
  const present = rows.filter(({ last, award }) => last > 0 || award > 0);
  return present.some((one) => present.some((other) => one.last > other.last && one.award < other.award));
}

/** V11 and V13. */
function againstTheRules(outcome: Apportionment, awards: ByGroup<number>): readonly Finding[] {
  if (!permits(outcome, awards)) return [finding(11)];
  return outcome.kind === "Chance" ? [finding(13)] : [];
}
