import { bool, list, oneOf, option, string, struct, text, u32, type Of } from "../codec";
import { attendees, byGroup, delegates, entryIndex, equivalents, files, groupId, precinctId } from "./values";

/** The head count of a room. */
export const attendance = struct({ people: attendees, counted: bool });
export type Attendance = Of<typeof attendance>;

/** How a game of chance was decided. */
export const gameMeans = oneOf({ Coin: null, Lot: null, Other: null });

/** A game of chance: `delegates` among `among`, and who won them. */
export const game = struct({
  among: list(groupId),
  delegates,
  winners: list(groupId),
  means: gameMeans,
  witnesses: list(string),
});
export type Game = Of<typeof game>;

/** The figures of one precinct from one source, as that source gives them. */
export const sheet = struct({
  attendance: option(attendance),
  firstAlignment: option(byGroup(attendees)),
  finalAlignment: option(byGroup(attendees)),
  awards: option(byGroup(delegates)),
  worksheetDelegates: option(delegates),
  worksheetThreshold: option(u32),
  games: list(game),
  claimed: option(byGroup(equivalents)),
});
export type Sheet = Of<typeof sheet>;

/** How a report came. */
export const channel = oneOf({ App: null, Phone: null, Photo: null, Paper: null, Import: null });
export type Channel = Of<typeof channel>;

/** A precinct's three result sets from one source. */
export const report = struct({ precinct: precinctId, channel, sheet, files });
export type Report = Of<typeof report>;

/** The three kinds of correction, each with an authority of its own. */
export const correctionKind = oneOf({ Transcription: null, Rule: null, HeadCount: null });
export type CorrectionKind = Of<typeof correctionKind>;

/** Replaces a precinct's record by another. Both stay in the log. */
export const correction = struct({
  replaces: entryIndex,
  report,
  kind: option(correctionKind),
  reason: text,
  requestedBy: text,
  authority: text,
  evidence: files,
});
export type Correction = Of<typeof correction>;

/** How an operator made sure of a caller. */
export const callerCheck = oneOf({ NoCaller: null, CalledBack: null, Passphrase: null, Unchecked: null });
export type CallerCheck = Of<typeof callerCheck>;

/** A report that an operator entered. */
export const manualEntry = struct({ report, caller: callerCheck, readBack: bool, typedBy: list(text) });
export type ManualEntry = Of<typeof manualEntry>;

/** Adds photos or scans to what the log has on a precinct. */
export const filesAdded = struct({ precinct: precinctId, files });
export type FilesAdded = Of<typeof filesAdded>;
