import type { Answer } from "../../audit/night";
import { joined } from "../../log/bytes";
import { Refused } from "../../log/flaw";

/** How long a server may say nothing before it is taken for gone. */
const PATIENCE_MS = 30_000;

/** The most bytes of anything that a log has: a tile of the largest entries. The list of its checkpoints may be longer, and so may a page of what it shows. */
const LARGEST = { tile: 256 * 65_537, list: 1 << 28 } as const;

/** What stands at a path of the server that the page came from. */
export async function get(path: string): Promise<Answer> {
  const stop = new AbortController();
  const clock = new Clock(stop);
  try {
    // Nothing that an earlier visit left in the browser's store stands in for what the server shows today.
    const asked = { cache: "no-store", signal: stop.signal } as const;
    const response = await fetch(new URL(`/${path}`, globalThis.location.origin), asked);
    if (!response.ok && response.status !== 404) throw new Refused("unreachable", `${path} ${response.status}`);
    const bytes = await body(response, path, clock);
    if (response.ok) return bytes;
    return new TextDecoder().decode(bytes).includes('"embargoed"') ? "embargoed" : "missing";
  } catch (error) {
    throw error instanceof Refused ? error : new Refused("unreachable", path);
  } finally {
    clock.end();
    stop.abort();
  }
}

/** Reads a body as it comes, so that one that never ends, or never comes, ends the reading. */
async function body(response: Response, path: string, clock: Clock): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const most = path === "checkpoints" || path.startsWith("shown/") ? LARGEST.list : LARGEST.tile;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    clock.again();
    parts.push(read.value);
    length += read.value.length;
    if (length > most) throw new Refused("tile-length", path);
  }
  return joined(parts);
}

/** Ends a request when nothing was heard for a while. */
export class Clock {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly stop: AbortController) {
    this.again();
  }

  again(): void {
    this.end();
    this.timer = setTimeout(() => {
      this.stop.abort();
    }, PATIENCE_MS);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
