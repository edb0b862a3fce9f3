import { sha256 } from "@noble/hashes/sha2.js";
import type { State } from "../../fold";
import { precinctKey } from "../../fold/desks/entry";
import { toHex } from "../../log/hex";
import type { PaperEvent, PaperReading, PrecinctId, Sample } from "../../log/events";
import { isAmong, nameOf, needs, refusal, type Refusal, type Signer } from "./refusal";
import { figuresFit } from "./report";

/** The fewest dice of a sample: 20 have more than 51 bits, too many to go through in the time that people look on. */
const FEWEST_DICE = 20;
const utf8 = new TextEncoder();
const TICKET = utf8.encode("tallylog/sample/v1\0");

export function admit(state: State, signer: Signer, event: PaperEvent): Refusal | null {
  switch (event.kind) {
    case "Drawn":
      return needs(signer, "Reviewer", "Registrar") ?? draws(state, event.value);
    case "Read":
      return needs(signer, "Reviewer", "Operator") ?? reads(state, signer, event.value);
  }
}

/** Whether the sample is the one that its dice and its root draw. */
function draws(state: State, sample: Sample): Refusal | null {
  const { dice, size, precincts } = sample;
  if (dice.length < FEWEST_DICE || !/^[1-6]*$/.test(dice)) return refusal("bad-dice");
  if (size > BigInt(state.size) || precincts.length === 0) return refusal("bad-sample");
  const drawn = draw(state.roster.idsAt(Number(size)), sample);
  const isDrawn = precincts.every((precinct, at) => {
    const expected = drawn[at];
    return expected !== undefined && precinctKey(expected) === precinctKey(precinct);
  });
  return isDrawn ? null : refusal("bad-sample");
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
  if (!isAmong(drawn.precincts, precinct)) return refusal("not-in-sample", nameOf(precinct));
  const position = state.roster.position(precinct);
  const record = position === null ? null : state.counted(position, "Recorded");
  if (record !== null && state.typists(record).includes(author.person)) return refusal("own-entry", record.entry);
  return figuresFit(contest, sheet);
}
