import type { FilesAdded, ManualEntry, PrecinctId } from "../../log/events";
import type { Form } from "../form";

/** Who is asked to enter a precinct again; nobody in particular after a resolution that asks nobody. */
interface Assignment {
  readonly by: number;
  readonly person: string | null;
}

/** A precinct in one number, in the order of their ids. */
export function precinctKey({ county, number }: PrecinctId): number {
  return county * 0x1_0000 + number;
}

/** Something of each precinct, in the order of their ids. */
export class ByPrecinct<T> {
  private readonly all = new Map<number, T>();

  get(precinct: PrecinctId): T | undefined {
    return this.all.get(precinctKey(precinct));
  }

  set(precinct: PrecinctId, value: T): void {
    this.all.set(precinctKey(precinct), value);
  }

  values(): readonly T[] {
    return [...this.all].sort(([a], [b]) => a - b).map(([, value]) => value);
  }
}

/** The operators' desk: who typed what, who is asked to type again, and the files that came to it. */
export class EntryDesk {
  /** Whoever had typed into an entry before it was handed over. */
  private readonly notes = new Map<number, readonly string[]>();
  private readonly assignments = new ByPrecinct<Assignment>();
  /** The entries that added files. */
  private readonly files = new ByPrecinct<number[]>();

  /** Others who had typed into an entry. */
  typists(entry: number): readonly string[] {
    return this.notes.get(entry) ?? [];
  }

  /** Whether files were added to a precinct after an entry. */
  hasFilesSince(precinct: PrecinctId, entry: number): boolean {
    return this.files.get(precinct)?.some((added) => added > entry) ?? false;
  }

  /** The person who alone may enter a precinct now. */
  assigned(precinct: PrecinctId): string | null {
    return this.assignments.get(precinct)?.person ?? null;
  }

  /** The entry that asks this person alone to enter a precinct; `null` where nobody is asked. */
  assignedBy(precinct: PrecinctId): number | null {
    const last = this.assignments.get(precinct);
    return last === undefined || last.person === null ? null : last.by;
  }

  /** Takes an entry: whoever was asked for it is asked no longer. */
  enter(entry: number, { report, typedBy }: ManualEntry): void {
    this.notes.set(entry, typedBy);
    if (this.assigned(report.precinct) !== null) this.assign(entry, report.precinct, null);
  }

  assign(by: number, precinct: PrecinctId, person: string | null): void {
    this.assignments.set(precinct, { by, person });
  }

  addFiles(entry: number, { precinct }: FilesAdded): void {
    const added = this.files.get(precinct);
    if (added === undefined) this.files.set(precinct, [entry]);
    else added.push(entry);
  }

  form(form: Form): void {
    form.number(this.notes.size);
    for (const entry of this.notes.keys()) form.number(entry);
    const assignments = this.assignments.values();
    form.number(assignments.length);
    for (const { by, person } of assignments) {
      form.number(by);
      form.text(person ?? "");
    }
    const files = this.files.values();
    form.number(files.length);
    for (const entry of files.flat()) form.number(entry);
  }
}
