import { point } from "../../words/index.svelte";

/** A fraction such as "7/2" in decimals, rounded half up at the last. It is computed in whole numbers. */
export function decimals(fraction: string, digits = 6): string {
  const [numerator = "0", denominator = "1"] = fraction.split("/");
  const scale = 10n ** BigInt(digits);
  const below = BigInt(denominator);
  const scaled = (BigInt(numerator) * scale * 2n + below) / (below * 2n);
  return `${scaled / scale}${point()}${String(scaled % scale).padStart(digits, "0")}`;
}
