import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assertAccessible, launch, open } from "./support/browser";
import { Centre } from "./support/centre";

/** Numbers and a name that stand nowhere but in this report. */
const [ALDER, BIRCH, CEDAR] = [2475, 1485, 990] as const;
const WITNESS = "Quentin Zyzzogeton";
const people = { Alder: ALDER, Birch: BIRCH, Cedar: CEDAR };
const REPORT = {
  county: "Boone",
  precinct: "Boone 1",
  attendance: ALDER + BIRCH + CEDAR,
  attendance_counted: true,
  first_alignment: people,
  final_alignment: people,
  delegates: { Alder: 3, Birch: 1, Cedar: 1 },
  games: [{ among: ["Alder", "Birch"], delegates: 1, winners: ["Alder"], means: "coin", witnesses: [WITNESS] }],
};
/** The three numbers one after the other, as a message of the interface has them. */
const ENCODED = Buffer.from([0xab, 0x13, 0xcd, 0x0b, 0xde, 0x07]);

/** Every page, and what a reader may try who wants to see more. */
const VIEWS = [
  "/?set=all",
  "/?set=all&size=7",
  "/?set=first&basis=recorded&shade=flags",
  "/?in=Boone&set=final",
  "/timeline?set=first",
  "/timeline?basis=recorded&set=first&size=7",
  "/precinct/Boone/Boone%201",
  "/log",
  "/log?entry=6",
  "/log/keys",
  "/log/checkpoints",
];

/** Those that look otherwise than where nothing is kept back. */
const AXE = ["/?set=all", "/precinct/Boone/Boone%201"];
/** Those that a release changes. */
const SHOWN = [
  "/?set=all",
  "/?set=first&basis=recorded&shade=flags",
  "/timeline?set=first",
  "/precinct/Boone/Boone%201",
  "/log?entry=6",
];

let browser: Browser;
let centre: Centre;

beforeAll(async () => {
  [browser, centre] = await Promise.all([launch(), Centre.open("on-release")]);
  await centre.report(REPORT);
});

afterAll(async () => {
  await browser.close();
  await centre.close();
});

/** What a reader can find in a view: the page's whole content, and all that came over the network. */
interface Found {
  readonly words: string;
  readonly content: string;
  readonly bytes: Buffer;
}

/** Keeps a copy of all that the page is sent, of streams without an end too: browsers tell of those only when they end. */
function overhear(): void {
  const [ask, heard] = [globalThis.fetch, [] as string[]];
  Object.assign(globalThis, { heard });
  const listen = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const reader = stream.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      heard.push(Array.from(part.value, (byte) => String.fromCharCode(byte)).join(""));
    }
  };
  globalThis.fetch = async (...asked) => {
    const answer = await ask(...asked);
    if (answer.body === null) return answer;
    const [ours, theirs] = answer.body.tee();
    listen(ours).catch(() => undefined);
    return new Response(theirs, answer);
  };
}

async function look(view: string): Promise<Found> {
  const { page, context, assertQuiet } = await open(browser, `${centre.server.url}/verify`);
  await context.addInitScript(overhear);
  await page.goto(centre.server.url + view);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await settled(page);
  if (AXE.includes(view)) await assertAccessible(page);
  const [words, content] = [await page.locator("main").innerText(), await page.content()];
  const heard = await page.evaluate(() => (globalThis as { heard?: string[] }).heard?.join("") ?? "");
  expect(heard.length).toBeGreaterThan(0);
  assertQuiet();
  await context.close();
  return { words, content, bytes: Buffer.from(heard, "latin1") };
}

/** Waits until the page has nothing more to say. */
async function settled(page: Page): Promise<void> {
  let before = "";
  await expect
    .poll(
      async () => {
        const now = await page.locator("main").innerText();
        const same = now === before && !/Loading|Checking|Asking|Reading/.test(now);
        before = now;
        return same;
      },
      { timeout: 20_000, interval: 300 },
    )
    .toBe(true);
}

/** Where a view tells of the report: on the page, in what it was sent, in both or nowhere. */
function tells({ content, bytes }: Found): string[] {
  const numbers = [ALDER, BIRCH].flatMap((number) => [`${number}`, number.toLocaleString("en-US")]);
  const isShown = [...numbers, WITNESS].some((text) => content.includes(text));
  const isSent = bytes.includes(ENCODED) || bytes.includes(WITNESS);
  return [...(isShown ? ["page"] : []), ...(isSent ? ["network"] : [])];
}

test("before its release no page tells a report's figures, in what it shows or in what it was sent, and says so", async () => {
  const found = new Map<string, Found>();
  for (const view of VIEWS) found.set(view, await look(view));
  expect([...found].map(([view, each]) => [view, tells(each)])).toEqual(VIEWS.map((view) => [view, []]));
  const words = (view: string) => found.get(view)?.words ?? "";
  // Counts are there.
  expect(words("/?set=all")).toMatch(/7 entries · no release yet/);
  expect(words("/?set=all")).toMatch(/0 of 7 precincts/);
  expect(words("/?set=first&basis=recorded&shade=flags")).toContain("everything else is withheld until released");
  for (const view of VIEWS.filter((view) => view.startsWith("/timeline"))) {
    expect(words(view)).toContain("Withheld until released");
  }
  expect(words("/precinct/Boone/Boone%201")).toContain("Withheld until released");
  expect(words("/log")).toContain("The first 6 of 7 entries are public");
  expect(words("/log?entry=6")).toContain("Withheld until released");
  expect(words("/log?entry=6")).toContain("It is entry 6 of the 7 that the log’s signed checkpoint covers.");
  expect(words("/log/keys")).toContain("4 keys in 6 entries");
});

test("a release shows its figures on every page, to whoever has the page open too, and the log verifies before and after", async () => {
  const results = await open(browser, `${centre.server.url}/?set=first`);
  await results.page.getByText("0 of 7 precincts").waitFor();
  const precinct = await open(browser, `${centre.server.url}/precinct/Boone/Boone%201`);
  await precinct.page.getByText("Withheld until released. This page").waitFor();
  await verify("shown");
  await centre.release("first figures");
  await results.page.getByText("1 of 7 precincts").waitFor();
  await results.page.getByText("2,475").first().waitFor();
  await precinct.page.getByRole("heading", { name: "The record", exact: true }).waitFor();
  for (const each of [results, precinct]) each.assertQuiet();
  const now = await Promise.all(SHOWN.map(async (view) => [view, tells(await look(view))] as const));
  expect(now).toEqual(SHOWN.map((view) => [view, ["page", "network"]]));
  const { words } = await look("/precinct/Boone/Boone%201");
  expect(words).toContain("The proof holds.");
  expect(words).toContain(WITNESS);
  await verify("verified");
});

async function verify(stage: string): Promise<void> {
  const { page, context } = await open(browser, `${centre.server.url}/verify`);
  await page.getByRole("button", { name: "Verify the log of this server" }).click();
  await page.locator(`[data-stage=${stage}]`).waitFor();
  await context.close();
}
