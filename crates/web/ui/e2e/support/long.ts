import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Browser, CDPSession, Page } from "playwright-core";
import { open } from "./browser";
import { run, start, type Server } from "./server";

/** How long each way through a night is measured. */
const WAY_MS = 5_000;
const PATIENCE = { timeout: 300_000 };
const MIB = 1024 * 1024;

/** The night of so many entries in a folder, which is filled where it is not there, served. */
export async function longNight(entries: number, folder: string): Promise<Server> {
  if (!existsSync(folder)) {
    const listen = ["--listen", "127.0.0.1:0"];
    await run(["demo", "--seconds", "0", "--exit", "--entries", String(entries), "--data-dir", folder, ...listen]);
  }
  return start(["serve", "--data-dir", folder]);
}

/** Prints what the timeline of a night of so many entries takes: the page, and the server that it asks. */
export async function measureTimeline(browser: Browser, server: Server, entries: number): Promise<void> {
  const say = (what: string, value: string) => {
    console.log(`timeline of ${entries.toLocaleString("en")} entries, ${what}: ${value}`);
  };
  say("the server before anybody asks", await taken(server));
  const began = performance.now();
  const { page } = await open(browser, `${server.url}/timeline`);
  await page.locator("canvas").waitFor(PATIENCE);
  say("curves, and every step of the scrubber", seconds(began));
  say("the server by then", await taken(server));
  const devtools = await page.context().newCDPSession(page);
  // What runs this file names functions by a helper that the page does not have.
  await page.evaluate("globalThis.__name = (named) => named");
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  for (const way of ["dragged through", "gone through by key", "played at 8×"] as const) {
    await page.waitForTimeout(1_000);
    const before = await busyMs(devtools);
    const took = await page.evaluate(frames, { way, ms: WAY_MS });
    say(way, told(took, (await busyMs(devtools)) - before));
  }
  say("memory of the page", await heap(devtools));
  await page.context().close();
  await single(browser, server, entries, say);
  say("the server in the end", await taken(server));
}

/** Comes to a single entry in the middle by its link, and compares its figures with the command line's. */
async function single(
  browser: Browser,
  server: Server,
  entries: number,
  say: (what: string, value: string) => void,
): Promise<void> {
  const size = Math.round(entries * 0.54321);
  const began = performance.now();
  const { page } = await open(browser, `${server.url}/timeline?size=${size}`);
  await page.locator(".now", { hasText: `${size.toLocaleString("en")} entries` }).waitFor(PATIENCE);
  say(`the moment of ${size.toLocaleString("en")} entries by its link`, seconds(began));
  const newest = (size - 1).toLocaleString("en");
  await page.locator("section.feed li.newest .when").waitFor(PATIENCE);
  await page.locator("section.feed li.newest", { hasText: newest }).waitFor(PATIENCE);
  say("and what happened there, in words", seconds(began));
  const lines = await run(["totals", "--server", server.url, "--as-of", String(size), "--format", "csv"]);
  const expected = lines.trim().split("\n").slice(1);
  const shown = await figures(page);
  const wrong = expected.map((line) => line.split(",")).filter(([group = "", , , , sde]) => shown.get(group) !== sde);
  say("figures there that are not the command line's", String(wrong.length));
  await page
    .locator("dd", { hasText: "…" })
    .first()
    .waitFor({ ...PATIENCE, state: "detached" });
  say("and what only the server counts", seconds(began));
  await page.context().close();
}

async function figures(page: Page): Promise<ReadonlyMap<string, string>> {
  const rows = await page.locator("section.figures tbody tr").all();
  const cells = await Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
  return new Map(cells.map(([group = "", figure = ""]) => [group.trim(), figure.trim()]));
}

/** Goes through the night with every frame; how long each frame took, in milliseconds. Runs in the page. */
function frames({ way, ms }: { way: string; ms: number }): Promise<number[]> {
  return new Promise((done) => {
    const range = document.querySelector<HTMLInputElement>(".track input[type=range]");
    const speed = document.querySelector<HTMLSelectElement>(".player select:not(.jump)");
    const took: number[] = [];
    if (!range || !speed) {
      done(took);
      return;
    }
    const press = (key: string) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const put = (value: number) => {
      range.value = String(Math.round(value));
      range.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const [low, high] = [Number(range.min), Number(range.max)];
    put(way === "dragged through" ? low : (low + high) / 2);
    if (way.startsWith("played")) {
      put(low);
      speed.selectedIndex = speed.options.length - 1;
      speed.dispatchEvent(new Event("change", { bubbles: true }));
      press(" ");
    }
    const began = performance.now();
    let before = began;
    const frame = (now: number) => {
      took.push(now - before);
      before = now;
      if (now - began > ms) {
        if (way.startsWith("played")) press(" ");
        done(took.slice(1));
        return;
      }
      if (way === "dragged through") put(low + ((high - low) * (now - began)) / ms);
      if (way === "gone through by key") press("ArrowRight");
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** How long the page's thread has been at work on a processor: what else the machine does is not in it. */
async function busyMs(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN);
}

function told(took: readonly number[], busy: number): string {
  const sorted = [...took].sort((a, b) => a - b);
  const part = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  const rate = Math.round(1_000 / (took.reduce((sum, frame) => sum + frame, 0) / took.length));
  return `${rate} frames a second; a frame ${part(0.5)} ms, the 99th of a hundred ${part(0.99)} ms, of work ${(busy / took.length).toFixed(1)} ms`;
}

const seconds = (began: number) => `${((performance.now() - began) / 1_000).toFixed(1)} s`;

async function heap(devtools: CDPSession): Promise<string> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize } = await devtools.send("Runtime.getHeapUsage");
  return `${Math.round(usedSize / MIB)} MiB, and ${Math.round(backingStorageSize / MIB)} MiB of numbers`;
}

/** What the process of a server has taken: memory now and at most, and the time of processors. */
async function taken({ pid }: Server): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const mib = (line: string) => Math.round(Number(new RegExp(`${line}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  const ticks = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  const used = (Number(ticks[11]) + Number(ticks[12])) / 100;
  return `${mib("VmRSS")} MiB, at most ${mib("VmHWM")} MiB, ${used.toFixed(1)} s of processors`;
}
