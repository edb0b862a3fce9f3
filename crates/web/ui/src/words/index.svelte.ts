import { recall, remember } from "../parts/memory";
import { en } from "./en";
import { es } from "./es";

/** What a text is called. Every language has a text for each. */
export type Key = keyof typeof en;

/** The languages, by the tags that browsers use, in their own names. */
export const LANGUAGES = { en: "English", es: "Español" } as const;
export type Language = keyof typeof LANGUAGES;

const CATALOGUES: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { en, es };
const REMEMBERED = "tallylog/language";

let language = $state<Language>(preferred());

function preferred(): Language {
  const wanted = [recall(REMEMBERED), ...(globalThis.navigator?.languages ?? [])];
  return wanted.map((tag) => tag?.slice(0, 2)).find(isLanguage) ?? "en";
}

function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && tag in LANGUAGES;
}

/** The language in which the reader is spoken to. */
export function currentLanguage(): Language {
  return language;
}

/** Goes over to a language of `LANGUAGES`; a tag that is none of them changes nothing. */
export function speak(wanted: string): void {
  if (!isLanguage(wanted)) return;
  language = wanted;
  remember(REMEMBERED, wanted);
}

/**
 * The text of a key in the reader's language. `{size}` stands for a value, and `{size|entry|entries}` for the words that go
 * with it, for one and for any other number: a number is given as such, and written here.
 */
export function t(key: Key, values: Readonly<Record<string, string | number | bigint>> = {}): string {
  const hole = /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g;
  return CATALOGUES[language][key].replace(hole, (whole, name: string, one?: string, other?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one !== undefined && other !== undefined) return value === 1 || value === 1n ? one : other;
    return typeof value === "string" ? value : count(value);
  });
}

/** Making a formatter costs a hundred times as much as using it, so each is made once. */
const formatters = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function kept<F extends Intl.NumberFormat | Intl.DateTimeFormat>(name: string, make: () => F): F {
  const known = formatters.get(name);
  if (known) return known as F;
  const made = make();
  formatters.set(name, made);
  return made;
}

/**
 * Numbers, dates and times are written as voters of the caucuses write them, in either language: Spanish of the United States
 * has the decimal point. On a page of results 1.765 must never be read as two things.
 */
const PLACES: Readonly<Record<Language, string>> = { en: "en-US", es: "es-US" };

/** A whole number. */
export function count(value: number | bigint): string {
  const of = PLACES[language];
  return kept(`count ${of}`, () => new Intl.NumberFormat(of)).format(value);
}

/** Ten-thousandths, not below 0, with their four decimals, exactly. */
export function fourDecimals(tenThousandths: number | bigint): string {
  const all = BigInt(tenThousandths);
  return `${count(all / 10_000n)}.${String(all % 10_000n).padStart(4, "0")}`;
}

/** A share of all as a percentage; a dash where all is nothing. */
export function percent(part: number, all: number, digits = 1): string {
  if (all === 0) return "–";
  const options = { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  const of = PLACES[language];
  return kept(`percent ${of} ${digits}`, () => new Intl.NumberFormat(of, options)).format(part / all);
}

/** How far precincts have come: never 100 % before all are in, never 0 % once one is. */
export function progress(part: number, all: number): string {
  if (all === 0) return "–";
  const tenths = Math.round((part / all) * 1000);
  const honest = part < all ? Math.min(tenths, 999) : 1000;
  return percent(part > 0 ? Math.max(honest, 1) : 0, 1000);
}

/** The zone in which the caucus keeps its time. */
export const ZONE = "America/Chicago";

/** The last millisecond of a calendar: a number beyond it, which anybody may claim, is shown as it is. */
const LAST = 8.64e15;

/** A time with its zone. */
export function time(milliseconds: number | bigint, withDate = true): string {
  if (milliseconds > LAST || milliseconds < -LAST) return `${String(milliseconds)} ms`;
  const of = PLACES[language];
  return kept(`time ${of} ${String(withDate)}`, () => clock(of, withDate)).format(Number(milliseconds));
}

function clock(tag: string, withDate: boolean): Intl.DateTimeFormat {
  const date = withDate ? ({ year: "numeric", month: "short", day: "numeric" } as const) : {};
  const clock = {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
    timeZoneName: "short",
  } as const;
  return new Intl.DateTimeFormat(tag, { ...date, ...clock, timeZone: ZONE });
}
