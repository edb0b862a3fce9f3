import { Withheld, type Shown } from "../log/bundle";
import { DecodeError } from "../log/bytes";
import { encode, struct, text } from "../log/codec";
import { decodeEntry, readLayout } from "../log/entry";
import { contestId } from "../log/event/values";
import { enrolmentOf, role } from "../log/event/keys";
import type { AuthorityEvent, DecodedEntry, Enrolment, EventBody } from "../log/events";
import type { FlawCode } from "../log/flaw";
import { holds, signedMessage } from "../log/signature";
import type { Findings } from "./checks";
import type { Job, Lanes } from "./lanes";

const possession = struct({ contest: contestId, person: text, role });

/** What must hold, and what is wrong if it does not. */
interface Claim {
  readonly entry: number;
  readonly code: FlawCode;
  readonly job: Job;
}

/** An entry with its event, or what stands for it while it is withheld. */
export type Decoded = DecodedEntry | Withheld;

/** Decodes every event that is shown; of those from the first that does not decode on, nothing is said. */
export function decodeAll(entries: readonly Shown[], findings: Findings): Decoded[] {
  const decoded: Decoded[] = [];
  for (const bytes of entries) {
    if (bytes instanceof Withheld) {
      decoded.push(bytes);
      continue;
    }
    try {
      decoded.push(decodeEntry(bytes));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      findings.fail("signatures", { code: undecoded(bytes, error), entry: decoded.length, about: error.message });
      break;
    }
  }
  return decoded;
}

/** What is wrong with an entry that does not decode. Nobody can say what a kind of event means that came after this program. */
function undecoded(bytes: Uint8Array, { code }: DecodeError): FlawCode {
  if (code !== "unknown-kind") return code === "too-large" ? code : "malformed-event";
  const { author, signed, signature } = readLayout(bytes);
  return holds(author, signedMessage("event", signed), signature) ? code : "bad-signature";
}

/** Checks every author's signature, every key that is enrolled, and that whoever was enrolled has the key. */
export async function checkSignatures(
  decoded: readonly Decoded[],
  lanes: Lanes,
  findings: Findings,
  withheld: number,
): Promise<void> {
  const claims = decoded.flatMap((entry) => (entry instanceof Withheld ? [] : claimsOf(entry)));
  const jobs = claims.map(({ job }) => job);
  findings.running("signatures", 0, jobs.length);
  const verdicts = await lanes(jobs, (done) => {
    findings.running("signatures", done, jobs.length);
  });
  claims.forEach(({ entry, code }, at) => {
    if (verdicts[at] !== true) findings.fail("signatures", { code, entry, about: "" });
  });
  findings.pass("signatures", claims.length, withheld);
}

function claimsOf({ index: entry, author, signed, signature, body }: DecodedEntry): Claim[] {
  const own: Claim = {
    entry,
    code: "bad-signature",
    job: { kind: "signature", key: author, message: signedMessage("event", signed), signature },
  };
  return [
    own,
    ...keysIn(body).map((key): Claim => ({ entry, code: "bad-key", job: { kind: "key", key } })),
    ...possessionsIn(entry, body),
  ];
}

function enrolmentIn({ event }: EventBody): Enrolment | null {
  if (event.kind === "KeyEnrolled") return event.value;
  if (event.kind === "Authority") return enrolmentSigned(event.value);
  return event.kind === "Code" && event.value.kind === "Redeemed" ? event.value.value.enrolment : null;
}

/** A key is looked at where its enrolment is proposed, and again where it is seconded. */
function enrolmentSigned(event: AuthorityEvent): Enrolment | null {
  switch (event.kind) {
    case "Proposed":
      return enrolmentOf(event.value);
    case "Seconded":
      return enrolmentOf(event.value.act);
    case "Withdrawn":
      return null;
  }
}

/** Those of the contest's first event are admission's. */
function keysIn(body: EventBody): Uint8Array[] {
  const enrolment = enrolmentIn(body);
  return enrolment === null ? [] : [enrolment.key];
}

function possessionsIn(entry: number, body: EventBody): Claim[] {
  const enrolment = enrolmentIn(body);
  if (enrolment === null) return [];
  const { key, person, role, possession: signature } = enrolment;
  const message = signedMessage("possession", encode(possession, { contest: body.contest, person, role }));
  return [{ entry, code: "no-possession", job: { kind: "signature", key, message, signature } }];
}
