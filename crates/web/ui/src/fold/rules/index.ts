// The rules of a caucus, as docs/RULES.md has them: whole numbers and exact fractions.
export {
  answers,
  apportion,
  awardOf,
  lawful,
  permits,
  type Apportionment,
  type FinalRoom,
  type Tie,
} from "./apportion";
export { agree, figureOf, total } from "./by_group";
export { checkSheet, differ, figuresKey, isStale, type Against } from "./check";
export { codeName, CODES, codeText, isHolding, severityOf, type Code, type Finding, type Severity } from "./codes";
export { countyRatio, exact, published, siteRatio, type Site } from "./equivalents";
export { explain, type Explanation, type GroupSteps, type Viability } from "./explain";
export { compare as compareFractions, fraction, plus, tenThousandths, times, ZERO, type Fraction } from "./fraction";
export { nationalDelegates, nationalTotal, type National, type Unit, type UnitAwards } from "./national";
export { electing, room, satelliteDelegates, viabilityThreshold, type Place } from "./place";
export type { Distance, Standing, Step } from "./standing";
