// One core's lane: it looks at signatures, and knows nothing of nights.
import { judge, type Job } from "../../audit/lanes";

self.addEventListener(
  "message",
  ({ data }: MessageEvent<{ readonly number: number; readonly jobs: readonly Job[] }>) => {
    self.postMessage({ number: data.number, verdicts: data.jobs.map(judge) });
  },
);
