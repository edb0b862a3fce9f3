import { readFile } from "node:fs/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseEvidence } from "../src/log/evidence";
import { assertAccessible, assertFits, LOOKS, type Look, type Watched } from "./support/browser";
import { publishedResults, run, start } from "./support/server";
import { servedNight } from "./support/night";

const night = servedNight();
const folder = mkdtempSync(join(tmpdir(), "tallylog-verify-"));
const bundle = join(folder, "night.tallylog");

beforeAll(async () => {
  await run(["bundle", "--server", night.server.url, "-o", bundle]);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const PATIENCE = { timeout: 80_000 };

function opened(look: Look = {}, url = night.server.url): Promise<Watched> {
  return night.opened("/verify", look, url);
}

async function verify(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Verify the log of this server" }).click();
  await ended(page);
}

async function ended(page: Page): Promise<void> {
  await page.locator("[data-stage=running]").waitFor();
  await page.locator("[data-stage]:not([data-stage=running])").waitFor(PATIENCE);
}

async function stage(page: Page): Promise<string | null> {
  return page.locator("[data-stage]").getAttribute("data-stage");
}

/** The checks that failed, with the codes that stand beside them. */
async function failures(page: Page): Promise<Record<string, string | null>> {
  const failed: Record<string, string | null> = {};
  for (const item of await page.locator("[data-verdict=failed]").all()) {
    failed[(await item.getAttribute("data-check")) ?? ""] = await item.locator("code").first().textContent();
  }
  return failed;
}

/** Changes what the server answers at some paths, as somebody could who has it in hand. */
async function tamper(page: Page, path: string | RegExp, lie: (bytes: Buffer) => Buffer): Promise<void> {
  await page.context().route(path, async (route: Route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: lie(await answer.body()) });
  });
}

