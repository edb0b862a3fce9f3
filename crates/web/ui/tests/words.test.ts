import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { added, decimals } from "../src/pages/results/exact";
import { en } from "../src/words/en";
import { es } from "../src/words/es";
import { count, fourDecimals, percent, progress, speak, t } from "../src/words/index.svelte";

beforeEach(() => {
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
});
afterEach(() => {
  speak("en");
  vi.unstubAllGlobals();
});

test("equivalents are written with four decimals, of numbers of either kind", () => {
  const written = ["0.0000", "0.0007", "0.1900", "562.9530", "12,345.0001"];
  expect([0, 7, 1900, 5_629_530, 123_450_001].map(fourDecimals)).toEqual(written);
  expect([0n, 7n, 1900n, 5_629_530n, 123_450_001n].map(fourDecimals)).toEqual(written);
});

test("numbers are written as the United States write them, in either language", () => {
  for (const language of ["es", "en"] as const) {
    speak(language);
    expect([1900, 1900n].map(fourDecimals)).toEqual(["0.1900", "0.1900"]);
    expect([decimals("7/2"), decimals("4301/2")]).toEqual(["3.500000", "2,150.500000"]);
    expect([count(1765), percent(1, 4)]).toEqual(["1,765", "25.0%"]);
  }
});

test("one is spoken of as one, in either language", () => {
  const said = (size: number | bigint) => t("precinct.proofStep.checkpoint", { size });
  expect([1, 1n, 2, 1_000n].map(said)).toEqual([
    "The log signed a checkpoint over 1 entry.",
    "The log signed a checkpoint over 1 entry.",
    "The log signed a checkpoint over 2 entries.",
    "The log signed a checkpoint over 1,000 entries.",
  ]);
  speak("es");
  expect([1, 2].map(said)).toEqual([
    "El registro firmó un punto de control sobre 1 entrada.",
    "El registro firmó un punto de control sobre 2 entradas.",
  ]);
});

test("fractions are added exactly, whatever their denominators", () => {
  expect(added(["1/3", "1/6", "7/2"])).toBe("4/1");
  expect(added([])).toBe("0/1");
});

test("precincts are never all in before the last, and never none once one is", () => {
  expect([0, 1, 99_999, 100_000].map((part) => progress(part, 100_000))).toEqual(["0.0%", "0.1%", "99.9%", "100.0%"]);
});

/** Every source of the pages but the catalogues. */
function sources(folder: URL): string {
  const read = (entry: Dirent): string => {
    const isFolder = entry.isDirectory();
    if (isFolder && ["gen", "en", "es"].includes(entry.name)) return "";
    const at = new URL(isFolder ? `${entry.name}/` : entry.name, folder);
    return isFolder ? sources(at) : readFileSync(at, "utf8");
  };
  return readdirSync(folder, { withFileTypes: true }).map(read).join("\n");
}

/** What the keys are like that a source puts together, such as `set.${measure}`. */
function patterns(text: string): RegExp[] {
  const templates = [...text.matchAll(/`([a-z]+\.[^`\n]*\$\{[^`\n]*)`/g)].map(([, template = ""]) => template);
  const parts = templates.map((template) => template.split(/\$\{[^}]*\}/).map((part) => part.replaceAll(".", "\\.")));
  return parts.map((each) => new RegExp(`^${each.join(".+")}$`));
}

test("no text stands in the catalogues that no page shows", () => {
  const text = sources(new URL("../src/", import.meta.url));
  const known = patterns(text);
  const isShown = (key: string) => text.includes(`"${key}"`) || known.some((pattern) => pattern.test(key));
  expect(Object.keys(en).filter((key) => !isShown(key))).toEqual([]);
});

test("what a check finds is told in words, for every check of the rules", () => {
  const rules = readFileSync(new URL("../../../../docs/RULES.md", import.meta.url), "utf8");
  const codes = [...rules.matchAll(/^\| (V\d\d) \|/gm)].map(([, code]) => `found.${code ?? ""}`);
  expect(codes.length).toBeGreaterThan(30);
  expect(Object.keys(en).filter((key) => key.startsWith("found."))).toEqual(codes);
});

test("a text has the same places for values in every language", () => {
  const places = (words: string) => [...words.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
  const counted = (words: string) => [...words.matchAll(/\{(\w+)\|/g)].map(([, name]) => `{${name ?? ""}}`);
  const spanish: Readonly<Record<string, string>> = es;
  for (const [key, words] of Object.entries(en)) {
    const other = spanish[key] ?? "";
    expect(places(other), key).toEqual(places(words));
    expect(places(words), key).toEqual(expect.arrayContaining([...counted(words), ...counted(other)]));
  }
});
