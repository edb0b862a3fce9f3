import { here, type Job, type Lanes } from "./lanes";

const CHUNK = 64;
const MOST_LANES = 4;

/** A worker that takes jobs and answers with verdicts, chunk by chunk. */
interface Lane {
  postMessage(message: { readonly number: number; readonly jobs: readonly Job[] }): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<{ readonly number: number; readonly verdicts: readonly boolean[] }>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/**
 * Lanes on other cores, one worker each. Where a browser starts none, or one of them fails, the jobs are done here: a
 * verdict never depends on how many cores there are.
 */
export function lanesOf(start: () => Lane, cores: number): Lanes {
  return async (jobs, tell) => {
    if (cores < 2 || jobs.length < 2 * CHUNK) return here(jobs, tell);
    try {
      return await spread(start, Math.min(cores, MOST_LANES), jobs, tell);
    } catch {
      return here(jobs, tell);
    }
  };
}

async function spread(
  start: () => Lane,
  cores: number,
  jobs: readonly Job[],
  tell: (done: number) => void,
): Promise<boolean[]> {
  const chunks = Array.from({ length: Math.ceil(jobs.length / CHUNK) }, (_, at) =>
    jobs.slice(at * CHUNK, (at + 1) * CHUNK),
  );
  const verdicts: (readonly boolean[])[] = [];
  const lanes: Lane[] = [];
  let next = 0;
  let done = 0;
  const drive = async (lane: Lane): Promise<void> => {
    for (let number = next++; number < chunks.length; number = next++) {
      const found = await ask(lane, number, chunks[number] ?? []);
      verdicts[number] = found;
      done += found.length;
      tell(done);
    }
  };
  try {
    for (let core = 0; core < cores; core += 1) lanes.push(start());
    await Promise.all(lanes.map(drive));
  } finally {
    for (const lane of lanes) lane.terminate();
  }
  return verdicts.flat();
}

function ask(lane: Lane, number: number, jobs: readonly Job[]): Promise<readonly boolean[]> {
  return new Promise((resolve, reject) => {
    lane.onmessage = ({ data }) => {
      if (data.number === number && data.verdicts.length === jobs.length) resolve(data.verdicts);
      else reject(new Error("a lane answered something else"));
    };
    lane.onerror = (event) => {
      reject(new Error(event.message));
    };
    lane.postMessage({ number, jobs });
  });
}
