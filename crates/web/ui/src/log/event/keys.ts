import { kindsOf, oneOf, struct, text, u32, u8, type Of } from "../codec";
import { claimedMillis, entryIndex, precinctIds, publicKey, signature } from "./values";

/** What a key may sign. */
export const role = oneOf({
  Registrar: null,
  Chair: precinctIds,
  Operator: null,
  Reviewer: null,
  CorrectionsOfficer: null,
  Campaign: text,
  Observer: null,
  Witness: null,
  Importer: null,
  Service: null,
});
export type Role = Of<typeof role>;

/** Enrols a key for a person; the key itself signed that its holder has it. */
export const enrolment = struct({ key: publicKey, person: text, role, possession: signature });
export type Enrolment = Of<typeof enrolment>;

/** Withdraws a key: what is sequenced after this is refused. */
export const revocation = struct({ key: publicKey, reason: text });
export type Revocation = Of<typeof revocation>;

/** One-time codes for chairs, numbered from 0: first all codes of the first precinct, then those of the next. */
export const codeBatch = struct({ precincts: precinctIds, each: u8, expiresAt: claimedMillis });
export type CodeBatch = Of<typeof codeBatch>;

/** Enrols a chair's key against a code. */
export const redemption = struct({ batch: entryIndex, number: u32, enrolment });
export type Redemption = Of<typeof redemption>;

/** Makes the unused codes of a batch worthless: those of some precincts, or all. */
export const codeWithdrawal = struct({ batch: entryIndex, precincts: precinctIds, reason: text });
export type CodeWithdrawal = Of<typeof codeWithdrawal>;

/** What happens to enrolment codes. */
export const codeEvent = kindsOf({ Issued: codeBatch, Redeemed: redemption, Withdrawn: codeWithdrawal });
export type CodeEvent = Of<typeof codeEvent>;

/** Gives the log another key for its own events. */
export const succession = struct({ enrolment, reason: text });
export type Succession = Of<typeof succession>;

/** What takes two persons. */
export const act = oneOf({ Enrol: enrolment, Revoke: revocation, Succeed: succession });
export type Act = Of<typeof act>;

/** Seconds a proposal, and repeats it whole. */
export const seconding = struct({ proposal: entryIndex, act });
export type Seconding = Of<typeof seconding>;

/** Turns a proposal down, or takes it back. */
export const actWithdrawal = struct({ proposal: entryIndex, reason: text });
export type ActWithdrawal = Of<typeof actWithdrawal>;

/** What happens to acts that take two persons. */
export const authorityEvent = kindsOf({ Proposed: act, Seconded: seconding, Withdrawn: actWithdrawal });
export type AuthorityEvent = Of<typeof authorityEvent>;

/** The enrolment that an act carries, if it enrols a key. */
export function enrolmentOf(act: Act): Enrolment | null {
  switch (act.kind) {
    case "Enrol":
      return act.value;
    case "Succeed":
      return act.value.enrolment;
    case "Revoke":
      return null;
  }
}
