import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64 } from "../log/base64";
import { equalBytes } from "../log/bytes";
import type {
  Abandonment,
  AnnouncedSample,
  Announcement,
  Contest,
  DecodedEntry,
  PaperEvent,
  PrecinctId,
} from "../log/events";
import { toHex } from "../log/hex";
import type { State } from "../fold";
import type { Announced } from "../fold/desks/paper";
import type { Signed } from "../fold/desks/signed";
import type { Spot } from "../fold/roster";
import { ACTS, isOfAnnounced, refusal, type Refusal } from "./authority";
import type { Roots } from "./roots";

const FEWEST_DICE = 20;
const utf8 = new TextEncoder();

/**
 * Whether the log might take what is said of a sample that is announced: before the dice are rolled, from a checkpoint of
 * this log, drawn once or given up by two. `docs/AUDIT.md` says what each rule is for.
 */
export function admitsSample(
  state: State,
  contest: Contest,
  { author }: Pick<DecodedEntry, "author">,
  event: PaperEvent,
  roots: Roots | null,
): Refusal | null {
  if (isOfAnnounced(event) && contest.fold < ACTS) return refusal("not-in-version", event.kind);
  switch (event.kind) {
    case "Drawn":
      return contest.fold < ACTS ? null : refusal("not-announced");
    case "Read":
      return null;
    case "Announced":
      return announces(state, event.value, roots);
    case "DrawnFrom":
      return draws(state, event.value);
    case "Abandoned":
      return abandons(state, state.authors.find(author)?.person ?? "", event.value);
  }
}

function announces(state: State, { size, root, precincts }: Announcement, roots: Roots | null): Refusal | null {
  const { paper } = state.desks;
  const open = paper.open();
  if (open !== null) return refusal("announcement-open", `${open.announcement.entry}`);
  if (size > BigInt(state.size)) return refusal("bad-announcement", `${size}`);
  const covered = Number(size);
  if (covered <= (paper.lastEnd() ?? -1)) return refusal("bad-announcement", `${size}`);
  // Nobody is asked for the root of nothing: there is no precinct under it.
  const ours = covered === 0 ? sha256(new Uint8Array()) : (roots?.at(covered) ?? null);
  if (ours === null || !equalBytes(ours, root)) return refusal("other-root", `${size}`);
  const most = state.roster.spotsAt(covered).length;
  return precincts < 1 || precincts > most ? refusal("bad-announcement", `${precincts}`) : null;
}

function draws(state: State, { announcement, dice, precincts }: AnnouncedSample): Refusal | null {
  const open = openAnnouncement(state, announcement);
  if (open === null) return refusal("no-such-announcement", `${announcement}`);
  if (dice.length < FEWEST_DICE || !/^[1-6]*$/.test(dice)) return refusal("bad-dice", dice);
  const used = state.desks.paper.drawnBy(dice);
  if (used !== null) return refusal("dice-used", `${used}`);
  const { size, root, precincts: announced } = open.announcement.what;
  const drawn = drawAnnounced(state.roster.spotsAt(Number(size)), dice, root).slice(0, announced);
  return isSame(drawn, precincts) ? null : refusal("bad-sample");
}

/** Precincts in the order of their tickets, as a stranger draws them with `sha256sum`. */
export function drawAnnounced(roster: readonly Spot[], dice: string, root: Uint8Array): readonly PrecinctId[] {
  const ticketed = roster.map(({ id, county, precinct }) => {
    const lines = ["tallylog/sample/v2", toBase64(root), dice, county.name, precinct.name];
    return { id, ticket: toHex(sha256(utf8.encode(lines.map((line) => `${line}\n`).join("")))) };
  });
  return ticketed.sort((one, other) => (one.ticket < other.ticket ? -1 : 1)).map(({ id }) => id);
}

function isSame(ours: readonly PrecinctId[], given: readonly PrecinctId[]): boolean {
  const pairs = ours.map((id, at) => [id, given[at]] as const);
  const same = pairs.every(([one, other]) => one.county === other?.county && one.number === other.number);
  return same && ours.length === given.length;
}

/** The first of two waits for another person. Nothing follows from it by itself, and nothing once its key is revoked. */
function abandons(state: State, person: string, { announcement, seconds, reason }: Abandonment): Refusal | null {
  const open = openAnnouncement(state, announcement);
  if (open === null) return refusal("no-such-announcement", `${announcement}`);
  if (reason.trim() === "") return refusal("unjustified");
  const standing = open.givenUp.filter(({ author }) => state.authors.get(author)?.revoked === null);
  const first: Signed<Abandonment> | undefined =
    seconds === null ? standing[0] : standing.find(({ entry }) => entry === seconds);
  if (first === undefined) return seconds === null ? null : refusal("no-such-abandonment", `${seconds}`);
  if (state.authors.get(first.author)?.person === person) return refusal("same-person", person);
  return seconds === null ? refusal("abandonment-waits", `${first.entry}`) : null;
}

function openAnnouncement(state: State, entry: number): Announced | null {
  const open = state.desks.paper.open();
  return open?.announcement.entry === entry ? open : null;
}

/** The samples that were not announced and name a checkpoint that the log never had: their precincts could be chosen. */
export function foreignSamples(state: State, roots: Roots): readonly number[] {
  const foreign = state.desks.paper.unannounced().filter(({ what }) => {
    const root = roots.at(Number(what.size));
    return root === null || !equalBytes(root, what.root);
  });
  return foreign.map(({ entry }) => entry);
}
