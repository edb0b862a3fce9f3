import { list, oneOf, option, string, struct, text, u16, u32, u8, type Of } from "../codec";
import { attendees, contestId, countyId, delegates, publicKey } from "./values";

/** Whether a contest counts. */
export const contestKind = oneOf({ Election: null, Rehearsal: null, Archive: null });

/** The share of the room that makes a group viable, from so many delegates on. */
export const viabilityTier = struct({ from: delegates, numerator: u16, denominator: u16 });
export type ViabilityTier = Of<typeof viabilityTier>;

/** Delegates of a satellite site, from so many people on. */
export const satelliteTier = struct({ from: attendees, delegates });
export type SatelliteTier = Of<typeof satelliteTier>;

/** Pledged national delegates, unit by unit. */
export const nationalPlan = struct({
  districts: list(u16),
  atLarge: u16,
  pleo: u16,
  thresholdNumerator: u16,
  thresholdDenominator: u16,
});
export type NationalPlan = Of<typeof nationalPlan>;

/** The numbers of a delegate plan. */
export const ruleset = struct({
  name: string,
  viability: list(viabilityTier),
  satellites: list(satelliteTier),
  national: nationalPlan,
  largestRoom: attendees,
});
export type Ruleset = Of<typeof ruleset>;

/** A preference group as voters see it. */
export const candidate = struct({ name: text });

/** The log's name and the key that signs its checkpoints. */
export const logIdentity = struct({ origin: text, key: publicKey });
export type LogIdentity = Of<typeof logIdentity>;

/** A person who may enrol keys. */
export const registrar = struct({ person: text, key: publicKey });
export type Registrar = Of<typeof registrar>;

/** What a release may hold. */
export const releasePolicy = oneOf({ AsListed: null, ReportedClear: null, Confirmed: null });
export type ReleasePolicy = Of<typeof releasePolicy>;

/** When the contents of entries become public. */
export const embargo = oneOf({ Open: null, OnRelease: null });
export type Embargo = Of<typeof embargo>;

/** Whose cosignatures a checkpoint needs. */
export const witnessPolicy = struct({ quorum: u8, witnesses: list(text) });
export type WitnessPolicy = Of<typeof witnessPolicy>;

/** Opens a contest: entry 0, and nowhere else. */
export const contest = struct({
  id: contestId,
  kind: contestKind,
  name: text,
  ruleset,
  candidates: list(candidate),
  log: logIdentity,
  service: publicKey,
  registrars: list(registrar),
  fold: u16,
  release: releasePolicy,
  embargo,
  witnesses: witnessPolicy,
});
export type Contest = Of<typeof contest>;

/** Where the number of delegates of a county's precincts comes from. */
export const siteKind = oneOf({ Precincts: { fields: { countyDelegates: delegates } }, Satellites: null });
export type SiteKind = Of<typeof siteKind>;

/** Where equivalents count for national delegates. */
export const district = oneOf({ Congressional: u8, StateOnly: null });
export type District = Of<typeof district>;

/** A precinct or a satellite site. */
export const precinct = struct({ name: text, code: text, delegates });
export type Precinct = Of<typeof precinct>;

/** A county with its precincts, or a pool with its satellite sites. */
export const county = struct({
  id: countyId,
  name: text,
  kind: siteKind,
  fips: option(u32),
  district,
  stateDelegates: delegates,
  precincts: list(precinct),
});
export type County = Of<typeof county>;
