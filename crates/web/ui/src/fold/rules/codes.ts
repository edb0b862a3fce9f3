/** How much a discrepancy weighs, from the lightest. */
export type Severity = "info" | "warn" | "hold" | "block";

/** The number of a discrepancy's code: 1 for V01. */
export type Code = number;

const SEVERITIES: readonly (readonly [name: string, severity: Severity])[] = [
  ["FINAL_GT_FIRST", "block"],
  ["OVER_ATTENDANCE", "block"],
  ["FINAL_LT_FIRST", "warn"],
  ["LOCKIN_BROKEN", "block"],
  ["LOCKIN_FORCED", "warn"],
  ["NONVIABLE_AWARDED", "block"],
  ["VIABLE_UNAWARDED", "block"],
  ["OVERVIABLE", "hold"],
  ["SUM_OVER", "block"],
  ["SUM_UNDER", "block"],
  ["ALLOC_MISMATCH", "block"],
  ["INVERSION", "block"],
  ["TIE_UNRECORDED", "hold"],
  ["ONE_DELEGATE", "hold"],
  ["NONVIABLE_STAYED", "warn"],
  ["MISSING_ROUND", "block"],
  ["EMPTY_REPORT", "hold"],
  ["ZERO_FINAL_AWARD", "block"],
  ["COLUMN_SHIFT", "block"],
  ["SURGE_FROM_ZERO", "warn"],
  ["DUPLICATE", "block"],
  ["SDE_NOT_MULTIPLE", "block"],
  ["NO_VIABLE_GROUP", "hold"],
  ["WRONG_N", "block"],
  ["WRONG_THRESHOLD", "hold"],
  ["DERIVED_STALE", "block"],
  ["SATELLITE_N", "block"],
  ["POOL_SUM", "hold"],
  ["SOURCE_DISAGREE", "block"],
  ["UNEXPLAINED_REVISION", "block"],
  ["OUTLIER", "hold"],
  ["UNKNOWN_ID", "block"],
  ["CROSSFOOT", "block"],
  ["EXPORT_PARITY", "block"],
];

/** Every code, in order. */
export const CODES: readonly Code[] = SEVERITIES.map((_, at) => at + 1);

/** The code as people write it, such as `V01`. */
export function codeText(code: Code): string {
  return `V${code.toString().padStart(2, "0")}`;
}

/** The name of a code, such as `FINAL_GT_FIRST`. */
export function codeName(code: Code): string {
  return SEVERITIES[code - 1]?.[0] ?? "";
}

/** The most that a finding of a code weighs. Only V03 has a lighter form, which informs, and V21, which warns. */
export function severityOf(code: Code): Severity {
  return SEVERITIES[code - 1]?.[1] ?? "block";
}

/** Whether a discrepancy of this weight keeps a precinct from being verified. */
export function isHolding(severity: Severity): boolean {
  return severity === "hold" || severity === "block";
}

/** What the rules say of one sheet, before it is somebody's discrepancy. */
export interface Finding {
  readonly code: Code;
  readonly severity: Severity;
  /** The group that it is about, where it is about one. */
  readonly group: number | null;
}

/** A finding that weighs as much as its code does at the most. */
export function finding(code: Code, group: number | null = null): Finding {
  return { code, severity: severityOf(code), group };
}
