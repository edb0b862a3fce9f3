import type { CodeBatch, CodeEvent, CodeWithdrawal } from "../../log/events";
import { codeBatch, codeWithdrawal } from "../../log/event/keys";
import type { Form } from "../form";
import { formOf, formOfAll, signed, type Signed, type Step } from "./signed";

interface Batch {
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

  private batch(entry: number): Batch | undefined {
    return this.batches.find(({ issued }) => issued.entry === entry);
  }
}
