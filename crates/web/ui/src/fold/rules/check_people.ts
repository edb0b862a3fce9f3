import { finding, type Finding } from "./codes";
import { nobodyIsViable, viable, type Reading, type Row } from "./reading";

/** From how many people on a move between rows looks like a slip of the pen, and a group out of nothing is noted. */
const NOTABLE = 5;

/** V16 and V17: result sets that are not there. */
export function missing(reading: Reading): readonly Finding[] {
  const { first, last, awarded } = reading;
  const absent = [first, last, awarded].filter((total) => total === null).length;
  if (reading.room === 0 && absent === 3) return [finding(17)];
  // Where nobody is viable, no award is the lawful one: V23 speaks of it.
  const excused = awarded === null && nobodyIsViable(reading) ? 1 : 0;
  return Array.from({ length: absent - excused }, () => finding(16));
}

/** V01, V02, V03: totals against each other and against the room. */
export function totals({ first, last, sheet, room }: Reading): readonly Finding[] {
  const found: Finding[] = [];
  if (first !== null && last !== null && last > first) found.push(finding(1));
  if (first !== null && last !== null && last < first) {
    // Rule: up to a tenth of the first is only worth knowing.
    const manyLeft = (first - last) * 10 > first;
    found.push(manyLeft ? finding(3) : { ...finding(3), severity: "info" });
  }
  if (sheet.attendance?.counted === true)
    for (const total of [first, last]) if (total !== null && total > room) found.push(finding(2));
  return found;
}

/** V04, V05, V15, V19, V20: what became of each group. */
export function groups(reading: Reading): readonly Finding[] {
  const { first, last, threshold } = reading;
  if (last === null) return [];
  return [
    ...(threshold === null ? [] : stayed(reading, threshold)),
    ...(threshold === null || first === null ? [] : shrank(reading, threshold)),
    ...(first === null ? [] : [...surged(reading), ...shifted(reading)]),
  ];
}

function stayed({ rows }: Reading, threshold: number): readonly Finding[] {
  return rows.filter(({ last }) => last > 0 && last < threshold).map(({ group }) => finding(15, group));
}

function shrank(reading: Reading, threshold: number): readonly Finding[] {
  const isForced = viable(reading, threshold, ({ first }) => first) > reading.electing;
  const smaller = reading.rows.filter(({ first, last }) => first >= threshold && last < first);
  return smaller.map(({ group }) => finding(isForced ? 5 : 4, group));
}

const hasSurged = ({ first, last }: Row): boolean => first === 0 && last >= NOTABLE;
const hasEmptied = ({ first, last }: Row): boolean => first >= NOTABLE && last === 0;

function surged({ rows }: Reading): readonly Finding[] {
  return rows.filter(hasSurged).map(({ group }) => finding(20, group));
}

function shifted({ rows }: Reading): readonly Finding[] {
  return rows.flatMap((left, at) => {
    const right = rows[at + 1];
    if (right === undefined) return [];
    if (hasEmptied(left) && hasSurged(right)) return [finding(19, left.group)];
    return hasSurged(left) && hasEmptied(right) ? [finding(19, right.group)] : [];
  });
}
