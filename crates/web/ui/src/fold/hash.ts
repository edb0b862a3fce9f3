import { encode } from "../log/codec";
import type { Commitment, Contest, County, Event } from "../log/events";
import { eventBody } from "../log/event/body";
import { context, Form } from "./form";
import { roleName, type Author } from "./people";
import type { State } from "./state";

const DOMAIN = context("tallylog/state/v1");
/** What stands before the desks, in contests whose version has them. */
const DESKS = context("tallylog/desks/v2");
const FIRST_WITH_DESKS = 2;
/** What stands before the acts that take two persons, in contests whose version has them. */
const ACTS = context("tallylog/desks/v3");
const FIRST_WITH_ACTS = 3;

/** What an event's encoding was made from, so that it is made once. */
const encoded = new WeakMap<Contest | County | Commitment, Uint8Array>();

/** SHA-256 over a state's canonical form, as `docs/ARCHITECTURE.md` gives it under "The state's hash". */
export function stateHash(state: State): Uint8Array {
  const form = new Form();
  form.raw(DOMAIN);
  form.number(state.size);
  form.number(state.lastReceivedAt);
  formOfContest(form, state);
  form.number(state.authors.all().length);
  for (const author of state.authors.all()) formOfKey(form, author);
  formOfPrecincts(form, state);
  formOfReleases(form, state);
  formOfCommitments(form, state);
  if ((state.contest?.fold ?? 0) >= FIRST_WITH_DESKS) {
    form.raw(DESKS);
    state.desks.form(form);
  }
  if ((state.contest?.fold ?? 0) >= FIRST_WITH_ACTS) {
    form.raw(ACTS);
    state.desks.formOfActs(form);
  }
  return form.digest();
}

/** The contest and its roster, each as the bytes of the event that carried it. */
function formOfContest(form: Form, { contest, roster }: State): void {
  if (contest === null) {
    form.number(0);
    return;
  }
  form.number(1);
  form.bytes(eventBytes(contest, contest, { kind: "ContestOpened", value: contest }));
  form.number(roster.counties().length);
  for (const county of roster.counties())
    form.bytes(eventBytes(contest, county, { kind: "CountyListed", value: county }));
}

/** An event without submission id and recorded time. */
function eventBytes(contest: Contest, of: Contest | County | Commitment, event: Event): Uint8Array {
  const known = encoded.get(of);
  if (known !== undefined) return known;
  const bytes = encode(eventBody, { contest: contest.id, submission: new Uint8Array(16), recordedAt: 0n, event });
  encoded.set(of, bytes);
  return bytes;
}

function formOfKey(form: Form, { key, person, role, enrolled, revoked }: Author): void {
  form.bytes(key);
  form.text(person);
  form.text(roleName(role));
  if (role.kind === "Chair") {
    form.number(role.value.length);
    for (const { county, number } of role.value) {
      form.number(county);
      form.number(number);
    }
  }
  if (role.kind === "Campaign") form.text(role.value);
  form.number(enrolled);
  form.number(revoked ?? 0);
}

function formOfPrecincts(form: Form, { histories }: State): void {
  form.number(histories.length);
  for (const history of histories) {
    form.number(history.versions.length);
    for (const { entry, author } of history.versions) {
      form.number(entry);
      form.bytes(author.key);
    }
    form.bytes(history.record()?.signed ?? new Uint8Array());
  }
}

function formOfReleases(form: Form, { releases }: State): void {
  form.number(releases.length);
  for (const { entry, name, entries } of releases) {
    form.number(entry);
    form.text(name);
    form.number(entries.length);
    for (const listed of entries) form.number(listed);
  }
}

function formOfCommitments(form: Form, { contest, commitments }: State): void {
  form.number(commitments.length);
  if (contest === null) return;
  for (const { entry, commitment } of commitments) {
    form.number(entry);
    form.bytes(eventBytes(contest, commitment, { kind: "ResultsCommitted", value: commitment }));
  }
}
