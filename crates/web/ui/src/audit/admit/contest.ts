import type { State } from "../../fold";
import { likeness } from "../../fold/likeness";
import { equalBytes } from "../../log/bytes";
import { isText } from "../../log/codec";
import type { Contest, County, DecodedEntry, NationalPlan, Registrar, Ruleset } from "../../log/events";
import { toHex } from "../../log/hex";
import { checkKey } from "../../log/signature";
import { DESKS, isBlank, refusal, type Refusal } from "./refusal";

/** The newest version of a log that is read here. */
export const NEWEST = 3;
const MOST_CANDIDATES = 200;
const MOST_DISTRICTS = 200;
// Unicode's white space (the property), and the plus sign.
const NOT_IN_ORIGIN = /[\p{White_Space}+]/u;

/** Whether an event opens a contest. */
export function opens(contest: Contest, { author, body }: DecodedEntry): Refusal | null {
  if (!equalBytes(contest.id, body.contest)) return refusal("other-contest");
  if (contest.fold > NEWEST) return refusal("unknown-fold", contest.fold);
  const fault = faultOf(contest, author);
  return fault === null ? null : refusal("bad-contest", fault);
}

function faultOf(contest: Contest, author: Uint8Array): string | null {
  const { candidates, log, service, registrars, ruleset, fold } = contest;
  if (fold < 1) return "fold";
  const [first] = registrars;
  if (first === undefined || !equalBytes(first.key, author)) return "signer";
  const names = new Set(candidates.map(({ name }) => name));
  const isCounted = names.size >= 1 && names.size <= MOST_CANDIDATES && names.size === candidates.length;
  if (!isCounted || [...names].some(isBlank)) return "candidates";
  const keys = [...registrars.map(({ key }) => key), log.key, service];
  const isOnce = new Set(keys.map(toHex)).size === keys.length;
  if (!isOnce || keys.some((key) => checkKey(key) !== "good")) return "keys";
  if (fold >= DESKS && !areToldApart(registrars)) return "persons";
  if (log.origin === "" || NOT_IN_ORIGIN.test(log.origin)) return "origin";
  return isSound(ruleset) ? null : "ruleset";
}

/** Whether every registrar has a name, and those whose names look alike have the same. */
function areToldApart(registrars: readonly Registrar[]): boolean {
  const known = new Map<string, string>();
  return registrars.every(({ person }) => {
    const alike = likeness(person);
    if (!known.has(alike)) known.set(alike, person);
    return !isBlank(person) && known.get(alike) === person;
  });
}

function isSound({ name, viability, satellites, national, largestRoom }: Ruleset): boolean {
  const tiers = [viability, satellites].every((table) => rises(table.map(({ from }) => from)));
  const shares = [...viability.map(({ numerator, denominator }) => [numerator, denominator]), threshold(national)];
  return (
    name !== "" &&
    isText(name) &&
    tiers &&
    shares.every(([numerator = 0, denominator = 0]) => numerator > 0 && numerator <= denominator) &&
    satellites.every(({ delegates }) => delegates > 0) &&
    national.districts.length <= MOST_DISTRICTS &&
    largestRoom > 0
  );
}

function threshold({ thresholdNumerator, thresholdDenominator }: NationalPlan): readonly [number, number] {
  return [thresholdNumerator, thresholdDenominator];
}

/** A table has a line, and each begins above the one before it. */
function rises(starts: readonly number[]): boolean {
  return starts.length > 0 && starts.every((start, at) => start > (starts[at - 1] ?? 0));
}

/** Whether the next county or pool may be listed. */
export function lists(state: State, contest: Contest, county: County): Refusal | null {
  if (county.id !== state.roster.counties().length) return refusal("county-out-of-turn", county.id);
  const fault = countyFault(state, contest, county);
  return fault === null ? null : refusal("bad-county", `${county.name}: ${fault}`);
}

function countyFault(state: State, contest: Contest, county: County): string | null {
  const { name, kind, district, precincts } = county;
  const names = new Set(precincts.map((precinct) => upper(precinct.name)));
  const isTaken = state.roster.counties().some((other) => upper(other.name) === upper(name));
  if (isTaken || names.size !== precincts.length) return "names";
  const { districts } = contest.ruleset.national;
  if (district.kind === "Congressional" && (district.value < 1 || district.value > districts.length)) return "district";
  const delegates = precincts.map((precinct) => precinct.delegates);
  if (kind.kind === "Satellites") return delegates.some((each) => each > 0) ? "delegates" : null;
  const sum = delegates.reduce((sum, each) => sum + each, 0);
  return sum === kind.countyDelegates && delegates.every((each) => each > 0) ? null : "delegates";
}

/** Capitals of ASCII alone: names that differ in case are one name. */
function upper(name: string): string {
  return name.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
