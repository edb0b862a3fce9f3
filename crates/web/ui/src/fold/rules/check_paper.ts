import { finding, type Finding } from "./codes";
import { published } from "./equivalents";
import type { Fraction } from "./fraction";
import type { Reading } from "./reading";

/** V22, V24, V25, V27, and V32 for groups: what else the worksheet or its source says. */
export function paper(reading: Reading, ratio: Fraction | null, groups: number): readonly Finding[] {
  return [
    ...wrongDelegates(reading),
    ...wrongThreshold(reading),
    ...claims(reading, ratio),
    ...unknownGroups(reading, groups),
  ];
}

function wrongDelegates({ sheet, electing, place }: Reading): readonly Finding[] {
  const said = sheet.worksheetDelegates;
  return said === null || said === electing ? [] : [finding(place.kind === "Precinct" ? 24 : 27)];
}

function wrongThreshold({ sheet, threshold }: Reading): readonly Finding[] {
  const said = sheet.worksheetThreshold;
  // Where the room elects its delegate there is no threshold, and whatever was written there decided nothing.
  return said === null || threshold === null || said === threshold ? [] : [finding(25)];
}

/** V22. Without awards there is nothing to compare a claim with: V16 asks for them. */
function claims({ sheet, rows }: Reading, ratio: Fraction | null): readonly Finding[] {
  if (ratio === null || sheet.claimed === null || sheet.awards === null) return [];
  const wrong = rows.filter(({ award, claimed }) => claimed !== published(award, ratio));
  return wrong.map(({ group }) => finding(22, group));
}

function unknownGroups({ rows }: Reading, groups: number): readonly Finding[] {
  const named = rows.slice(groups);
  const unknown = named.filter((row) => row.first > 0 || row.last > 0 || row.award > 0 || row.claimed > 0n);
  return unknown.map(({ group }) => finding(32, group));
}
