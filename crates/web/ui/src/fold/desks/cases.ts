import type { Approval, Case, CaseEvent, Closing, Proposal, Rejection } from "../../log/events";
import { approval, closing, correctionCase, proposal, rejection } from "../../log/event/desks";
import type { Form } from "../form";
import { formOf, formOfOption, signed, type Signed, type Step } from "./signed";

interface Proposed {
  readonly proposal: Signed<Proposal>;
  approved: Signed<Approval> | null;
  rejected: Signed<Rejection> | null;
}

interface CaseFile {
  readonly opened: Signed<Case>;
  readonly proposals: Proposed[];
  closed: Signed<Closing> | null;
}

/** Correction cases: what was proposed in each, and what came of it. */
export class Cases {
  private readonly files = new Map<number, CaseFile>();
  private readonly proposals = new Map<number, Proposed>();
  /** Who proposed what an entry approved, by the order of enrolment. */
  private readonly proposers = new Map<number, number>();

  /** The key that proposed what an entry approved; `null` where it approved nothing. */
  proposerOf(approval: number): number | null {
    return this.proposers.get(approval) ?? null;
  }

  apply(step: Step, event: CaseEvent): void {
    switch (event.kind) {
      case "Opened":
        this.files.set(step.entry, {
          opened: signed(step, correctionCase, event.value),
          proposals: [],
          closed: null,
        });
        return;
      case "Proposed":
        this.propose(signed(step, proposal, event.value));
        return;
      case "Approved":
        this.approve(signed(step, approval, event.value));
        return;
      case "Rejected":
        this.reject(signed(step, rejection, event.value));
        return;
      case "Closed": {
        const file = this.files.get(event.value.case);
        if (file) file.closed ??= signed(step, closing, event.value);
      }
    }
  }

  form(form: Form): void {
    form.number(this.files.size);
    for (const { opened, proposals, closed } of this.files.values()) {
      formOf(form, opened);
      form.number(proposals.length);
      for (const proposed of proposals) formOfProposed(form, proposed);
      formOfOption(form, closed);
    }
  }

  private propose(proposal: Signed<Proposal>): void {
    const file = this.files.get(proposal.what.case);
    if (file === undefined) return;
    const proposed = { proposal, approved: null, rejected: null };
    file.proposals.push(proposed);
    this.proposals.set(proposal.entry, proposed);
  }

  private approve(approved: Signed<Approval>): void {
    const proposed = this.undecided(approved.what.proposal);
    if (proposed === null) return;
    proposed.approved = approved;
    this.proposers.set(approved.entry, proposed.proposal.author);
  }

  private reject(rejected: Signed<Rejection>): void {
    const proposed = this.undecided(rejected.what.proposal);
    if (proposed !== null) proposed.rejected = rejected;
  }

  private undecided(entry: number): Proposed | null {
    const proposed = this.proposals.get(entry);
    return proposed?.approved === null && proposed.rejected === null ? proposed : null;
  }
}

function formOfProposed(form: Form, { proposal, approved, rejected }: Proposed): void {
  formOf(form, proposal);
  form.number(approved ? 1 : rejected ? 2 : 0);
  const decided = approved ?? rejected;
  if (decided) formOf(form, decided);
}
