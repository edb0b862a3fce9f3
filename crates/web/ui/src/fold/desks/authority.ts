import { act, actWithdrawal, seconding } from "../../log/event/keys";
import type { Act, ActWithdrawal, AuthorityEvent, Seconding } from "../../log/events";
import type { Form } from "../form";
import { formOf, signed, type Signed, type Step } from "./signed";

/** An act that was proposed, and what came of it. */
export interface ProposedAct {
  readonly proposal: Signed<Act>;
  seconded: Signed<Seconding> | null;
  withdrawn: Signed<ActWithdrawal> | null;
}

/** Acts that take two persons, and the successors of the contest's service key. */
export class Authority {
  /** The latest successor; `null` while the contest's own key signs. */
  service: Uint8Array | null = null;
  private readonly proposals = new Map<number, ProposedAct>();

  /** The proposal of an entry, while it waits for a second person. */
  waiting(entry: number): ProposedAct | null {
    const proposed = this.proposals.get(entry);
    return proposed?.seconded === null && proposed.withdrawn === null ? proposed : null;
  }

  apply(step: Step, event: AuthorityEvent): void {
    switch (event.kind) {
      case "Proposed":
        this.proposals.set(step.entry, { proposal: signed(step, act, event.value), seconded: null, withdrawn: null });
        return;
      case "Seconded": {
        if (event.value.act.kind === "Succeed") this.service = event.value.act.value.enrolment.key;
        const proposed = this.waiting(event.value.proposal);
        if (proposed) proposed.seconded = signed(step, seconding, event.value);
        return;
      }
      case "Withdrawn": {
        const proposed = this.waiting(event.value.proposal);
        if (proposed) proposed.withdrawn = signed(step, actWithdrawal, event.value);
      }
    }
  }

  /** The service's keys are not in it: they follow from what was seconded. */
  form(form: Form): void {
    form.number(this.proposals.size);
    for (const { proposal, seconded, withdrawn } of this.proposals.values()) {
      formOf(form, proposal);
      form.number(seconded ? 1 : withdrawn ? 2 : 0);
      const decided = seconded ?? withdrawn;
      if (decided) formOf(form, decided);
    }
  }
}
