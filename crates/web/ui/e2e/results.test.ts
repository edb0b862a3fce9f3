import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { assertAccessible, assertFits, LOOKS, type Look, open, type Watched } from "./support/browser";
import { run } from "./support/server";
import { servedNight } from "./support/night";

const night = servedNight();

/** A view of the results, once its figures are there. */
async function opened(path = "/", look: Look = {}): Promise<Watched> {
  const watched = await night.opened(path, look);
  await watched.page.locator("progress").waitFor();
  return watched;
}

test("the first page says what it shows, that it is a rehearsal, and asks no other host for anything", async () => {
  const { page, assertQuiet } = await opened();
  await page.getByText("REHEARSAL: nothing on this page").waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  const policy = (await page.request.get(night.server.url)).headers()["content-security-policy"];
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  assertQuiet();
});

test("what is downloaded has the figures of the command line", async () => {
  const { page } = await opened();
  await page.getByText("Live", { exact: true }).waitFor();
  // Once the server's own totals are there for the same size.
  await page.waitForTimeout(2_500);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV" }).first().click(),
  ]);
  const shown = (await readFile(await download.path(), "utf8")).trim().split("\n");
  const size = /groups-(\d+)\.csv/.exec(download.suggestedFilename())?.[1] ?? "";
  const told = await run(["totals", "--server", night.server.url, "--as-of", size, "--format", "csv"]);
  const expected = told
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const claimed = expected[0]?.indexOf("sde_claimed") ?? -1;
  expect(shown).toEqual(expected.map((cells) => cells.filter((_, index) => index !== claimed).join(",")));
});

test("a link restores the view that it was taken from", async () => {
  const { page } = await opened("/?set=final&basis=released&in=Polk&sort=Ivesdale&order=falling&find=ward");
  expect(await page.getByRole("radio", { name: "Final alignment" }).isChecked()).toBe(true);
  expect(await page.getByRole("radio", { name: "Released" }).isChecked()).toBe(true);
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Results: Polk");
  expect(await page.getByRole("searchbox").inputValue()).toBe("ward");
  await page.locator('th[aria-sort="descending"]').waitFor();
  expect(await page.locator('th[aria-sort="descending"]').textContent()).toContain("Ivesdale");
  const names = await page
    .getByRole("region", { name: /Polk: \d+ places/ })
    .locator("tbody th")
    .allTextContents();
  expect(names.length).toBeGreaterThan(1);
  expect(names.every((name) => name.toLowerCase().includes("ward"))).toBe(true);
});

test("what is downloaded of the places are those that are listed, as they are listed, once their figures are there", async () => {
  let answer = (): void => undefined;
  const answered = new Promise<void>((done) => (answer = done));
  const path = "/?in=Polk&find=ward%201%20precinct&sort=margin&order=falling&set=first";
  const { page, context } = await open(night.browser, "about:blank");
  await context.route(/Results\/Figures$/, async (route) => {
    await answered;
    await route.continue();
  });
  const states = page.waitForResponse(/Results\/Precincts$/);
  await page.goto(night.server.url + path);
  await states;
  const places = page.getByRole("region", { name: /Polk: \d+ places/ });
  const csv = page.getByRole("button", { name: "CSV" }).last();
  await csv.waitFor();
  expect([await places.count(), await csv.isDisabled()]).toEqual([0, true]);
  answer();
  const [download] = await Promise.all([page.waitForEvent("download"), csv.click()]);
  const [head = "", ...lines] = (await readFile(await download.path(), "utf8")).trim().split("\n");
  expect(download.suggestedFilename()).toMatch(/^places-by-first-\d+\.csv$/);
  expect(head).toMatch(/^name,status,open_checks,leader,margin,/);
  expect(lines.map((line) => line.split(",")[0])).toEqual(await places.locator("tbody th").allTextContents());
});

test("a view of which there is nothing says so, and shows no figures in its place", async () => {
  const { page, assertQuiet } = await open(night.browser, `${night.server.url}/?release=never`);
  await page.getByText("There is no release “never”").waitFor();
  await page.goto(`${night.server.url}/?size=999999999`);
  await page.getByText("Code: beyond-log").waitFor();
  expect(await page.locator(".figure").count()).toBe(0);
  await page.goto(`${night.server.url}/?in=district-99`);
  await page.getByText("There is no place “district-99” in the roster").waitFor();
  assertQuiet();
});

test("a page says in its title what it shows", async () => {
  const { page } = await opened("/?in=Polk");
  await page.waitForFunction(() => document.title === "Results: Polk · Rehearsal caucus, synthetic night 2028");
  for (const [name, title] of [
    ["Log", "Log · "],
    ["Keys", "Keys · Log · "],
    ["Precincts", "Choose a precinct · "],
  ] as const) {
    await page.getByRole("link", { name, exact: true }).first().click();
    await page.waitForFunction((title) => document.title.startsWith(title), title);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
  }
});

test("every result set, shading and place is one choice away, and stands in the address", async () => {
  const { page, assertQuiet } = await opened();
  for (const name of ["First alignment", "Final alignment", "Side by side"]) {
    await page.getByRole("radio", { name }).check({ force: true });
    await page
      .getByRole("columnheader", { name: /alignment/ })
      .first()
      .waitFor();
  }
  expect(page.url()).toContain("set=all");
  for (const name of ["Margin", "Reporting", "Open checks"]) {
    await page.getByRole("radio", { name }).check({ force: true });
    await page.getByRole("group", { name: new RegExp(`shaded by ${name}`) }).waitFor();
  }
  await page.getByRole("link", { name: "Adair" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Results: Adair" }).waitFor();
  await page.getByRole("columnheader", { name: "Status" }).waitFor();
  assertQuiet();
});

test("the page can be walked by keys alone", async () => {
  const { page } = await opened();
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
  const reached = new Set<string>();
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const active = document.activeElement;
      return active instanceof HTMLInputElement ? active.name || active.type : (active?.textContent ?? "").trim();
    });
    reached.add(name);
  }
  for (const expected of ["set", "basis", "shade", "search", "Timeline", "Verify"]) {
    expect([...reached]).toContain(expected);
  }
  await page.getByRole("radio", { name: "State delegate equivalents" }).focus();
  await page.keyboard.press("ArrowRight");
  expect(page.url()).toContain("set=first");
});

test.each(LOOKS)("nothing serious is found by axe, and nothing is cut off: %s", async (_, look) => {
  for (const path of ["/?find=ad", "/?set=all&in=Adair"]) {
    const { page, context, assertQuiet } = await opened(path, look);
    await page.waitForTimeout(500);
    await assertAccessible(page);
    await assertFits(page);
    assertQuiet();
    await context.close();
  }
});

test("readers of Spanish are spoken to in Spanish, with numbers as the United States write them", async () => {
  const { page } = await open(night.browser, night.server.url, { locale: "es-US" });
  await page.getByRole("heading", { level: 1, name: "Resultados" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("es");
  expect(await page.locator(".figure").first().textContent()).toMatch(/^\d+\.\d{4}$/);
});
