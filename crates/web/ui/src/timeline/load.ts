import type { Basis } from "../gen/tallylog/v1/results_pb";

/** How many steps a server sums up at most, and how many a long log is shown in. */
export const MOST_STEPS = 10_000;
const STEPS_OF_A_LONG_LOG = 2_000;

/** What is asked of a server for a log of a size: a step for every entry, as long as it gives so many. */
export function question(basis: Basis, size: number): { basis: Basis; from: bigint; steps: number; follow: true } {
  return { basis, from: 0n, steps: size <= MOST_STEPS ? MOST_STEPS : STEPS_OF_A_LONG_LOG, follow: true };
}

/** Does something soon, and once for all who asked for it meanwhile: a page is not drawn for every step of a night. */
export class Soon {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly what: () => void,
    private readonly afterMs: number,
  ) {}

  ask(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.what();
    }, this.afterMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
