import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { follow } from "../src/pages/log/follow";

/** Where each subscription began, and what it gives: an entry at once, nothing, or a lost connection. */
const asked: bigint[] = [];
let given: "entry" | "end" | "lost" = "entry";

vi.mock("../src/net/clients", () => ({
  log: {
    async *subscribe({ from }: { readonly from: bigint }) {
      asked.push(from);
      if (given === "lost") throw new Error("the connection is lost");
      if (given === "entry") yield await Promise.resolve({ entry: from });
    },
  },
}));

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  given = "entry";
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a page that follows the log", () => {
  test("is told at most once a second, however fast the log grows", async () => {
    const grew = vi.fn();
    follow(7, grew);
    await vi.advanceTimersByTimeAsync(999);
    expect(grew).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(grew).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(grew).toHaveBeenCalledOnce();
    expect(asked).toEqual([7n]);
  });

  test("is told at once what comes after a while", async () => {
    given = "lost";
    const grew = vi.fn();
    follow(7, grew);
    await vi.advanceTimersByTimeAsync(2_999);
    given = "entry";
    await vi.advanceTimersByTimeAsync(10);
    expect(grew).toHaveBeenCalledOnce();
    expect(asked).toEqual([7n, 7n]);
  });

  test("asks again where the stream ended, and hears nothing once it has stopped", async () => {
    given = "end";
    const grew = vi.fn();
    const stop = follow(7, grew);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(asked).toHaveLength(3);
    given = "entry";
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(grew).not.toHaveBeenCalled();
    expect(asked).toHaveLength(3);
  });
});
