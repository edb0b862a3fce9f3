import type { Report } from "../../audit/audit";
import { CHECKS, isFailed, type CheckName, type Verdict } from "../../audit/checks";
import { rememberedCheckpoint } from "../../audit/visit";
import { forget, keep, remember } from "./memory";
import type { Kept, Message, Question } from "./messages";

/** How far a verification has come, for a page to show. */
export type Stage = "idle" | "running" | "verified" | "shown" | "failed" | "unreachable" | "unknown";

/** A visit before this one, as it stands to what was verified now. */
export interface Before {
  readonly visit: Kept;
  readonly size: number;
}

/** One verification after the other, each in a worker of its own. */
export class Run {
  verdicts = $state.raw<Partial<Record<CheckName, Verdict>>>({});
  report = $state.raw<Report | null>(null);
  running = $state(false);
  /** What broke, where the program itself did. */
  broken = $state<string | null>(null);
  /** The name of the file; `null` for the server's log. */
  file = $state<string | null>(null);
  seconds = $state(0);
  before = $state.raw<Before | null>(null);
  #worker: Worker | null = null;

  readonly stage: Stage = $derived.by(() => stageOf(this));
  readonly done = $derived(CHECKS.filter(({ name }) => isDone(this.verdicts[name])).length);
  /** The check that is being made. */
  readonly now = $derived(CHECKS.find(({ name }) => this.verdicts[name]?.kind === "running")?.name ?? null);

  /** Verifies a file, or the server's log. */
  start(file: { readonly name: string; readonly bytes: Uint8Array } | null): void {
    this.stop();
    this.verdicts = {};
    this.report = null;
    this.broken = null;
    this.file = file?.name ?? null;
    this.running = true;
    const from = performance.now();
    const memory = remember();
    this.before = null;
    const worker = started();
    if (worker === null) {
      this.#end("worker");
      return;
    }
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Message>) => {
      this.seconds = (performance.now() - from) / 1000;
      this.#take(data, file === null);
    };
    worker.onerror = (event) => {
      this.#end(event.message || "worker");
    };
    worker.postMessage({ file: file?.bytes ?? null, memory } satisfies Question);
  }

  /** Says that a file could not be read. */
  refuse(name: string): void {
    this.stop();
    this.verdicts = {};
    this.report = null;
    this.file = name;
    this.broken = name;
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.running = false;
  }

  /** Forgets the visit that was compared. */
  forget(): void {
    if (this.before === null) return;
    forget(this.before.visit.logKey);
    this.before = null;
  }

  #take(message: Message, isHere: boolean): void {
    switch (message.kind) {
      case "verdict":
        this.verdicts = { ...this.verdicts, [message.check]: message.verdict };
        return;
      case "report":
        this.#look(message.report, isHere);
        this.#end(null);
        return;
      case "broken":
        this.#end(message.message);
    }
  }

  #look(report: Report, isHere: boolean): void {
    const { here, visits } = remember();
    const logKey = isHere ? (here ?? report.about?.logKey) : report.about?.logKey;
    const visit = logKey === undefined ? undefined : visits[logKey];
    const size = visit && rememberedCheckpoint(visit)?.size;
    this.before = visit !== undefined && size !== undefined ? { visit, size } : null;
    this.verdicts = report.verdicts;
    this.report = report;
    const isNewer = report.about !== null && report.about.size >= (size ?? 0);
    if (report.visit !== null && isNewer) keep({ ...report.visit, at: Date.now() }, isHere);
  }

  #end(broken: string | null): void {
    this.broken = broken;
    // What the program had begun when it broke off, nobody knows.
    if (broken !== null)
      this.verdicts = Object.fromEntries(
        Object.entries(this.verdicts).map(([check, verdict]) => [check, isDone(verdict) ? verdict : UNKNOWN]),
      );
    this.stop();
  }
}

const UNKNOWN: Verdict = { kind: "unknown", findings: [], more: 0 };

function isDone(verdict: Verdict | undefined): boolean {
  return verdict !== undefined && verdict.kind !== "waiting" && verdict.kind !== "running";
}

/** A browser may refuse to start one. */
function started(): Worker | null {
  try {
    return new Worker(new URL("./audit.worker.ts", import.meta.url), { type: "module" });
  } catch {
    return null;
  }
}

function stageOf({ running, broken, report }: Run): Stage {
  if (running) return "running";
  if (report === null) return broken === null ? "idle" : "unknown";
  const verdicts = Object.values(report.verdicts);
  if (report.verified) return verdicts.some(({ kind }) => kind === "withheld") ? "shown" : "verified";
  if (isFailed(report.verdicts)) return "failed";
  const findings = verdicts.flatMap((verdict) => ("findings" in verdict ? verdict.findings : []));
  return findings.length > 0 && findings.every(({ code }) => code === "unreachable") ? "unreachable" : "unknown";
}
