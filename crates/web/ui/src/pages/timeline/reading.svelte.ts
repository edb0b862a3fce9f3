import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Basis, TimelineRequestSchema } from "../../gen/tallylog/v1/results_pb";
import { log, results } from "../../net/clients";
import { pause } from "../../net/pause";
import { problemOf, wasAborted, type Problem } from "../../net/problem";
import { Soon } from "../../net/soon";
import { entryByEntry, question } from "../../timeline/load";
import { Moments } from "../../timeline/moments";
import { Night } from "../../timeline/night";

const AGAIN_MS = 2_000;
const TOGETHER_MS = 100;

/** Says that there is more of the night, or a night at all; `before` is the size that was known, if one was. */
type Arrived = (before: number | null) => void;

/** The night as it is read from a server: in steps, then as it grows, and entry by entry where somebody rests. */
export class Reading {
  moments = $state.raw<Moments | null>(null);
  /** Another number, and only then more of the night. */
  version = $state(0);
  problem = $state.raw<Problem | null>(null);
  /** Whether a stretch is being read entry by entry. */
  refining = $state(false);
  private known = 0;

  constructor(
    private readonly counties: number,
    private readonly groups: number,
    private readonly arrived: Arrived,
  ) {}

  /** Reads, and reads again where the connection is lost. */
  async follow(basis: Basis, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.problem = null;
        await this.read(basis, signal);
      } catch (error) {
        if (signal.aborted || wasAborted(error)) return;
        this.problem = problemOf(error);
        if (this.problem.code !== "unreachable") return;
      }
      await pause(AGAIN_MS, signal);
    }
  }

  /** Reads what is lacking around a moment, entry by entry. Without it the steps stay as they are, and say so. */
  async around(basis: Basis, size: number, signal: AbortSignal): Promise<void> {
    const moments = this.moments;
    const part = moments?.lacks(size);
    if (!moments || !part) return;
    this.refining = true;
    try {
      const stretch = this.night();
      await this.fill(stretch, entryByEntry(basis, part), signal, () => undefined);
      moments.refine(stretch);
      this.version += 1;
    } catch (error) {
      if (!signal.aborted && !wasAborted(error)) this.problem = problemOf(error);
    } finally {
      if (!signal.aborted) this.refining = false;
    }
  }

  /** Reads the night from the first step on, shows it as soon as it is whole, and then whatever comes. */
  private async read(basis: Basis, signal: AbortSignal): Promise<void> {
    const size = Number((await log.head({}, { signal })).size);
    const night = this.night();
    const soon = new Soon(() => {
      if (night.length > 0 && night.last >= size) this.show(night);
    }, TOGETHER_MS);
    try {
      await this.fill(night, question(basis, size), signal, () => {
        soon.ask();
      });
    } finally {
      soon.stop();
    }
  }

  private show(night: Night): void {
    const isFirst = this.moments?.whole !== night;
    const before = isFirst ? null : this.known;
    if (isFirst) this.moments = new Moments(night);
    this.known = night.last;
    this.version += 1;
    this.arrived(before);
  }

  private async fill(
    night: Night,
    asked: MessageInitShape<typeof TimelineRequestSchema>,
    signal: AbortSignal,
    came: () => void,
  ): Promise<void> {
    for await (const { steps } of results.timeline(asked, { signal })) {
      for (const each of steps) night.take(each);
      came();
    }
  }

  private night(): Night {
    return new Night(this.counties, this.groups);
  }
}
