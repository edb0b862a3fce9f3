import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { assertAccessible, assertFits, LOOKS, open } from "./support/browser";
import { run, start } from "./support/server";
import { servedNight } from "./support/night";

const night = servedNight();

const PATIENCE = { timeout: 60_000 };
const PRECINCT = "/precinct/Jasper/Fox%20Run%20Township";

/** The figures of the timeline at its moment, by group. */
async function figures(page: Page): Promise<Record<string, string>> {
  const shown: Record<string, string> = {};
  for (const row of await page.locator("section.figures tbody tr").all()) {
    const [group = "", figure = ""] = (await row.locator("th, td").allTextContents()).map((text) => text.trim());
    shown[group] = figure;
  }
  return shown;
}

async function sizeOf(page: Page): Promise<number> {
  const words = (await page.locator(".now").textContent()) ?? "";
  return Number(/([\d,]+) entries/.exec(words)?.[1]?.replaceAll(",", ""));
}

describe("the timeline", () => {
  test("shows at every moment what the command line says of that moment", async () => {
    const { page, assertQuiet } = await night.opened("/timeline?size=3500");
    await page.locator("canvas").waitFor(PATIENCE);
    const size = await sizeOf(page);
    expect(size).toBeGreaterThan(3_400);
    expect(size).toBeLessThanOrEqual(3_500);
    const told = await run(["totals", "--server", night.server.url, "--as-of", String(size), "--format", "csv"]);
    const lines = told.trim().split("\n").slice(1);
    const expected = lines.map((line) => line.split(",")).map((cells) => [cells[0], cells[4]]);
    const shown = await figures(page);
    expect(shown).toEqual(Object.fromEntries(expected));
    assertQuiet();
  });

  test("is scrubbed by keys, and a moment has a link that shows it again", async () => {
    const { page } = await night.opened("/timeline");
    await page.locator("canvas").waitFor(PATIENCE);
    const end = await sizeOf(page);
    await page.locator("h1").click();
    await page.keyboard.press("Home");
    const first = await sizeOf(page);
    expect(first).toBeLessThan(end);
    await page.keyboard.press("ArrowRight");
    expect(await sizeOf(page)).toBeGreaterThan(first);
    await page.keyboard.press("Shift+ArrowRight");
    const moment = await sizeOf(page);
    await page.waitForURL((url) => url.searchParams.get("size") === String(moment));
    const [link, before] = [page.url(), await figures(page)];
    const again = await open(night.browser, link);
    await again.page.locator("canvas").waitFor(PATIENCE);
    expect(await sizeOf(again.page)).toBe(moment);
    expect(await figures(again.page)).toEqual(before);
    await page.keyboard.press("End");
    expect(await sizeOf(page)).toBe(end);
  });

  test("plays and pauses, and goes to a release by its name", async () => {
    const { page, assertQuiet } = await night.opened("/timeline");
    await page.locator("canvas").waitFor(PATIENCE);
    const end = await sizeOf(page);
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForFunction(
      (end) => !document.querySelector(".now")?.textContent?.includes(end),
      end.toLocaleString("en"),
    );
    await page.waitForTimeout(1_000);
    await page.getByRole("button", { name: "Pause" }).click();
    const paused = await sizeOf(page);
    expect(paused).toBeLessThan(end);
    await page.waitForTimeout(500);
    expect(await sizeOf(page)).toBe(paused);
    const jump = page.locator("select.jump");
    const release = await jump.locator("option", { hasText: "certified" }).first().getAttribute("value");
    await jump.selectOption(release);
    await page.getByText("latest release: certified").waitFor();
    assertQuiet();
  });
});

