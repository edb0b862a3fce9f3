import { launch, open } from "./support/browser";
import { publishedResults, run, simulatedNight, start } from "./support/server";
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

/** Moves the scrubber to another moment with every frame for five seconds; how long each frame took, in milliseconds. */
function scrub(): Promise<number[]> {
  return new Promise((done) => {
    const range = document.querySelector<HTMLInputElement>("input[type=range]");
    const took: number[] = [];
    const [began, low, high] = [performance.now(), Number(range?.min), Number(range?.max)];
    let before = began;
    const frame = (now: number) => {
      took.push(now - before);
      before = now;
      if (!range || now - began > 5_000) {
        done(took.slice(1));
        return;
      }
      const there = (now - began) / 5_000;
      range.value = String(Math.round(low + (high - low) * there));
      range.dispatchEvent(new Event("input", { bubbles: true }));
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

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

const simulated = real === null ? night : await simulatedNight();
const { page: scrubbing } = await open(browser, `${simulated.url}/timeline`);
await scrubbing.locator("canvas").waitFor({ timeout: 120_000 });
await scrubbing.waitForTimeout(2_000);
// What runs this file names functions by a helper that the page does not have.
await scrubbing.evaluate("globalThis.__name = (named) => named");
const frames = await scrubbing.evaluate(scrub);
frames.sort((a, b) => a - b);
const rate = Math.round(1_000 / (frames.reduce((sum, frame) => sum + frame, 0) / frames.length));
console.log(`scrubbing the simulated night: ${rate} frames a second over ${frames.length} frames`);
say("99th percentile of a frame", frames[Math.floor(frames.length * 0.99)] ?? 0);
if (simulated !== night) await simulated.stop();

await browser.close();
await night.stop();
await rm(folder, { recursive: true });
