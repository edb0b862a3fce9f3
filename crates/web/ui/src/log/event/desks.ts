import { fromOne, kindsOf, list, oneOf, option, struct, text, u16, u32, u64, u8, type Of } from "../codec";
import { correction, correctionKind, sheet } from "./report";
import { countyId, delegates, entryIndex, files, groupId, hash, precinctId, precinctIds } from "./values";

/** What becomes of two entries that differ. */
export const resolutionOutcome = oneOf({
  KeepFirst: null,
  KeepSecond: null,
  RedoFirst: null,
  RedoSecond: null,
  DiscardBoth: null,
});

/** Settles two entries of a precinct that differ. */
export const resolution = struct({
  precinct: precinctId,
  first: entryIndex,
  second: entryIndex,
  outcome: resolutionOutcome,
  reason: text,
});
export type Resolution = Of<typeof resolution>;

/** A ruling of the committee. */
export const ruling = struct({ authority: text, evidence: files });
export type Ruling = Of<typeof ruling>;

/** What is decided about a discrepancy. */
export const verdict = oneOf({ Accepted: null, Ruled: ruling, Reopened: null });

/** What a discrepancy is on. */
export const subject = oneOf({ Entry: entryIndex, County: countyId });
export type Subject = Of<typeof subject>;

/** Decides about a discrepancy. */
export const decision = struct({ subject, code: fromOne(u8), verdict, reason: text });
export type Decision = Of<typeof decision>;

/** Holds a precinct. */
export const hold = struct({ precinct: precinctId, reason: text });
export type Hold = Of<typeof hold>;

/** Lifts a hold. */
export const lift = struct({ hold: entryIndex, reason: text });
export type Lift = Of<typeof lift>;

/** What a reviewer does. */
export const reviewEvent = kindsOf({ Resolved: resolution, Decided: decision, Held: hold, Lifted: lift });
export type ReviewEvent = Of<typeof reviewEvent>;

/** What is done in a case. */
export const stage = oneOf({ Correction: null, Recanvass: null, Recount: null });

/** A correction case, over one precinct or a list of them. */
export const correctionCase = struct({
  precincts: precinctIds,
  stage,
  kind: correctionKind,
  requestedBy: text,
  reason: text,
  authority: text,
  evidence: files,
});
export type Case = Of<typeof correctionCase>;

/** A record that was looked at and stands. */
export const unchanged = struct({ precinct: precinctId, record: entryIndex, findings: text, evidence: files });
export type Unchanged = Of<typeof unchanged>;

/** What comes of a case for a precinct. */
export const caseOutcome = oneOf({ Changed: correction, Unchanged: unchanged });
export type CaseOutcome = Of<typeof caseOutcome>;

/** Proposes what comes of a case for one of its precincts. */
export const proposal = struct({ case: entryIndex, outcome: caseOutcome });
export type Proposal = Of<typeof proposal>;

/** Approves a proposal, and repeats what is approved. */
export const approval = struct({ proposal: entryIndex, outcome: caseOutcome, notice: text });
export type Approval = Of<typeof approval>;

/** Turns a proposal down. */
export const rejection = struct({ proposal: entryIndex, reason: text });
export type Rejection = Of<typeof rejection>;

/** Closes a case. */
export const closing = struct({ case: entryIndex, notice: text });
export type Closing = Of<typeof closing>;

/** What happens in correction cases. */
export const caseEvent = kindsOf({
  Opened: correctionCase,
  Proposed: proposal,
  Approved: approval,
  Rejected: rejection,
  Closed: closing,
});
export type CaseEvent = Of<typeof caseEvent>;

/** A campaign's question about a precinct. */
export const inquiry = struct({ precinct: precinctId, question: text, figures: option(sheet), files });
export type Inquiry = Of<typeof inquiry>;

/** The answer to an inquiry. */
export const answer = struct({ inquiry: entryIndex, text, case: option(entryIndex), evidence: files });
export type Answer = Of<typeof answer>;

/** What happens to inquiries. */
export const inquiryEvent = kindsOf({ Filed: inquiry, Answered: answer });
export type InquiryEvent = Of<typeof inquiryEvent>;

/** Certifies a release. */
export const certification = struct({ release: entryIndex, statement: text, evidence: files });
export type Certification = Of<typeof certification>;

/** The number of delegates that a precinct elects from now on. */
export const apportioned = struct({ number: u16, delegates });
export type Apportioned = Of<typeof apportioned>;

/** Other numbers of delegates for precincts of a county. */
export const apportionment = struct({ county: countyId, countyDelegates: delegates, precincts: list(apportioned) });
export type Apportionment = Of<typeof apportionment>;

/** What changes in the roster. */
export const rosterChange = oneOf({ Apportionment: apportionment, Withdrawn: groupId });
export type RosterChange = Of<typeof rosterChange>;

/** Amends the roster. */
export const rosterAmendment = struct({ change: rosterChange, authority: text, reason: text, evidence: files });
export type RosterAmendment = Of<typeof rosterAmendment>;

/** What a registrar does with the night as a whole. */
export const courseEvent = kindsOf({
  Paused: text,
  Resumed: text,
  Certified: certification,
  RosterAmended: rosterAmendment,
});
export type CourseEvent = Of<typeof courseEvent>;

/** A sample of a paper audit, drawn by dice. */
export const sample = struct({ dice: text, size: u64, root: hash, precincts: precinctIds });
export type Sample = Of<typeof sample>;

/** What the paper says. */
export const paperReading = struct({ sample: entryIndex, precinct: precinctId, sheet, files });
export type PaperReading = Of<typeof paperReading>;

/** What a sample will be drawn from: in the log before the dice are rolled. */
export const announcement = struct({ size: u64, root: hash, precincts: u32 });
export type Announcement = Of<typeof announcement>;

/** The sample that dice draw from what was announced. */
export const announcedSample = struct({ announcement: entryIndex, dice: text, precincts: precinctIds });
export type AnnouncedSample = Of<typeof announcedSample>;

/** Gives an announced sample up: it takes two persons, of whom the second names the first. */
export const abandonment = struct({ announcement: entryIndex, seconds: option(entryIndex), reason: text });
export type Abandonment = Of<typeof abandonment>;

/** What happens in a paper audit. */
export const paperEvent = kindsOf({
  Drawn: sample,
  Read: paperReading,
  Announced: announcement,
  DrawnFrom: announcedSample,
  Abandoned: abandonment,
});
export type PaperEvent = Of<typeof paperEvent>;
