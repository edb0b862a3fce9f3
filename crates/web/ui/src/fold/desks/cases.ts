import type {
  Approval,
  Case,
  CaseEvent,
  CaseOutcome,
  Closing,
  PrecinctId,
  Proposal,
  Rejection,
} from "../../log/events";
import { approval, closing, correctionCase, proposal, rejection } from "../../log/event/desks";
import type { Form } from "../form";
import { formOf, formOfOption, signed, type Signed, type Step } from "./signed";

/** A proposal, and what came of it. */
export interface Proposed {
  readonly proposal: Signed<Proposal>;
  approved: Signed<Approval> | null;
  rejected: Signed<Rejection> | null;
}

/** A case, with everything that was proposed in it. */
export interface CaseFile {
  readonly opened: Signed<Case>;
  readonly proposals: Proposed[];
  closed: Signed<Closing> | null;
}

/** Correction cases: what was proposed in each, and what came of it. */
export class Cases {
  private readonly files = new Map<number, CaseFile>();
  /** What was proposed in cases that whoever reads the log is not shown. Whoever is shown everything has none. */
  private readonly apart: Proposed[] = [];
  private readonly proposals = new Map<number, Proposed>();
  /** Who proposed what an entry approved, by the order of enrolment. */
  private readonly proposers = new Map<number, number>();

  /** The key that proposed what an entry approved; `null` where it approved nothing. */
  proposerOf(approval: number): number | null {
    return this.proposers.get(approval) ?? null;
  }

  /** The case that an entry opened, if nobody has closed it. */
  openCase(entry: number): CaseFile | null {
    const file = this.files.get(entry);
    return file?.closed === null ? file : null;
  }

  /** The case that an entry opened. */
  case(entry: number): CaseFile | null {
    return this.files.get(entry) ?? null;
  }

  /** The proposal of an entry, while nobody has decided about it. */
  openProposal(entry: number): Proposed | null {
    return this.undecided(entry);
  }

  /** The proposal about a precinct that nobody has decided about, in a case that is open. */
  waitingFor({ county, number }: PrecinctId): Proposed | null {
    const files = [...this.files.values()].filter(({ closed }) => closed === null);
    const open = [...files.flatMap(({ proposals }) => waitingIn(proposals)), ...waitingIn(this.apart)];
    const isAbout = ({ proposal }: Proposed): boolean => {
      const precinct = precinctOf(proposal.what.outcome);
      return precinct.county === county && precinct.number === number;
    };
    return open.find(isAbout) ?? null;
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
    const proposed = { proposal, approved: null, rejected: null };
    const proposals = this.files.get(proposal.what.case)?.proposals ?? this.apart;
    proposals.push(proposed);
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

/** The precinct that an outcome is about. */
export function precinctOf(outcome: CaseOutcome): PrecinctId {
  return outcome.kind === "Changed" ? outcome.value.report.precinct : outcome.value.precinct;
}

/** The proposals that nobody has decided about. */
export function waitingIn(proposals: readonly Proposed[]): readonly Proposed[] {
  return proposals.filter(({ approved, rejected }) => approved === null && rejected === null);
}

function formOfProposed(form: Form, { proposal, approved, rejected }: Proposed): void {
  formOf(form, proposal);
  form.number(approved ? 1 : rejected ? 2 : 0);
  const decided = approved ?? rejected;
  if (decided) formOf(form, decided);
}
