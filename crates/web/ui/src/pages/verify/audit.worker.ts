// The audit, on a core of its own, so that the page stays awake. It starts lanes on other cores for the signatures.
import { audit, type Report } from "../../audit/audit";
import type { Visit } from "../../audit/visit";
import { lanesOf } from "../../audit/workers";
import type { Memory, Message, Question } from "./messages";
import { answers } from "./answers";
import { server } from "./server";

function post(message: Message): void {
  self.postMessage(message);
}

/** At an address, what was seen there; of a file, what was seen of its log, wherever that was. */
function remembered(memory: Memory, logKey: string, isFile: boolean): Visit | null {
  return memory.visits[isFile ? logKey : (memory.here ?? logKey)] ?? null;
}

async function run({ file, memory }: Question): Promise<Report> {
  const lanes = lanesOf(
    () => new Worker(new URL("./lane.worker.ts", import.meta.url), { type: "module" }),
    navigator.hardwareConcurrency,
  );
  const isFile = file !== null;
  const source = isFile ? ({ kind: "file", bytes: file } as const) : ({ kind: "server", server } as const);
  const asked = {
    visit: (logKey: string) => remembered(memory, logKey, isFile),
    lanes,
    ...(isFile ? {} : { answers }),
  };
  return audit(source, asked, (check, verdict) => {
    post({ kind: "verdict", check, verdict });
  });
}

self.addEventListener("message", ({ data }: MessageEvent<Question>) => {
  run(data)
    .then((report) => {
      post({ kind: "report", report });
    })
    .catch((error: unknown) => {
      post({ kind: "broken", message: error instanceof Error ? error.message : String(error) });
    });
});
