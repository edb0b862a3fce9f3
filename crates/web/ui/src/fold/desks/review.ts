import type { Decision, PrecinctId, ReviewEvent, Subject } from "../../log/events";
import type { Form } from "../form";
import { ByPrecinct } from "./entry";
import type { Step } from "./signed";

interface Decided extends Step {
  readonly verdict: Decision["verdict"];
}

interface Standing extends Step {
  lifted: number | null;
}

/** A discrepancy in one number, in the order of decisions: those on entries before those on counties, then by code. */
function placeOf(subject: Subject, code: number): readonly [number, number, number] {
  return [subject.kind === "Entry" ? 0 : 1, subject.value, code];
}

/** The reviewers' desk: resolutions, decisions and holds. */
export class ReviewDesk {
  private readonly resolutions: Step[] = [];
  private readonly decisions = new Map<string, Decided[]>();
  private readonly holds = new ByPrecinct<Standing[]>();
  /** The precinct of each hold. */
  private readonly held = new Map<number, PrecinctId>();

  /** The decision by which a discrepancy does not hold: the last, if that did not open it again. */
  inForce(subject: Subject, code: number): Decided | null {
    const last = this.decisions.get(placeOf(subject, code).join())?.at(-1);
    return last === undefined || last.verdict.kind === "Reopened" ? null : last;
  }

  /** Whether a person holds a precinct. */
  isHeld(precinct: PrecinctId): boolean {
    return this.holds.get(precinct)?.some(({ lifted }) => lifted === null) ?? false;
  }

  /** Whether an entry is a hold that nobody has lifted. */
  isHold(entry: number): boolean {
    const precinct = this.held.get(entry);
    const holds = precinct === undefined ? [] : (this.holds.get(precinct) ?? []);
    return holds.some((hold) => hold.entry === entry && hold.lifted === null);
  }

  apply(step: Step, event: ReviewEvent): void {
    switch (event.kind) {
      case "Resolved":
        this.resolutions.push(step);
        return;
      case "Decided":
        this.decide(step, event.value);
        return;
      case "Held":
        this.hold(step, event.value.precinct);
        return;
      case "Lifted":
        this.lift(step, event.value.hold);
    }
  }

  /** Every event of the desk by its entry and author: what was signed there stands in the entry itself. */
  form(form: Form): void {
    form.number(this.resolutions.length);
    for (const resolution of this.resolutions) formOfStep(form, resolution);
    form.number(this.decisions.size);
    for (const decisions of this.inOrder()) {
      form.number(decisions.length);
      for (const decision of decisions) formOfStep(form, decision);
    }
    form.number(this.held.size);
    for (const hold of this.holds.values().flat()) {
      formOfStep(form, hold);
      form.number(hold.lifted ?? 0);
    }
  }

  private decide(step: Step, { subject, code, verdict }: Decision): void {
    const key = placeOf(subject, code).join();
    const before = this.decisions.get(key) ?? [];
    this.decisions.set(key, [...before, { ...step, verdict }]);
  }

  private hold(step: Step, precinct: PrecinctId): void {
    this.held.set(step.entry, precinct);
    this.holds.set(precinct, [...(this.holds.get(precinct) ?? []), { ...step, lifted: null }]);
  }

  private lift(step: Step, hold: number): void {
    const precinct = this.held.get(hold);
    const standing = precinct && this.holds.get(precinct)?.find(({ entry }) => entry === hold);
    if (standing) standing.lifted ??= step.entry;
  }

  private inOrder(): readonly (readonly Decided[])[] {
    const keyed = [...this.decisions].map(([key, decisions]) => [key.split(",").map(Number), decisions] as const);
    return keyed.sort(([a], [b]) => order(a, b)).map(([, decisions]) => decisions);
  }
}

function order(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, at) => number !== other[at]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

function formOfStep(form: Form, { entry, author }: Step): void {
  form.number(entry);
  form.number(author);
}
