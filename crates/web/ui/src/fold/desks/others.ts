import { text } from "../../log/codec";
import type {
  Answer,
  Certification,
  CourseEvent,
  Inquiry,
  InquiryEvent,
  PaperEvent,
  PaperReading,
  RosterAmendment,
  Sample,
} from "../../log/events";
import { answer, certification, inquiry, paperReading, rosterAmendment, sample } from "../../log/event/desks";
import type { Form } from "../form";
import { formOf, formOfAll, formOfOption, signed, type Signed, type Step } from "./signed";

/** Inquiries: what campaigns asked, and what they were answered. */
export class Inquiries {
  private readonly asked = new Map<number, { inquiry: Signed<Inquiry>; answer: Signed<Answer> | null }>();

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

  /** Whether the results are certified. */
  get isCertified(): boolean {
    return this.certified !== null;
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

/** Paper audits: samples, and what the paper of their precincts says. */
export class PaperAudit {
  private readonly drawn = new Map<number, { sample: Signed<Sample>; readings: Signed<PaperReading>[] }>();

  apply(step: Step, event: PaperEvent): void {
    if (event.kind === "Drawn") this.drawn.set(step.entry, { sample: signed(step, sample, event.value), readings: [] });
    else this.drawn.get(event.value.sample)?.readings.push(signed(step, paperReading, event.value));
  }

  form(form: Form): void {
    form.number(this.drawn.size);
    for (const { sample, readings } of this.drawn.values()) {
      formOf(form, sample);
      formOfAll(form, readings);
    }
  }
}
