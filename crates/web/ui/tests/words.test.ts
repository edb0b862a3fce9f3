import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { decimals } from "../src/pages/results/exact";
import { fourDecimals, progress, speak } from "../src/words/index.svelte";

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

test("decimals stand behind the sign that the reader's language has for them", () => {
  speak("es");
  expect([1900, 1900n].map(fourDecimals)).toEqual(["0,1900", "0,1900"]);
  expect(decimals("7/2")).toBe("3,500000");
  speak("en");
  expect(decimals("7/2")).toBe("3.500000");
});

test("precincts are never all in before the last, and never none once one is", () => {
  expect([0, 1, 99_999, 100_000].map((part) => progress(part, 100_000))).toEqual(["0.0%", "0.1%", "99.9%", "100.0%"]);
});
