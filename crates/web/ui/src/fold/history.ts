import type { Correction, Report, Sheet } from "../log/events";
import type { Author } from "./people";

/** One report or correction of a precinct. */
export interface Version {
  /** Its entry. */
  readonly entry: number;
  readonly receivedAt: number;
  /** The key that signed it, as it was enrolled. */
  readonly author: Author;
  /** The bytes that were signed. */
  readonly signed: Uint8Array;
  readonly report: Report;
  /** What it says beyond its figures where it corrects the record; `null` for another source. */
  readonly correction: Correction | null;
}

/** The figures that a version gives. */
export function sheetOf(version: Version): Sheet {
  return version.report.sheet;
}

/** Every version of a precinct, in the order of the log. Nothing is ever taken away. */
export class History {
  readonly versions: Version[] = [];
  /** Versions that count no longer, each with the resolution that set it aside. */
  private readonly aside = new Map<number, number>();

  version(entry: number): Version | null {
    return this.versions.find((version) => version.entry === entry) ?? null;
  }

  setAside(version: number, by: number): void {
    this.aside.set(version, by);
  }

  /** The resolution that set a version aside. */
  setAsideBy(version: number): number | null {
    return this.aside.get(version) ?? null;
  }

  /** The versions that nobody set aside, in the order of the log. */
  standing(): readonly Version[] {
    return this.aside.size === 0 ? this.versions : this.versions.filter(({ entry }) => !this.aside.has(entry));
  }

  /** The record: the latest version that nobody set aside. */
  record(): Version | null {
    return this.versions.findLast(({ entry }) => !this.aside.has(entry)) ?? null;
  }

  /** The entry since which the record is the record: its own, or the one that set a later version aside. */
  since(): number | null {
    const record = this.record()?.entry;
    if (record === undefined) return null;
    const later = [...this.aside].filter(([version]) => version > record);
    return Math.max(record, ...later.map(([, by]) => by));
  }
}

/**
 * Of standing versions, those that stand beside each other: the latest correction and what came after it, the latest of
 * each key, latest first.
 */
export function sources(standing: readonly Version[]): readonly Version[] {
  const found: Version[] = [];
  for (const version of [...standing].reverse()) {
    if (found.every(({ author }) => author.id !== version.author.id)) found.push(version);
    if (version.correction !== null) break;
  }
  return found;
}
