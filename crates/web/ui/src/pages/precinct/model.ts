import type { GroupFigures, Version } from "../../gen/tallylog/v1/results_pb";
import { toHex } from "../../log/hex";

/** What a changed figure counts. */
export type What =
  | "attendance"
  | "first"
  | "final"
  | "awarded"
  | "claimed"
  | "worksheetDelegates"
  | "worksheetThreshold"
  | "games"
  | "files";

/** A figure that is not what it was in the version before. */
export interface Change {
  readonly what: What;
  /** Of which group; null where it is of the whole room. */
  readonly group: string | null;
  /** Null where nothing stood there. */
  readonly old: bigint | null;
  readonly new: bigint | null;
}

/** Where the worksheet says one thing and the rules give another. */
export interface Disagreement {
  readonly what: "threshold" | "delegates" | "awarded";
  readonly group: string | null;
  readonly worksheet: number;
  readonly rules: number;
}

/** The sums of a version's columns; null where no group has a figure. */
export interface Sums {
  readonly first: number | null;
  readonly final: number | null;
  readonly awarded: number | null;
  readonly lawful: number | null;
  readonly sde: bigint;
  readonly claimed: bigint | null;
}

/** The version that counts: the last that was not set aside. Null where there is none. */
export function recordOf(versions: readonly Version[]): Version | null {
  return versions.findLast((version) => version.setAsideBy === undefined) ?? null;
}

/** What a version is compared with: the one it replaced, or the last of these that stood when it came. */
export function before(versions: readonly Version[], version: Version): Version | null {
  const earlier = versions.filter((each) => each.entry < version.entry);
  const replaced = earlier.find((each) => each.entry === version.correction?.replaces);
  const stood = earlier.findLast((each) => each.setAsideBy === undefined || each.setAsideBy > version.entry);
  return replaced ?? stood ?? null;
}

/** A version among all of its precinct. */
export interface Placed {
  readonly version: Version;
  /** Null where there are versions before it and after it that the page does not have. */
  readonly number: number | null;
  /** What it is compared with; null where there is nothing, or where that is not known. */
  readonly before: Version | null;
}

/**
 * Where versions stand among `count` of them. All from the entry `earlier` on are here; of those before it, the record at
 * most, which says neither what its own number is nor what stood when a later one came.
 */
export function placed(versions: readonly Version[], earlier: bigint | null, count: number): readonly Placed[] {
  const inTurn = versions.filter(({ entry }) => earlier === null || entry >= earlier);
  return versions.map((version) => {
    const at = inTurn.indexOf(version);
    if (at < 0) return { version, number: null, before: null };
    const replaced = versions.find(({ entry }) => entry === version.correction?.replaces);
    return { version, number: count - inTurn.length + at + 1, before: replaced ?? before(inTurn, version) };
  });
}

/** The groups that have any figure. The others have nothing but zeros. */
export function withFigures(version: Version): readonly GroupFigures[] {
  return version.groups.filter((group) => {
    const figures = [group.firstAlignment, group.finalAlignment, group.awarded, group.lawful];
    return figures.some((figure) => (figure ?? 0) > 0) || (group.sdeClaimedTenThousandths ?? 0n) > 0n;
  });
}

/** The sums of a version's columns. */
export function sums(version: Version): Sums {
  return {
    first: sum(version.groups.map((group) => group.firstAlignment)),
    final: sum(version.groups.map((group) => group.finalAlignment)),
    awarded: sum(version.groups.map((group) => group.awarded)),
    lawful: sum(version.groups.map((group) => group.lawful)),
    sde: version.groups.reduce((total, group) => total + group.sdeTenThousandths, 0n),
    claimed: wideSum(version.groups.map((group) => group.sdeClaimedTenThousandths)),
  };
}

/** What changed from one version of a precinct to the next, in the order of a worksheet. */
export function changes(before: Version, after: Version): readonly Change[] {
  const room: readonly Change[] = [
    change("attendance", null, before.attendance, after.attendance),
    change("worksheetDelegates", null, before.worksheetDelegates, after.worksheetDelegates),
    change("worksheetThreshold", null, before.worksheetThreshold, after.worksheetThreshold),
  ];
  const groups = after.groups.flatMap((now, at) => {
    const was = before.groups[at];
    return [
      change("first", now.name, was?.firstAlignment, now.firstAlignment),
      change("final", now.name, was?.finalAlignment, now.finalAlignment),
      change("awarded", now.name, was?.awarded, now.awarded),
      change("claimed", now.name, was?.sdeClaimedTenThousandths, now.sdeClaimedTenThousandths),
    ];
  });
  const lists: readonly Change[] = [
    change("games", null, before.games.length, after.games.length),
    change("files", null, before.files.length, after.files.length),
  ];
  return [...room, ...groups, ...lists].filter((each) => each.old !== each.new);
}

/** Where the worksheet and the rules differ. `electing` is the number of delegates by the roster; null at a satellite site. */
export function disagreements(version: Version, electing: number | null): readonly Disagreement[] {
  const found: Disagreement[] = [];
  const compare = (what: Disagreement["what"], group: string | null, worksheet?: number, rules?: number | null) => {
    if (worksheet !== undefined && rules !== undefined && rules !== null && worksheet !== rules) {
      found.push({ what, group, worksheet, rules });
    }
  };
  compare("delegates", null, version.worksheetDelegates, electing);
  compare("threshold", null, version.worksheetThreshold, version.threshold);
  for (const group of version.groups) compare("awarded", group.name, group.awarded, group.lawful);
  return found;
}

/** The first half of a key or hash, in groups of four digits, as it is read out or stands on paper. */
export function fingerprint(bytes: Uint8Array, length = 16): string {
  return toHex(bytes.subarray(0, length)).replace(/(.{4})(?=.)/g, "$1 ");
}

function change(
  what: What,
  group: string | null,
  old: number | bigint | undefined,
  now: number | bigint | undefined,
): Change {
  return { what, group, old: old === undefined ? null : BigInt(old), new: now === undefined ? null : BigInt(now) };
}

function sum(figures: readonly (number | undefined)[]): number | null {
  const given = figures.filter((figure) => figure !== undefined);
  return given.length === 0 ? null : given.reduce((total, figure) => total + figure, 0);
}

function wideSum(figures: readonly (bigint | undefined)[]): bigint | null {
  const given = figures.filter((figure) => figure !== undefined);
  return given.length === 0 ? null : given.reduce((total, figure) => total + figure, 0n);
}
