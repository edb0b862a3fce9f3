import { launch, open } from "./support/browser";
import { run, simulatedNight, start } from "./support/server";
import { publishedResults } from "./support/server";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Figures for docs/ARCHITECTURE.md. They are of this machine, with whatever else it does. */
const ROUNDS = 5;

const browser = await launch();
const folder = await mkdtemp(join(tmpdir(), "tallylog-measure-"));
const real = publishedResults();
if (real !== null) await run(["import", "--data-dir", join(folder, "data"), real]);
const night = real === null ? await simulatedNight() : await start(["serve", "--data-dir", join(folder, "data")]);
const of = real === null ? "the simulated night" : "the real night";

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const say = (what: string, milliseconds: number) => {
  console.log(`${what}: ${Math.round(milliseconds)} ms`);
};

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

await browser.close();
await night.stop();
await rm(folder, { recursive: true });
