import { audit, type Asked, type Report, type Source } from "../../src/audit/audit";
import { CHECKS, type CheckName } from "../../src/audit/checks";
import type { FlawCode } from "../../src/log/flaw";

export const NOTHING: Asked = { visit: () => null };

export async function look(source: Source | Uint8Array, asked: Asked = NOTHING): Promise<Report> {
  return audit(source instanceof Uint8Array ? { kind: "file", bytes: source } : source, asked, () => undefined);
}

/** The failed checks with their first codes. */
export function failures({ verdicts }: Report): Partial<Record<CheckName, FlawCode>> {
  const failed = CHECKS.flatMap(({ name }) => {
    const verdict = verdicts[name];
    return verdict.kind === "failed" ? [[name, verdict.findings[0]?.code] as const] : [];
  });
  return Object.fromEntries(failed);
}
