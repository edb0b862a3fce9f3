import { fraction, tenThousandths, times, type Fraction } from "./fraction";

/** The equivalents of one delegate of a precinct; `null` for a county without delegates. Rule: 3.1. */
export function countyRatio(stateDelegates: number, countyDelegates: number): Fraction | null {
  return countyDelegates > 0 ? fraction(BigInt(stateDelegates), BigInt(countyDelegates)) : null;
}

/** What a satellite site's delegates are worth. Rule: 3.4. */
export interface Site {
  /** The equivalents that the pool shares out. */
  readonly pool: number;
  /** The people at this site. */
  readonly people: number;
  /** The people at all sites of the pool that are counted. */
  readonly poolAttendance: number;
  /** The site's delegates. */
  readonly delegates: number;
}

/** The equivalents of one delegate of a site; `null` without people or delegates, or for a site larger than its pool. */
export function siteRatio({ pool, people, poolAttendance, delegates }: Site): Fraction | null {
  if (people === 0 || people > poolAttendance || delegates === 0) return null;
  return fraction(BigInt(pool) * BigInt(people), BigInt(poolAttendance) * BigInt(delegates));
}

/** The equivalents of some delegates, rounded half up to ten-thousandths, as the party publishes them. Rule: 3.2. */
export function published(delegates: number, ratio: Fraction): bigint {
  return tenThousandths({ numerator: BigInt(delegates) * ratio.numerator, denominator: ratio.denominator });
}

/** The equivalents of some delegates, exactly. Rule: 3.1. */
export function exact(delegates: number, ratio: Fraction): Fraction {
  return times({ numerator: BigInt(delegates), denominator: 1n }, ratio);
}
