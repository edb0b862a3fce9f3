import { blake3 } from "@noble/hashes/blake3.js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fetchFile } from "../src/net/file";
import { problemOf } from "../src/net/problem";

const bytes = new TextEncoder().encode("a worksheet");
const named = { hash: blake3(bytes), size: BigInt(bytes.length) };

function answered(body: BodyInit, status = 200): void {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));
}

async function code(file = named): Promise<string> {
  return fetchFile(file, new AbortController().signal).then(
    () => "given",
    (error: unknown) => problemOf(error).code,
  );
}

afterEach(() => vi.unstubAllGlobals());

describe("a file that the log names", () => {
  test("is given with the bytes that it names, and with no others", async () => {
    answered(bytes);
    expect(await code()).toBe("given");
    expect(await code({ ...named, size: named.size + 1n })).toBe("file-differs");
    answered("a worksheeT");
    expect(await code()).toBe("file-differs");
  });

  test("is refused with the server's code and words, or with the status where it says nothing", async () => {
    answered('{"code":"files-kept-back","title":"Photos are for staff."}', 403);
    expect(await code()).toBe("files-kept-back");
    for (const body of ["", "<html>", "null", "3", "{}"]) {
      answered(body, 502);
      expect(await code()).toBe("unreachable");
    }
  });

  test("is not there while the server cannot be reached, or falls silent in the middle", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await code()).toBe("unreachable");
    const cut = new ReadableStream({
      pull: (stream) => {
        stream.error(new TypeError("network error"));
      },
    });
    answered(cut);
    expect(await code()).toBe("unreachable");
  });
});
