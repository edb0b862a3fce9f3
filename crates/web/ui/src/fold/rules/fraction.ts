/** An exact fraction, 0 or more. Invariant: in lowest terms, so that equal fractions have equal parts. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const ZERO: Fraction = { numerator: 0n, denominator: 1n };

/** The fraction of two numbers, of which the second is above 0. */
export function fraction(numerator: bigint, denominator: bigint): Fraction {
  const common = gcd(numerator, denominator);
  return { numerator: numerator / common, denominator: denominator / common };
}

/** The sum. */
export function plus(one: Fraction, other: Fraction): Fraction {
  return fraction(
    one.numerator * other.denominator + other.numerator * one.denominator,
    one.denominator * other.denominator,
  );
}

/** The product. */
export function times(one: Fraction, other: Fraction): Fraction {
  return fraction(one.numerator * other.numerator, one.denominator * other.denominator);
}

/** Below 0 where `one` is less, above where it is more. */
export function compare(one: Fraction, other: Fraction): number {
  const left = one.numerator * other.denominator;
  const right = other.numerator * one.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The whole part, and what remains of it. */
export function split(of: Fraction): readonly [whole: bigint, rest: Fraction] {
  const whole = of.numerator / of.denominator;
  return [whole, fraction(of.numerator - whole * of.denominator, of.denominator)];
}

/** The number of ten-thousandths, rounded half up. */
export function tenThousandths(of: Fraction): bigint {
  return (of.numerator * 20_000n + of.denominator) / (2n * of.denominator);
}

/** The least common multiple. */
export function lcm(one: bigint, other: bigint): bigint {
  return (one / gcd(one, other)) * other;
}

/** The greatest common divisor. */
function gcd(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
