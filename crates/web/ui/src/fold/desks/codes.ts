import type { CodeBatch, CodeEvent, CodeWithdrawal, PrecinctId } from "../../log/events";
import { codeBatch, codeWithdrawal } from "../../log/event/keys";
import type { Form } from "../form";
import { formOf, formOfAll, signed, type Signed, type Step } from "./signed";

/** A batch of codes, and what became of them. */
export interface Batch {
  readonly issued: Signed<CodeBatch>;
  /** The codes that were used, by number, each with the entry that used it. */
  readonly used: Map<number, number>;
  readonly withdrawn: Signed<CodeWithdrawal>[];
}

/** Enrolment codes: how many were issued, and which were used. */
export class Codes {
  private readonly batches: Batch[] = [];

  apply(step: Step, event: CodeEvent): void {
    switch (event.kind) {
      case "Issued":
        this.batches.push({ issued: signed(step, codeBatch, event.value), used: new Map(), withdrawn: [] });
        return;
      case "Redeemed":
        this.batch(event.value.batch)?.used.set(event.value.number, step.entry);
        return;
      case "Withdrawn":
        this.batch(event.value.batch)?.withdrawn.push(signed(step, codeWithdrawal, event.value));
    }
  }

  /** The batch that an entry issued. */
  batch(entry: number): Batch | null {
    return this.batches.find(({ issued }) => issued.entry === entry) ?? null;
  }

  form(form: Form): void {
    form.number(this.batches.length);
    for (const { issued, used, withdrawn } of this.batches) {
      formOf(form, issued);
      form.number(used.size);
      for (const [number, entry] of [...used].sort(([a], [b]) => a - b)) {
        form.number(number);
        form.number(entry);
      }
      formOfAll(form, withdrawn);
    }
  }
}

/** The precinct whose chair a code enrols; `null` where the batch has no code of that number. */
export function precinctOfCode({ issued }: Batch, number: number): PrecinctId | null {
  return issued.what.precincts[Math.floor(number / issued.what.each)] ?? null;
}

/** What a code of a precinct is good for at a time. */
export function codeState(batch: Batch, number: number, now: number): "good" | "used" | "withdrawn" | "expired" {
  const precinct = precinctOfCode(batch, number);
  if (batch.used.has(number)) return "used";
  if (precinct !== null && batch.withdrawn.some(({ what }) => names(what, precinct))) return "withdrawn";
  return BigInt(now) > batch.issued.what.expiresAt ? "expired" : "good";
}

/** A withdrawal is of some precincts, or of all. */
function names({ precincts }: CodeWithdrawal, { county, number }: PrecinctId): boolean {
  return precincts.length === 0 || precincts.some((each) => each.county === county && each.number === number);
}
