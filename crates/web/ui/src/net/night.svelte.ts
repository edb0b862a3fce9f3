import { Basis, type RosterResponse, type TimelineStep } from "../gen/tallylog/v1/results_pb";
import { results } from "./clients";
import { none, ofCounty, type Figures } from "./figures";
import { pause } from "./pause";
import { problemOf, wasAborted, type Problem } from "./problem";

/** How the page hears of what the log takes: not yet, as it comes, or not at present. */
export type Connection = "connecting" | "live" | "lost" | "still";

/** The first moments after a lost connection, in milliseconds; then every last of them. */
const BACK_OFF = [500, 1_000, 2_000, 5_000, 10_000];

/** Figures of every county at the latest size, followed as the log grows. */
export class Night {
  roster = $state.raw<RosterResponse | null>(null);
  /** In roster order. */
  counties = $state.raw<readonly Figures[]>([]);
  size = $state(0);
  /** When the log took its last entry, in milliseconds since the Unix epoch; 0 for none. */
  time = $state(0);
  release = $state("");
  connection = $state<Connection>("connecting");
  problem = $state.raw<Problem | null>(null);
  /** When the server was last heard of, by this browser's clock. */
  heard = $state(0);
  #stop = new AbortController();

  /** Shows the log's first `size` entries, or follows it where no size is given. */
  start(basis: Basis, size: number | null): void {
    this.stop();
    this.#stop = new AbortController();
    this.connection = "connecting";
    void this.#run(basis, size, this.#stop.signal);
  }

  stop(): void {
    this.#stop.abort();
  }

  async #run(basis: Basis, size: number | null, signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      const before = this.heard;
      try {
        await this.#read(basis, size, signal);
        if (size !== null) return;
      } catch (error) {
        if (signal.aborted || wasAborted(error)) return;
        this.problem = problemOf(error);
        if (this.problem.code !== "unreachable") {
          this.connection = "lost";
          return;
        }
      }
      if (this.heard !== before) tries = 0;
      this.connection = "lost";
      await pause(BACK_OFF[Math.min(tries, BACK_OFF.length - 1)] ?? 0, signal);
    }
  }

  async #read(basis: Basis, size: number | null, signal: AbortSignal): Promise<void> {
    const roster = await results.roster({}, { signal });
    const from = size ?? Number(roster.position?.size ?? 0n);
    this.roster = roster;
    const asked = { basis, from: BigInt(from), steps: 1, follow: size === null };
    const known = roster.counties.map(() => none(roster.candidates.length));
    for await (const { steps } of results.timeline(asked, { signal })) {
      for (const step of size === null ? steps : steps.slice(0, 1)) this.#take(step, known);
      this.connection = size === null ? "live" : "still";
      this.problem = null;
      if (size !== null) return;
    }
  }

  #take(step: TimelineStep, known: Figures[]): void {
    for (const county of step.counties) known[county.county] = ofCounty(county);
    this.counties = [...known];
    this.size = Number(step.size);
    this.time = Number(step.timeMs);
    this.release = step.release;
    this.heard = Date.now();
  }
}
