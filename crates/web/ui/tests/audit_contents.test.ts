import { describe, expect, test } from "vitest";
import { CHECKS, Findings } from "../src/audit/checks";
import { Contents } from "../src/audit/contents";
import { Roots } from "../src/audit/roots";
import { here, judge } from "../src/audit/lanes";
import { checkSignatures } from "../src/audit/signatures";
import { lanesOf } from "../src/audit/workers";
import { KEYS } from "./support/forge";
import { MISSING, night, nights } from "./support/vectors";

describe("lanes", () => {
  const jobs = Array.from(
    { length: 300 },
    (_, at) => ({ kind: "key", key: at % 3 === 0 ? new Uint8Array(32) : KEYS.log.key }) as const,
  );

  test("give the same verdicts however many there are, and where none can be started", async () => {
    const one = await here(jobs, () => undefined);
    expect(one.filter((holds) => holds)).toHaveLength(200);
    const started: unknown[] = [];
    const start = () => {
      const lane = {
        onmessage: null as ((event: MessageEvent<{ number: number; verdicts: readonly boolean[] }>) => void) | null,
        onerror: null,
        terminate: () => undefined,
        postMessage: ({ number, jobs }: { number: number; jobs: readonly Parameters<typeof judge>[0][] }) => {
          setTimeout(() =>
            lane.onmessage?.(new MessageEvent("message", { data: { number, verdicts: jobs.map(judge) } })),
          );
        },
      };
      started.push(lane);
      return lane;
    };
    expect(await lanesOf(start, 3)(jobs, () => undefined)).toEqual(one);
    expect(started).toHaveLength(3);
    const none = lanesOf(() => {
      throw new Error("no workers here");
    }, 3);
    expect(await none(jobs, () => undefined)).toEqual(one);
  });
});

describe("nights of the simulation, with a staff at the desks", () => {
  test("are there", () => {
    expect(nights("simulated-").length, MISSING).toBeGreaterThan(0);
  });

  test.each(nights("simulated-").slice(0, 4))("%s passes every check of its contents", async (name) => {
    const { bytes, entries } = night(name);
    const findings = new Findings(() => undefined);
    const opened = entries[0]?.body.event;
    if (opened?.kind !== "ContestOpened") throw new Error("no contest");
    await checkSignatures(entries, here, findings, 0);
    await new Contents(opened.value, findings, 0, null, new Roots(bytes)).read(entries);
    const all = findings.all();
    const failed = CHECKS.flatMap(({ name }) => (all[name].kind === "failed" ? [[name, all[name]]] : []));
    expect(failed).toEqual([]);
    expect(all.persons).toMatchObject({ kind: "passed" });
  });
});
