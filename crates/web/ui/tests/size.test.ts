import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

/** What all pages together may weigh as they are sent, the map and the verifier included. */
const MOST_BYTES = 400 * 1024;

const DIST = join(import.meta.dirname, "../../dist");

function files(folder: string): string[] {
  const paths = readdirSync(folder).map((name) => join(folder, name));
  return paths.flatMap((path) => (statSync(path).isDirectory() ? files(path) : [path]));
}

test("all pages together are small", () => {
  const sent = files(DIST).map((path) => gzipSync(readFileSync(path)).length);
  const whole = sent.reduce((sum, bytes) => sum + bytes, 0);
  console.log(`all pages: ${Math.ceil(whole / 1024)} KiB, compressed`);
  expect(whole).toBeLessThan(MOST_BYTES);
});

test("nothing in them names another host", () => {
  const own = /https?:\/\/(?:www\.w3\.org|svelte\.dev|127\.0\.0\.1|localhost)|https?:\/\/[^\w]/g;
  for (const path of files(DIST)) {
    const named =
      readFileSync(path, "utf8")
        .replace(own, "")
        .match(/https?:\/\/[\w.-]+/g) ?? [];
    expect(named, path).toEqual([]);
  }
});