describe("an honest server", () => {
  test("is verified, and the next visit finds what this one saw", async () => {
    const { page, assertQuiet } = await opened();
    await verify(page);
    expect(await failures(page)).toEqual({});
    expect(await stage(page)).toBe("verified");
    await page.getByText("This browser has not verified this log before").waitFor();
    for (const check of ["signatures", "fold", "results", "discrepancies", "persons", "answers"]) {
      expect(await page.locator(`[data-check=${check}]`).getAttribute("data-verdict")).toBe("passed");
    }
    await page.reload();
    await verify(page);
    await page.getByText(/Your last visit saw [\d,]+ entries, on .*Today's log contains them, unchanged/).waitFor();
    expect(await page.locator("[data-check=visit]").getAttribute("data-verdict")).toBe("passed");
    assertQuiet();
  });

  test("of the real night is verified", async ({ skip }) => {
    const results = publishedResults(import.meta.filename);
    if (results === null) {
      skip();
      return;
    }
    const data = join(folder, "iowa");
    await run(["import", "--data-dir", data, results]);
    const real = await start(["serve", "--data-dir", data]);
    const { page, assertQuiet } = await opened({}, real.url);
    await verify(page);
    expect(await failures(page)).toEqual({});
    expect(await stage(page)).toBe("verified");
    // Said and not asserted: a test that is timed fails when the machine is busy.
    console.log(`the real night: ${(await page.getByText(/^[\d.]+ seconds$/).textContent()) ?? ""}`);
    assertQuiet();
    await real.stop();
  });
});

describe("a bundle", () => {
  test("is verified without a network", async () => {
    const { page, context } = await opened();
    await page.locator("[data-stage=idle]").waitFor();
    await page.setInputFiles("input[type=file]", bundle);
    await ended(page);
    expect(await failures(page)).toEqual({});
    expect(await stage(page)).toBe("verified");
    // The workers are there by now: whatever else is asked for would be a lie about "sent nowhere".
    await context.setOffline(true);
    await page.setInputFiles("input[type=file]", bundle);
    await ended(page);
    expect(await stage(page)).toBe("verified");
  });

  test("with one changed bit is shown as such when it is dropped on the page", async () => {
    const { page } = await opened();
    const bytes = await readFile(bundle);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const dropped = await page.evaluateHandle((base64) => {
      const data = new DataTransfer();
      const content = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      data.items.add(new File([content], "night.tallylog"));
      return data;
    }, bytes.toString("base64"));
    await page.locator("[data-stage]").dispatchEvent("drop", { dataTransfer: dropped });
    await page.locator("[data-stage=failed]").waitFor(PATIENCE);
    expect(await failures(page)).toMatchObject({ tree: "tree-wrong-root" });
    await page.getByRole("heading", { name: /Does not verify/ }).waitFor();
    await page.getByText("night.tallylog", { exact: true }).waitFor();
  });
});

/** A name that would be markup where somebody forgot that it is text. */
const MARKUP = "<s>x</s>";

function renamed(bytes: Buffer): Buffer {
  bytes.write(MARKUP, bytes.indexOf("Ivesdale"));
  return bytes;
}

test("what a name holds is text on the page, whatever it looks like", async () => {
  const { page } = await night.opened("/");
  await tamper(page, /\/tallylog\.v1\.Results\/Roster$/, renamed);
  await page.reload();
  await page.getByText(MARKUP).first().waitFor();
  expect(await page.locator("s").count()).toBe(0);
});

test("a browser that keeps no memory and starts no program shows the pages, and says that nothing was checked", async () => {
  const { page, context } = await opened();
  await context.addInitScript(() => {
    const denied = () => {
      throw new DOMException("denied", "SecurityError");
    };
    Object.defineProperty(globalThis, "localStorage", { get: denied });
    Object.defineProperty(globalThis, "Worker", { value: denied });
  });
  await page.reload();
  await page.getByRole("button", { name: "Verify the log of this server" }).click();
  await page.locator("[data-stage=unknown]").waitFor();
  await page.getByRole("heading", { name: /Could not be checked/ }).waitFor();
});

describe("a server that tampers is caught:", () => {
  test("a changed entry, and what was shown convinces the command line too", async () => {
    const { page } = await opened();
    await tamper(page, /\/tile\/entries\/007$/, (bytes) => {
      bytes[1000] = (bytes[1000] ?? 0) ^ 1;
      return bytes;
    });
    await verify(page);
    expect(await stage(page)).toBe("failed");
    expect(await failures(page)).toMatchObject({ tree: "tree-wrong-root" });
    await page.getByText("an entry was altered, added, dropped or moved").first().waitFor();
    await assertAccessible(page);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save the bundle" }).click(),
    ]);
    await expect(run(["verify", await download.path()])).rejects.toThrow(/ended with 1/);
  });

  test("a forked checkpoint, with evidence that the command line reads", async () => {
    // Another night of the same log's key: the simulation gives one key for one seed.
    const forked = await start(["demo", "--seconds", "0", "--seed", "2028"], /The night is over/);
    const other = await (await fetch(`${forked.url}/checkpoints`)).text();
    await forked.stop();
    const theirs = other.split("\n\n");
    const ours = (await (await fetch(`${night.server.url}/checkpoints`)).text()).split("\n\n");
    const sizes = new Map(ours.map((text, at) => [text.split("\n")[1] ?? "", at]));
    const at = theirs.findIndex((text) => text.startsWith("rehearsal") && sizes.has(text.split("\n")[1] ?? ""));
    expect(at, "both nights signed a checkpoint of one size").toBeGreaterThanOrEqual(0);
    const { page } = await opened();
    await tamper(page, /\/checkpoints$/, (bytes) =>
      Buffer.concat([bytes, Buffer.from(`${theirs[at] ?? ""}\n\n${theirs[at + 1] ?? ""}\n\n`)]),
    );
    await verify(page);
    expect(await failures(page)).toEqual({ checkpoints: "checkpoint-two-roots" });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save the evidence" }).click(),
    ]);
    const evidence = parseEvidence(await readFile(await download.path(), "utf8"));
    expect(evidence.one.size).toBe(evidence.other.size);
  });

  test("wrong totals, and wrong names that no file has", async () => {
    const { page } = await opened();
    // The last figures of the state in the answer, in the encoding of protobuf: any changed figure will do.
    await tamper(page, /\/tallylog\.v1\.Results\/Figures$/, (bytes) => {
      const name = bytes.indexOf("Ivesdale");
      // After the name stands the tag of the first alignment (0x10) and its varint.
      const figure = name + "Ivesdale".length + 1;
      bytes[figure] = (bytes[figure] ?? 0) ^ 1;
      return bytes;
    });
    await tamper(page, /\/tallylog\.v1\.Results\/Roster$/, renamed);
    await verify(page);
    expect(await failures(page)).toEqual({ answers: "totals-differ" });
    await page.getByText("The server shows other figures than the signed reports come to.").first().waitFor();
    await page
      .getByText(/^Recorded, state, group/)
      .first()
      .waitFor();
    await page.getByText(/^roster, group/).waitFor();
  });

  test("an old history, by whoever saw more", async () => {
    const { page } = await opened();
    await verify(page);
    const early = (await (await fetch(`${night.server.url}/checkpoints`)).text())
      .split("\n\n")
      .slice(0, 2)
      .join("\n\n");
    await tamper(page, /\/checkpoint$/, () => Buffer.from(`${early}\n`));
    await page.reload();
    await verify(page);
    expect(await failures(page)).toMatchObject({ visit: "log-shrunk" });
    await page.getByText(/What is shown today does not continue them/).waitFor();
  });

  test("a server that is gone says nothing about the log", async () => {
    const { page } = await opened();
    await page.context().route(/\/tile\//, (route) => route.abort());
    await verify(page);
    expect(await stage(page)).toBe("unreachable");
    await page.getByText("This says nothing about the log").waitFor();
  });
});

test.each(LOOKS)("nothing serious is found by axe, and nothing is cut off: %s", async (_, look) => {
  const { page, assertQuiet } = await opened(look);
  await assertAccessible(page);
  await assertFits(page);
  await page.setInputFiles("input[type=file]", bundle);
  await ended(page);
  await assertAccessible(page);
  await assertFits(page);
  assertQuiet();
});

test("the page is worked by keys alone, and tells how far it has come", async () => {
  const { page } = await opened();
  await page.getByRole("button", { name: "Verify the log of this server" }).focus();
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Choose a bundle file");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("progressbar").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator("[data-stage=idle]").waitFor();
});
