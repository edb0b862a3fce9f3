import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const SILENT = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Debian's Chromium, or whichever is named. */
export function launch(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: [...FLAGS, ...SILENT] });
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
  readonly locale?: string;
}

export const PHONE: Look = { width: 360, height: 740 };
export const WALL: Look = { width: 2560, height: 1440 };

/** How every page is looked at, by name. */
export const LOOKS: readonly (readonly [string, Look])[] = [
  ["light", {}],
  ["dark", { theme: "dark" }],
  ["phone", PHONE],
  ["phone in Spanish", { ...PHONE, locale: "es-US" }],
  ["wall", WALL],
];

/** A page that notes what must not happen: errors, and requests to any host but its own. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Fails if anything happened that must not. */
  readonly assertQuiet: () => void;
}

/** Opens a page; `prepare` may change what the network says before anything is asked of it. */
export async function open(
  browser: Browser,
  url: string,
  look: Look = {},
  prepare?: (context: BrowserContext) => Promise<unknown>,
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1280, height: look.height ?? 900 },
    colorScheme: look.theme ?? "light",
    locale: look.locale ?? "en-US",
    acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await prepare?.(context);
  const page = await context.newPage();
  const host = new URL(url).host;
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (to.protocol.startsWith("http") && to.host !== host) wrong.push(`request to ${to.host}`);
  });
  await page.goto(url);
  return {
    page,
    context,
    assertQuiet: () => {
      expect(wrong).toEqual([]);
    },
  };
}

/** What axe finds that is serious or worse. */
export async function assertAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const words = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  expect(words).toEqual([]);
}

/** A page as wide as its window: nothing is cut off, and nobody scrolls sideways. */
export async function assertFits(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(content).toBeLessThanOrEqual(window ?? 0);
}
