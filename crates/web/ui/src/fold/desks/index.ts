import type { Event } from "../../log/events";
import type { Form } from "../form";
import { Authority } from "./authority";
import { Cases } from "./cases";
import { Codes } from "./codes";
import { EntryDesk } from "./entry";
import { Course, Inquiries, PaperAudit } from "./others";
import { ReviewDesk } from "./review";
import type { Step } from "./signed";

/** What the desks of a tabulation centre have decided, desk by desk. */
export class Desks {
  readonly codes = new Codes();
  readonly entry = new EntryDesk();
  readonly review = new ReviewDesk();
  readonly cases = new Cases();
  private readonly inquiries = new Inquiries();
  readonly course = new Course();
  private readonly paper = new PaperAudit();
  readonly authority = new Authority();

  /** Takes what changes nothing but a desk of its own. */
  apply(step: Step, event: Event): void {
    switch (event.kind) {
      case "Code":
        this.codes.apply(step, event.value);
        return;
      case "Review":
        this.review.apply(step, event.value);
        return;
      case "Case":
        this.cases.apply(step, event.value);
        return;
      case "Inquiry":
        this.inquiries.apply(step, event.value);
        return;
      case "Course":
        this.course.apply(step, event.value);
        return;
      case "Paper":
        this.paper.apply(step, event.value);
        return;
      case "Authority":
        this.authority.apply(step, event.value);
        return;
      case "Entered":
        this.entry.enter(step.entry, event.value);
        return;
      case "FilesAdded":
        this.entry.addFiles(step.entry, event.value);
        return;
      case "ContestOpened":
      case "CountyListed":
      case "KeyEnrolled":
      case "KeyRevoked":
      case "Reported":
      case "Corrected":
      case "Released":
      case "ResultsCommitted":
    }
  }

  form(form: Form): void {
    this.codes.form(form);
    this.entry.form(form);
    this.review.form(form);
    this.cases.form(form);
    this.inquiries.form(form);
    this.course.form(form);
    this.paper.form(form);
  }

  /** What stands behind the rest since version 3. */
  formOfActs(form: Form): void {
    this.authority.form(form);
  }
}