describe("a precinct", () => {
  test("is proved in the browser to be in the statewide total, and a server that lies about it is found out", async () => {
    const { page, assertQuiet } = await night.opened(PRECINCT);
    await page.getByText("The proof holds.").waitFor(PATIENCE);
    await page.getByText("Version 2").first().waitFor();
    assertQuiet();
    const lied = await open(night.browser, "about:blank");
    await lied.context.route(/PrecinctProof$/, async (route) => {
      const answer = await route.fetch();
      const body = Buffer.from(await answer.body());
      // In the middle of the path through the results tree.
      const at = 400;
      body[at] = (body[at] ?? 0) ^ 1;
      await route.fulfill({ response: answer, body });
    });
    await lied.page.goto(night.server.url + PRECINCT);
    await lied.page.getByText("The proof does not hold.").waitFor(PATIENCE);
    expect(await lied.page.getByText("The proof holds.").count()).toBe(0);
  });

  test("shows its photos after it hashed them, and none whose bytes are others", async () => {
    const { page } = await night.opened(PRECINCT);
    const photos = page.locator("section", { has: page.getByRole("heading", { name: "Photos and scans" }) });
    await expect
      .poll(async () => {
        await photos.getByRole("button", { name: "Show" }).first().click();
        return photos.getByRole("status").first().textContent();
      }, PATIENCE)
      .toContain("it is the file that the log names");
    expect(await photos.locator("pre").first().textContent()).toContain("REHEARSAL. Synthetic document.");
    const lied = await open(night.browser, night.server.url + PRECINCT);
    await lied.context.route("**/file/*", (route) => route.fulfill({ body: "REHEARSAL. Another document." }));
    await lied.page.getByRole("button", { name: "Show" }).first().click(PATIENCE);
    await lied.page.getByText("other bytes than the log names").waitFor();
    expect(await lied.page.locator("pre, img").count()).toBe(0);
  });

  test("that is not in the roster is said not to be there", async () => {
    const { page } = await night.opened("/precinct/Jasper/Nowhere");
    await page.getByRole("alert").waitFor(PATIENCE);
    expect(await page.getByRole("alert").textContent()).toContain("no-precinct");
  });
});

describe("the log", () => {
  test("shows entries in words, one of them in full, its checkpoints and its keys", async () => {
    const { page, assertQuiet } = await night.opened("/log");
    await page.getByText('release "certified"').first().waitFor(PATIENCE);
    await page.goto(`${night.server.url}/log?entry=0`);
    await page.getByText("opening of the contest").or(page.getByText("contest opened")).first().waitFor(PATIENCE);
    for (const name of ["Checkpoints", "Keys"]) {
      await page
        .getByRole("link", { name, exact: true })
        .or(page.getByRole("tab", { name, exact: true }))
        .first()
        .click();
      await page.locator("main table, main li").first().waitFor(PATIENCE);
    }
    assertQuiet();
  });
});

describe("while the night goes on", () => {
  test("the results grow by themselves, and say when the connection is lost", async () => {
    const live = await start(["demo", "--seconds", "60"], /doors are closed/);
    try {
      const { page } = await open(night.browser, live.url);
      let totals = 0;
      page.on("response", (response) => (totals += Number(response.url().endsWith("/Totals"))));
      const reported = async () => Number(await page.locator("progress").getAttribute("value"));
      await page.locator("progress").waitFor(PATIENCE);
      await expect.poll(reported, PATIENCE).toBeGreaterThan(0);
      const some = await reported();
      await expect.poll(reported, PATIENCE).toBeGreaterThan(some);
      // The log never rests: what is asked beside the stream does not wait until it does.
      await expect.poll(() => totals, PATIENCE).toBeGreaterThan(3);
      const precincts = Number(await page.locator("progress").getAttribute("max"));
      expect(await reported()).toBeLessThan(precincts / 2);
    } finally {
      await live.stop();
    }
    const [lost] = night.browser.contexts().at(-1)?.pages() ?? [];
    await lost?.getByText(/Connection lost/).waitFor(PATIENCE);
  });
});

describe("nothing serious is found by axe, and nothing is cut off", () => {
  test.each(LOOKS)("%s", async (_, look) => {
    for (const path of ["/timeline", PRECINCT, "/log?entry=5000", "/nowhere"]) {
      const { page, context } = await night.opened(path, look);
      await page.waitForTimeout(1_000);
      await assertAccessible(page);
      await assertFits(page);
      await context.close();
    }
  });
});
