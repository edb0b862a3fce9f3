import type { GroupFigures, Version } from "../../gen/tallylog/v1/results_pb";
import { equalBytes } from "../../log/bytes";
import { room } from "../../fold/rules/place";
import type { Tally } from "../../log/events";
import { reportOf as reported } from "../../proof/precinct";
import type { Proven } from "./prove";

/** What the page shows of an entry, beside what was proven of it. */
export type Shown =
  /** The page shows no version of the entry, or nothing is counted: nothing could be compared. */
  | "nothing"
  /** People and delegates of every group, the room and the signer are those of the proof. */
  | "same"
  /** So are they, and the equivalents are others: the pool or the roster changed since, or they are wrong. */
  | "other-equivalents"
  /** The page shows other figures, or another signer, than were proven. */
  | "other";

/** Compares the version that the page shows of the proven entry with the proof: a proof of other figures proves nothing of these. */
export function shownOf({ figures: { report, results } }: Proven, versions: readonly Version[]): Shown {
  const { tally } = results.leaf;
  const version = versions.find(({ entry }) => report !== null && entry === BigInt(report.index));
  if (report === null || tally === null || version === undefined) return "nothing";
  if (!equalBytes(version.key, report.author) || !areGroups(version.groups, results.groups, tally)) return "other";
  const sheet = reported(report.body.event)?.sheet;
  if (sheet === undefined || sheet.attendance?.people !== version.attendance || room(sheet) !== version.room)
    return "other";
  const equivalents = version.groups.every((group, at) => group.sdeTenThousandths === tally.groups[at]?.equivalents);
  return equivalents ? "same" : "other-equivalents";
}

/** Names too: figures under another name are other figures. */
function areGroups(shown: readonly GroupFigures[], names: readonly string[], { groups }: Tally): boolean {
  const isSame = (one: number | undefined, other: bigint): boolean => BigInt(one ?? 0) === other;
  return (
    shown.length === groups.length &&
    groups.every((line, at) => {
      const group = shown[at];
      return (
        group?.name === names[at] &&
        isSame(group?.firstAlignment, line.firstAlignment) &&
        isSame(group?.finalAlignment, line.finalAlignment) &&
        isSame(group?.awarded, line.delegates)
      );
    })
  );
}
