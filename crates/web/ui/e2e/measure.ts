import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launch, open } from "./support/browser";
import { longNight, measureTimeline } from "./support/long";
import { publishedResults, run, simulatedNight, start } from "./support/server";

/** Figures for docs/ARCHITECTURE.md. They are of this machine, with whatever else it does. */
const ROUNDS = 5;

/** How many entries the timeline is measured with; with another number nothing but that is measured. */
const ENTRIES = 10_000;

const { values: asked } = parseArgs({ options: { entries: { type: "string" }, log: { type: "string" } } });
const browser = await launch();
const folder = await mkdtemp(join(tmpdir(), "tallylog-measure-"));
if (asked.entries === undefined) await measurePages();
const entries = Number(asked.entries ?? ENTRIES);
const long = await longNight(entries, asked.log ?? join(folder, "long"));
await measureTimeline(browser, long, entries);
await long.stop();
await browser.close();
await rm(folder, { recursive: true });

/** Prints how soon results show, and how long a night takes to be verified. */
async function measurePages(): Promise<void> {
  const real = publishedResults(import.meta.filename);
  if (real !== null) await run(["import", "--data-dir", join(folder, "data"), real]);
  const night = real === null ? await simulatedNight() : await start(["serve", "--data-dir", join(folder, "data")]);
  const of = real === null ? "the simulated night" : "the real night";
  const paints: number[] = [];
  const figures: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { page, context } = await open(browser, night.url);
    const began = await page.evaluate(() => performance.timeOrigin);
    await page.locator(".figure").first().waitFor();
    const shown = await page.evaluate(() => performance.timeOrigin + performance.now());
    figures.push(shown - began);
    paints.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0));
    await context.close();
  }
  say(`first paint of the results, ${of}, median of ${ROUNDS}`, median(paints));
  say(`first figure of the results, ${of}, median of ${ROUNDS}`, median(figures));

  const { page: verifying, context: verifier } = await open(browser, `${night.url}/verify`);
  const verified: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await verifying.getByRole("button", { name: "Verify the log of this server" }).click();
    await verifying.locator("[data-stage=running]").waitFor();
    await verifying.locator("[data-stage]:not([data-stage=running])").waitFor({ timeout: 120_000 });
    verified.push(performance.now() - began);
  }
  say(`the whole log verified in the browser, ${of}, median of ${ROUNDS}`, median(verified));
  await verifier.close();
  await night.stop();
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function say(what: string, milliseconds: number): void {
  console.log(`${what}: ${Math.round(milliseconds)} ms`);
}
