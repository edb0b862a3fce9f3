import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launch, open, type Look, type Watched } from "./browser";
import { simulatedNight, type Server } from "./server";

/** A night that is served, and a browser to look at it: for all tests of a file. */
export interface ServedNight {
  readonly browser: Browser;
  readonly server: Server;
  /** A page of the night, once it shows something. */
  opened(path: string, look?: Look, url?: string): Promise<Watched>;
}

/** Sets up browser and simulated night before the tests of the file that calls this, and takes them down after them. */
export function servedNight(): ServedNight {
  let [browser, server]: [Browser | null, Server | null] = [null, null];
  beforeAll(async () => {
    browser = await launch();
    server = await simulatedNight();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  return {
    get browser() {
      return there(browser);
    },
    get server() {
      return there(server);
    },
    async opened(path, look = {}, url = there(server).url) {
      const watched = await open(there(browser), url + path, look);
      await watched.page.getByRole("heading", { level: 1 }).waitFor({ timeout: 60_000 });
      return watched;
    },
  };
}

function there<T>(what: T | null): T {
  if (what === null) throw new Error("browser and night are there for tests, and not before them");
  return what;
}
