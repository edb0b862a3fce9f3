import { log } from "./clients";

/** How often a server is asked whether it is still there, and how long it may take to say so, in milliseconds. */
const EVERY = 10_000;
const PATIENCE = 8_000;

/**
 * How long ago the server was last heard of. A connection that was cut without a word looks as one on which nothing happens,
 * so the server is asked now and then. Seconds are counted, not read off a clock: a reader's clock may be wrong.
 */
export class Pulse {
  /** Since the last answer. */
  seconds = $state(0);
  #heard = performance.now();
  #stop = new AbortController();

  /** Begins to ask; `answered` hears with each answer how many entries the log has. */
  start(answered: (size: number) => void): void {
    const { signal } = (this.#stop = new AbortController());
    this.hear();
    const count = setInterval(() => (this.seconds = Math.round((performance.now() - this.#heard) / 1_000)), 1_000);
    const ask = setInterval(() => void this.#ask(answered, signal), EVERY);
    signal.addEventListener("abort", () => {
      clearInterval(count);
      clearInterval(ask);
    });
  }

  stop(): void {
    this.#stop.abort();
  }

  /** The server was heard of just now. */
  hear(): void {
    this.#heard = performance.now();
    this.seconds = 0;
  }

  async #ask(answered: (size: number) => void, signal: AbortSignal): Promise<void> {
    try {
      const { size } = await log.head({}, { signal, timeoutMs: PATIENCE });
      this.hear();
      answered(Number(size));
    } catch {
      // The seconds go on, and say so.
    }
  }
}
