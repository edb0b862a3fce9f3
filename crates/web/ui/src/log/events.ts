// The types of the log's events, by the names that docs/EVENTS.md gives them.
export type { DecodedEntry } from "./entry";
export type * from "./event/body";
export type * from "./event/contest";
export type * from "./event/desks";
export type * from "./event/keys";
export type * from "./event/report";
export type * from "./event/results";
export type * from "./event/values";
