import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { TimelineRequestSchema } from "../src/gen/tallylog/v1/results_pb";
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

/** What the command line says of a moment, by group. */
async function toldBy(size: number): Promise<Record<string, string | undefined>> {
  const told = await run(["totals", "--server", night.server.url, "--as-of", String(size), "--format", "csv"]);
  const lines = told.trim().split("\n").slice(1);
  const cells = lines.map((line) => line.split(","));
  return Object.fromEntries(cells.map((of): [string, string | undefined] => [of[0] ?? "", of[4]]));
}

async function sizeOf(page: Page): Promise<number> {
  const words = (await page.locator(".now").textContent()) ?? "";
  return Number(/([\d,]+) entries/.exec(words)?.[1]?.replaceAll(",", ""));
}

describe("the timeline", () => {
  test("shows at every moment what the command line says of that moment", async () => {
    const { page, assertQuiet } = await night.opened("/timeline?size=3500");
    await page.locator("canvas").waitFor(PATIENCE);
    expect(await sizeOf(page)).toBe(3_500);
    expect(await figures(page)).toEqual(await toldBy(3_500));
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

describe("the timeline of a log that is too long to be read entry by entry", () => {
  /**
   * The page as it is with a long log: whatever it asks of the whole log comes in a few steps, and what it asks entry by
   * entry when `ready` is.
   */
  async function coarse(path: string, steps: number, ready: Promise<void> = Promise.resolve()) {
    const watched = await open(night.browser, night.server.url + path, {}, (context) =>
      context.route(/Results\/Timeline$/, async (route) => {
        const asked = fromBinary(TimelineRequestSchema, route.request().postDataBuffer()?.subarray(5) ?? Buffer.of());
        if (asked.until === 0n) asked.steps = steps;
        else await ready;
        const message = toBinary(TimelineRequestSchema, asked);
        const head = Buffer.alloc(5);
        head.writeUInt32BE(message.length, 1);
        await route.continue({ postData: Buffer.concat([head, message]) });
      }),
    );
    await watched.page.locator("canvas").waitFor(PATIENCE);
    return watched;
  }

  test("shows any single entry by its link, with the figures of exactly that size, and those beside it", async () => {
    const { page, assertQuiet } = await coarse("/timeline?size=3217", 12);
    for (const [key, size] of [
      ["", 3_217],
      ["ArrowRight", 3_218],
      ["ArrowLeft", 3_217],
      ["ArrowLeft", 3_216],
    ] as const) {
      if (key !== "") await page.keyboard.press(key);
      await expect.poll(() => sizeOf(page), PATIENCE).toBe(size);
      expect(await figures(page)).toEqual(await toldBy(size));
      await page.locator("section.feed li.newest", { hasText: (size - 1).toLocaleString("en") }).waitFor(PATIENCE);
    }
    await page.getByText(/every entry is a step of its own/).waitFor(PATIENCE);
    assertQuiet();
  });

  test("says how coarse a step is, and comes to an entry by its number and along the finer scrubber", async () => {
    let ready = (): void => undefined;
    const { page, assertQuiet } = await coarse("/timeline?size=3217", 12, new Promise((done) => (ready = done)));
    await page.getByText(/a step here is of [1-9][0-9]+ entries/).waitFor(PATIENCE);
    const before = await sizeOf(page);
    expect(before).toBeLessThan(3_217);
    expect(await figures(page)).toEqual(await toldBy(before));
    ready();
    await expect.poll(() => sizeOf(page), PATIENCE).toBe(3_217);
    await page.getByLabel("Entry", { exact: true }).fill("4000");
    await page.getByRole("button", { name: "Go", exact: true }).click();
    await expect.poll(() => sizeOf(page), PATIENCE).toBe(4_001);
    const near = page.getByLabel("Near here");
    await near.fill("3800");
    expect(await sizeOf(page)).toBe(3_800);
    expect(await figures(page)).toEqual(await toldBy(3_800));
    await page.waitForURL((url) => url.searchParams.get("size") === "3800");
    await assertAccessible(page);
    await assertFits(page);
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
        // While the file is fetched there is no such button, and there is none again once it is shown.
        const show = photos.getByRole("button", { name: "Show" }).first();
        await show.click({ timeout: 1_000 }).catch(() => undefined);
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

  test("is shown once the server can be reached, without anybody asking again", async () => {
    const { page, context } = await open(night.browser, "about:blank");
    await context.route(/Results\/Precinct$/, (route) => route.abort());
    await page.goto(night.server.url + PRECINCT);
    await page.getByText("Code: unreachable").waitFor(PATIENCE);
    await context.unroute(/Results\/Precinct$/);
    await page.getByRole("heading", { name: "The record", exact: true }).waitFor(PATIENCE);
    expect(await page.getByText("Code: unreachable").count()).toBe(0);
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
