import { DecodeError } from "../log/bytes";
import { decode, encode, string, text } from "../log/codec";
import { toHex } from "../log/hex";
import type { Contest, County, NationalPlan, Ruleset } from "../log/events";
import type { State } from "../fold";

const MOST_CANDIDATES = 200;
const MOST_DISTRICTS = 200;

/** What is wrong with a contest that was opened, in a word; `null` if nothing is. Its keys are looked at by other checks. */
export function contestFault(contest: Contest): string | null {
  const { candidates, log, service, registrars, ruleset } = contest;
  const names = new Set(candidates.map(({ name }) => name));
  const hasNames = names.size === candidates.length && ![...names].some((name) => name.trim() === "");
  if (names.size < 1 || names.size > MOST_CANDIDATES || !hasNames) return "candidates";
  const keys = [log.key, service, ...registrars.map(({ key }) => key)].map(toHex);
  if (new Set(keys).size !== keys.length) return "keys";
  return isSound(ruleset) ? null : "ruleset";
}

function isSound({ name, viability, satellites, national, largestRoom }: Ruleset): boolean {
  const tiers = [viability, satellites].every((table) => rises(table.map(({ from }) => from)));
  const shares = [...viability.map(({ numerator, denominator }) => [numerator, denominator]), threshold(national)];
  return (
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

/** A ruleset's name is a string without further rules in its encoding, and must be a text that can be shown. */
function isText(name: string): boolean {
  try {
    return name !== "" && decode(text, encode(string, name)) === name;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** What is wrong with a county or pool that is listed, in a word; `null` if nothing is. */
export function countyFault(state: State, contest: Contest, county: County): string | null {
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

/** Whether this is the last key of a registrar that is not revoked: without one nobody could enrol another. */
export function isLastRegistrar(state: State, key: Uint8Array): boolean {
  const registrars = state.authors.all().filter(({ role, revoked }) => role.kind === "Registrar" && revoked === null);
  return registrars.length === 1 && registrars.every((author) => toHex(author.key) === toHex(key));
}
