import { text } from "../../log/codec";
import type { Answer, Certification, CourseEvent, Inquiry, InquiryEvent, RosterAmendment } from "../../log/events";
import { answer, certification, inquiry, rosterAmendment } from "../../log/event/desks";
import type { Form } from "../form";
import { formOf, formOfAll, formOfOption, signed, type Signed, type Step } from "./signed";

/** An inquiry, and its answer. */
interface Asked {
  readonly inquiry: Signed<Inquiry>;
  answer: Signed<Answer> | null;
}

/** Inquiries: what campaigns asked, and what they were answered. */
export class Inquiries {
  private readonly asked = new Map<number, Asked>();

  /** The inquiry of an entry, while nobody has answered it. */
  waiting(entry: number): Asked | null {
    const asked = this.asked.get(entry);
    return asked?.answer === null ? asked : null;
  }

  apply(step: Step, event: InquiryEvent): void {
    if (event.kind === "Filed") {
      this.asked.set(step.entry, { inquiry: signed(step, inquiry, event.value), answer: null });
      return;
    }
    const asked = this.asked.get(event.value.inquiry);
    if (asked) asked.answer ??= signed(step, answer, event.value);
  }

  form(form: Form): void {
    form.number(this.asked.size);
    for (const { inquiry, answer } of this.asked.values()) {
      formOf(form, inquiry);
      formOfOption(form, answer);
    }
  }
}

/** The course of the night: pauses, certification, amendments of the roster. */
export class Course {
  private readonly pauses: { paused: Signed<string>; resumed: Signed<string> | null }[] = [];
  private certified: Signed<Certification> | null = null;
  private readonly amendments: Signed<RosterAmendment>[] = [];

  /** The entry that paused the reports, while they are paused. */
  pausedBy(): number | null {
    const last = this.pauses.at(-1);
    return last === undefined || last.resumed !== null ? null : last.paused.entry;
  }

  /** The entry that certified the results. */
  certifiedBy(): number | null {
    return this.certified?.entry ?? null;
  }

  /** Whether a candidate has withdrawn. */
  isWithdrawn(group: number): boolean {
    return this.amendments.some(({ what: { change } }) => change.kind === "Withdrawn" && change.value === group);
  }

  apply(step: Step, event: CourseEvent): void {
    switch (event.kind) {
      case "Paused":
        this.pauses.push({ paused: signed(step, text, event.value), resumed: null });
        return;
      case "Resumed": {
        const pause = this.pauses.at(-1);
        if (pause) pause.resumed ??= signed(step, text, event.value);
        return;
      }
      case "Certified":
        this.certified ??= signed(step, certification, event.value);
        return;
      case "RosterAmended":
        this.amendments.push(signed(step, rosterAmendment, event.value));
    }
  }

  form(form: Form): void {
    form.number(this.pauses.length);
    for (const { paused, resumed } of this.pauses) {
      formOf(form, paused);
      formOfOption(form, resumed);
    }
    formOfOption(form, this.certified);
    formOfAll(form, this.amendments);
  }
}
