import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launch, open, PHONE, type Look } from "./support/browser";
import { simulatedNight } from "./support/server";

/** Every page, with a view of it that is worth looking at. */
const PAGES: Readonly<Record<string, string>> = {
  results: "/",
  "results-all": "/?set=all&shade=reporting",
  "results-county": "/?in=Polk",
  timeline: "/timeline",
  log: "/log",
  precinct: "/precinct/Jasper/Fox%20Run%20Township",
  verify: "/verify",
  nowhere: "/nowhere",
};

const LOOKS: Readonly<Record<string, Look>> = {
  light: {},
  dark: { theme: "dark" },
  phone: PHONE,
  "phone-dark": { ...PHONE, theme: "dark" },
};

/** Pictures of every page of a served night, or of the simulated one, into `shots/`. */
const folder = join(import.meta.dirname, "../shots");
const named = process.argv[2];
const server = named === undefined ? await simulatedNight() : null;
const url = named ?? server?.url ?? "";
const browser = await launch();
await mkdir(folder, { recursive: true });
const only = process.argv[3];
for (const [look, options] of Object.entries(LOOKS)) {
  for (const [name, path] of Object.entries(PAGES)) {
    if (only !== undefined && !name.startsWith(only)) continue;
    const { page, context } = await open(browser, url + path, options);
    await page.waitForTimeout(1_500);
    await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
    await context.close();
  }
}
await browser.close();
await server?.stop();
