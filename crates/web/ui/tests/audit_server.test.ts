import { describe, expect, test } from "vitest";
import type { Answer } from "../src/audit/night";
import { Forge } from "./support/forge";
import { failures, look } from "./support/look";
import { serverOf } from "./support/serve";

describe("a server", () => {
  test("that changes a byte of an entry is found", async () => {
    const forge = new Forge().night();
    const lie = (path: string, bytes: Uint8Array): Answer =>
      path.startsWith("tile/entries") ? bytes.map((byte, at) => (at === 2000 ? byte ^ 1 : byte)) : bytes;
    expect(failures(await look({ kind: "server", server: serverOf(forge, { lie }) }))).toMatchObject({
      tree: "tree-wrong-root",
    });
  });

  test("that takes entries back is found by whoever saw more", async () => {
    const forge = new Forge().night();
    const { about } = await look(forge.bundle());
    const visit = { logKey: about?.logKey ?? "", checkpoint: forge.checkpoint() };
    forge.entries.splice(10);
    const asked = { visit: () => visit };
    expect(failures(await look({ kind: "server", server: serverOf(forge) }, asked))).toEqual({ visit: "log-shrunk" });
    // A file may be older than what was seen.
    expect((await look(forge.bundle(), asked)).verdicts.visit.kind).toBe("nothing-there");
  });

  test("that shows another log than stood there is found", async () => {
    const visit = { logKey: "other.example+00000000+AAAA", checkpoint: new Forge().night().checkpoint(2) };
    expect(
      failures(await look({ kind: "server", server: serverOf(new Forge().night()) }, { visit: () => visit })),
    ).toEqual({ visit: "other-log" });
  });

  test("that keeps contents back under an embargo passes as far as they are shown, and is found where there is none", async () => {
    const embargoed = new Forge({ embargo: { kind: "OnRelease" } });
    embargoed.open();
    embargoed.reports(0, [30, 20, 10]);
    const report = await look({ kind: "server", server: serverOf(embargoed, { withheld: [9] }) });
    expect(failures(report)).toEqual({});
    expect(report.verdicts.signatures).toMatchObject({ kind: "withheld", entries: 1 });
    expect(report.about).toMatchObject({ size: 10, shown: 9 });
    expect(report.verified).toBe(true);
    const open = new Forge().night();
    expect(failures(await look({ kind: "server", server: serverOf(open, { withheld: [9] }) }))).toEqual({
      tree: "kept-back",
    });
  });

  test("whose leaf hashes are false is found though contents are kept back", async () => {
    const forge = new Forge({ embargo: { kind: "OnRelease" } });
    forge.open();
    forge.reports(0, [30, 20, 10]);
    const lie = (path: string, bytes: Uint8Array): Answer =>
      path.startsWith("shown/") ? bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)) : bytes;
    expect(failures(await look({ kind: "server", server: serverOf(forge, { withheld: [9], lie }) }))).toMatchObject({
      tree: "tree-wrong-root",
    });
  });

  test("that lacks a tile is not one of a log", async () => {
    const forge = new Forge().night();
    const lie = (path: string, bytes: Uint8Array): Answer => (path.startsWith("tile/entries") ? "missing" : bytes);
    expect(failures(await look({ kind: "server", server: serverOf(forge, { lie }) }))).toEqual({ format: "not-there" });
  });
});
