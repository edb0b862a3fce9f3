import type { State } from "../../fold";
import type { Answer, Contest, Inquiry, InquiryEvent } from "../../log/events";
import { given, isAmong, nameOf, needs, refusal, samePerson, type Refusal, type Signer } from "./refusal";
import { figuresFit, listed } from "./report";

export function admit(state: State, signer: Signer, event: InquiryEvent): Refusal | null {
  switch (event.kind) {
    case "Filed":
      return needs(signer, "Campaign") ?? files(state, signer.contest, event.value);
    case "Answered":
      return needs(signer, "Reviewer", "CorrectionsOfficer") ?? answers(state, signer, event.value);
  }
}

function files(state: State, contest: Contest, { precinct, question, figures }: Inquiry): Refusal | null {
  const asked = listed(state, precinct) ?? given(question, "question");
  return asked ?? (figures === null ? null : figuresFit(contest, figures));
}

/** Nobody answers what they asked themselves, as a campaign. */
function answers(state: State, { author }: Signer, answer: Answer): Refusal | null {
  const asked = state.desks.inquiries.waiting(answer.inquiry);
  if (asked === null) return refusal("no-such-inquiry", answer.inquiry);
  if (state.authors.get(asked.inquiry.author)?.person === author.person)
    return samePerson(author.person, asked.inquiry.entry);
  const untold = given(answer.text, "answer");
  if (untold !== null || answer.case === null) return untold;
  const { precinct } = asked.inquiry.what;
  const file = state.desks.cases.case(answer.case);
  if (file === null) return refusal("no-such-case", answer.case);
  return isAmong(file.opened.what.precincts, precinct) ? null : refusal("not-in-case", nameOf(precinct));
}
