import { checkKey, holds } from "../log/signature";

/** A signature to check, or a key that is enrolled. */
export type Job =
  | {
      readonly kind: "signature";
      readonly key: Uint8Array;
      readonly message: Uint8Array;
      readonly signature: Uint8Array;
    }
  | { readonly kind: "key"; readonly key: Uint8Array };

/** Looks at jobs, and says of each whether it holds: here, or on other cores. */
export type Lanes = (jobs: readonly Job[], tell: (done: number) => void) => Promise<readonly boolean[]>;

/** Whether what a job says holds. */
export function judge(job: Job): boolean {
  return job.kind === "key" ? checkKey(job.key) === "good" : holds(job.key, job.message, job.signature);
}

/** Lets others have their turn: a page that shows progress, or a message that stops everything. */
export async function breathe(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/** One lane: this one. */
export const here: Lanes = async (jobs, tell) => {
  const verdicts: boolean[] = [];
  for (const job of jobs) {
    verdicts.push(judge(job));
    if (verdicts.length % 64 !== 0) continue;
    tell(verdicts.length);
    await breathe();
  }
  return verdicts;
};
