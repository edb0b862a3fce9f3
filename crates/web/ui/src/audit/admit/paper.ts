import { sha256 } from "@noble/hashes/sha2.js";
import type { State } from "../../fold";
import { precinctKey } from "../../fold/desks/entry";
import type { Announced } from "../../fold/desks/paper";
import { equalBytes } from "../../log/bytes";
import { toHex } from "../../log/hex";
import type {
  Abandonment,
  AnnouncedSample,
  Announcement,
  PaperEvent,
  PaperReading,
  PrecinctId,
  Sample,
} from "../../log/events";
import type { Roots } from "../roots";
import { drawAnnounced } from "../samples";
import { given, hasCeilings, isAmong, nameOf, needs, refusal, samePerson, type Refusal, type Signer } from "./refusal";
import { figuresFit } from "./report";

/** The fewest dice of a sample: 20 have more than 51 bits, too many to go through in the time that people look on. */
const FEWEST_DICE = 20;
const utf8 = new TextEncoder();
const TICKET = utf8.encode("tallylog/sample/v1\0");

/** `docs/AUDIT.md` says what each rule of announced samples is for. */
export function admit(state: State, signer: Signer, event: PaperEvent, roots: Roots | null): Refusal | null {
  switch (event.kind) {
    case "Drawn":
      return leads(signer) ?? (hasCeilings(signer) ? refusal("not-announced") : draws(state, event.value));
    case "Read":
      return needs(signer, "Reviewer", "Operator") ?? reads(state, signer, event.value);
    case "Announced":
      return announcing(signer, event.kind) ?? announces(state, event.value, roots);
    case "DrawnFrom":
      return announcing(signer, event.kind) ?? drawsAnnounced(state, event.value);
    case "Abandoned":
      return announcing(signer, event.kind) ?? abandons(state, signer, event.value);
  }
}

function leads(signer: Signer): Refusal | null {
  return needs(signer, "Reviewer", "Registrar");
}

/** A log without announcements refuses them whoever signs. */
function announcing(signer: Signer, kind: string): Refusal | null {
  return hasCeilings(signer) ? leads(signer) : refusal("not-in-version", kind);
}

function checkDice(dice: string): Refusal | null {
  return dice.length < FEWEST_DICE || !/^[1-6]*$/.test(dice) ? refusal("bad-dice", dice) : null;
}

/** The checkpoint is the log's own, and newer than whatever ended the announcement before. */
function announces(state: State, { size, root, precincts }: Announcement, roots: Roots | null): Refusal | null {
  const { paper } = state.desks;
  const open = paper.open();
  if (open !== null) return refusal("announcement-open", open.announcement.entry);
  if (size > BigInt(state.size)) return refusal("bad-announcement", `${size}`);
  const covered = Number(size);
  if (covered <= (paper.lastEnd() ?? -1)) return refusal("bad-announcement", covered);
  // Nobody is asked for the root of nothing: there is no precinct under it.
  const ours = covered === 0 ? sha256(new Uint8Array()) : (roots?.at(covered) ?? null);
  if (ours === null || !equalBytes(ours, root)) return refusal("other-root", covered);
  const most = state.roster.spotsAt(covered).length;
  return precincts < 1 || precincts > most ? refusal("bad-announcement", precincts) : null;
}

/** Dice are rolled once: whoever could use them again would choose between two samples. */
function drawsAnnounced(state: State, { announcement, dice, precincts }: AnnouncedSample): Refusal | null {
  const open = openAnnouncement(state, announcement);
  if (open === null) return refusal("no-such-announcement", announcement);
  const bad = checkDice(dice);
  if (bad !== null) return bad;
  const used = state.desks.paper.drawnBy(dice);
  if (used !== null) return refusal("dice-used", used);
  const { size, root, precincts: announced } = open.announcement.what;
  const drawn = drawAnnounced(state.roster.spotsAt(Number(size)), dice, root).slice(0, announced);
  return drawn.length === precincts.length && isBeginning(precincts, drawn) ? null : refusal("bad-sample");
}

/** The first of two waits for another person. Nothing follows from it by itself, and nothing once its key is revoked. */
function abandons(state: State, { author }: Signer, { announcement, seconds, reason }: Abandonment): Refusal | null {
  const open = openAnnouncement(state, announcement);
  if (open === null) return refusal("no-such-announcement", announcement);
  const unjustified = given(reason, "a reason");
  if (unjustified !== null) return unjustified;
  const standing = open.givenUp.filter(({ author }) => state.authors.get(author)?.revoked === null);
  const first = seconds === null ? standing[0] : standing.find(({ entry }) => entry === seconds);
  if (first === undefined) return seconds === null ? null : refusal("no-such-abandonment", seconds);
  if (state.authors.get(first.author)?.person === author.person) return samePerson(author.person, first.entry);
  return seconds === null ? refusal("abandonment-waits", first.entry) : null;
}

function openAnnouncement(state: State, entry: number): Announced | null {
  const open = state.desks.paper.open();
  return open?.announcement.entry === entry ? open : null;
}

/** Whether a sample that was not announced is the one that its dice and its root draw. */
function draws(state: State, sample: Sample): Refusal | null {
  const { dice, size, precincts } = sample;
  const bad = checkDice(dice);
  if (bad !== null) return bad;
  if (size > BigInt(state.size) || precincts.length === 0) return refusal("bad-sample");
  const roster = state.roster.spotsAt(Number(size)).map(({ id }) => id);
  return isBeginning(precincts, draw(roster, sample)) ? null : refusal("bad-sample");
}

function isBeginning(some: readonly PrecinctId[], all: readonly PrecinctId[]): boolean {
  return some.every((precinct, at) => {
    const expected = all[at];
    return expected !== undefined && precinctKey(expected) === precinctKey(precinct);
  });
}

/** Every precinct once, in the order in which dice and root draw them. */
function draw(precincts: readonly PrecinctId[], sample: Sample): readonly PrecinctId[] {
  const tickets = precincts.map((precinct) => ({ precinct, ticket: ticketOf(precinct, sample) }));
  tickets.sort((one, other) => (one.ticket < other.ticket ? -1 : 1));
  return tickets.map(({ precinct }) => precinct);
}

function ticketOf({ county, number }: PrecinctId, { dice, root }: Sample): string {
  const place = Uint8Array.of(county >> 8, county & 255, number >> 8, number & 255);
  return toHex(sha256.create().update(TICKET).update(utf8.encode(dice)).update(root).update(place).digest());
}

/** Whoever typed the record would read the paper as they read it before. */
function reads(state: State, { author, contest }: Signer, { sample, precinct, sheet }: PaperReading): Refusal | null {
  const drawn = state.desks.paper.sample(sample);
  if (drawn === null) return refusal("no-such-sample", sample);
  if (!isAmong(drawn, precinct)) return refusal("not-in-sample", nameOf(precinct));
  const position = state.roster.position(precinct);
  const record = position === null ? null : state.counted(position, "Recorded");
  if (record !== null && state.typists(record).includes(author.person)) return refusal("own-entry", record.entry);
  return figuresFit(contest, sheet);
}
