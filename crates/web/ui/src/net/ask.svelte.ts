import { problemOf, wasAborted, type Problem } from "./problem";

/** The answer to a question that is asked again whenever what it depends on changes. */
export class Answer<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  waiting = $state(false);
  #stop = new AbortController();

  /** Asks. The answer before stays until the new one is there; an answer that comes too late is dropped. */
  async ask(question: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#stop.abort();
    const stop = new AbortController();
    this.#stop = stop;
    this.waiting = true;
    try {
      const value = await question(stop.signal);
      if (stop.signal.aborted) return;
      this.value = value;
      this.problem = null;
    } catch (error) {
      if (stop.signal.aborted) return;
      if (!wasAborted(error)) this.problem = problemOf(error);
    }
    this.waiting = false;
  }

  /** Forgets what was answered. */
  clear(): void {
    this.#stop.abort();
    this.value = null;
    this.problem = null;
    this.waiting = false;
  }
}
