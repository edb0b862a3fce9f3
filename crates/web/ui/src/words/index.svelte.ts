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
  const wanted = [globalThis.localStorage?.getItem(REMEMBERED), ...(globalThis.navigator?.languages ?? [])];
  const known = wanted.map((tag) => tag?.slice(0, 2)).find((tag) => tag !== undefined && tag in LANGUAGES);
  return known === "es" ? "es" : "en";
}

export function currentLanguage(): Language {
  return language;
}

export function speak(wanted: Language): void {
  language = wanted;
  localStorage.setItem(REMEMBERED, wanted);
}

/** The text of a key in the reader's language, with values for what stands in braces. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return CATALOGUES[language][key].replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = values[name];
    return value === undefined ? hole : typeof value === "number" ? count(value) : value;
  });
}

/** A whole number, as the reader's language writes it. */
export function count(value: number | bigint): string {
  return new Intl.NumberFormat(language).format(value);
}

/** Ten-thousandths with their four decimals, exactly. */
export function fourDecimals(tenThousandths: number): string {
  const whole = Math.floor(tenThousandths / 10_000);
  const point = language === "es" ? "," : ".";
  return `${count(whole)}${point}${String(tenThousandths % 10_000).padStart(4, "0")}`;
}

/** A share of all as a percentage; a dash where all is nothing. */
export function percent(part: number, all: number, digits = 1): string {
  if (all === 0) return "–";
  const options = { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(language, options).format(part / all);
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

/** A time with its zone. */
export function time(milliseconds: number | bigint, withDate = true): string {
  const date = withDate ? ({ year: "numeric", month: "short", day: "numeric" } as const) : {};
  const clock = {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
    timeZoneName: "short",
  } as const;
  const options = { ...date, ...clock, timeZone: ZONE };
  return new Intl.DateTimeFormat(language === "en" ? "en-US" : "es-US", options).format(Number(milliseconds));
}
