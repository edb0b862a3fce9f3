import { fromOne, kindsOf, oneOf, option, rising, struct, text, u32, u8, type Of } from "../codec";
import { contest, county } from "./contest";
import { caseEvent, courseEvent, inquiryEvent, paperEvent, reviewEvent } from "./desks";
import { authorityEvent, codeEvent, enrolment, revocation } from "./keys";
import { correction, filesAdded, manualEntry, report } from "./report";
import { claimedMillis, contestId, entryIndex, hash, submissionId } from "./values";

/** Publishes results: exactly the entries that it lists. */
export const release = struct({ name: text, entries: rising(entryIndex, (entry) => entry) });
export type Release = Of<typeof release>;

/** Which version of each precinct a figure counts. */
export const basis = oneOf({ Recorded: null, Released: null });
export type Basis = Of<typeof basis>;

/** How many discrepancies of one code stand. */
export const openCount = struct({ code: fromOne(u8), open: fromOne(u32) });
export type OpenCount = Of<typeof openCount>;

/** What the whole state comes to, for whoever has every entry. */
export const audit = struct({ state: hash, discrepancies: rising(openCount, ({ code }) => code) });
export type Audit = Of<typeof audit>;

/** Commits the figures at one size of the log. */
export const commitment = struct({ size: entryIndex, basis, precincts: u32, root: hash, audit: option(audit) });
export type Commitment = Of<typeof commitment>;

/** What happened. */
export const event = kindsOf({
  ContestOpened: contest,
  CountyListed: county,
  KeyEnrolled: enrolment,
  KeyRevoked: revocation,
  Reported: report,
  Corrected: correction,
  Released: release,
  ResultsCommitted: commitment,
  Code: codeEvent,
  Entered: manualEntry,
  FilesAdded: filesAdded,
  Review: reviewEvent,
  Case: caseEvent,
  Inquiry: inquiryEvent,
  Course: courseEvent,
  Paper: paperEvent,
  Authority: authorityEvent,
});
export type Event = Of<typeof event>;

/** What somebody signs. */
export const eventBody = struct({ contest: contestId, submission: submissionId, recordedAt: claimedMillis, event });
export type EventBody = Of<typeof eventBody>;
