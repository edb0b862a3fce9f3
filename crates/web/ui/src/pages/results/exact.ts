import { fraction, plus, ZERO } from "../../fold/rules/fraction";
import { count } from "../../words/index.svelte";

/** A fraction such as "7/2" in decimals, rounded half up at the last. It is computed in whole numbers. */
export function decimals(fraction: string, digits = 6): string {
  const [numerator = "0", denominator = "1"] = fraction.split("/");
  const scale = 10n ** BigInt(digits);
  const below = BigInt(denominator);
  const scaled = (BigInt(numerator) * scale * 2n + below) / (below * 2n);
  return `${count(scaled / scale)}.${String(scaled % scale).padStart(digits, "0")}`;
}

/** The sum of fractions, itself a fraction. */
export function added(fractions: readonly string[]): string {
  const sum = fractions
    .map((text) => text.split("/").map(BigInt))
    .map(([numerator = 0n, denominator = 1n]) => fraction(numerator, denominator))
    .reduce(plus, ZERO);
  return `${sum.numerator}/${sum.denominator}`;
}
