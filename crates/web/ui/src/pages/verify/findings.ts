import type { Report } from "../../audit/audit";
import { CHECKS } from "../../audit/checks";
import { timeText } from "../../audit/times";
import type { Kept } from "./messages";

/** What was found, for whoever must be told: this browser's own word, with the signed notes that it is about. */
export function findingsText(report: Report, before: Kept | null): string {
  const { about, checkpoint, verdicts } = report;
  const found = {
    address: globalThis.location.origin,
    at: new Date().toISOString(),
    contest: about && { name: about.name, entry0: about.contest, logKey: about.logKey, size: about.size },
    checkpoint,
    lastVisit: before && {
      at: timeText(before.at),
      logKey: before.logKey,
      checkpoint: before.checkpoint,
    },
    checks: CHECKS.map(({ number, name }) => ({ number, name, ...verdicts[name] })),
  };
  return `${JSON.stringify(found, null, 2)}\n`;
}
