import { describe, expect, test } from "vitest";
import { decodeEntry } from "../src/log/entry";
import { fieldsOf, type Names } from "../src/pages/log/fields";
import { KeyBook } from "../src/pages/log/keys";
import { goldenLines } from "./golden";

const lines = goldenLines("crates/event/golden/entries.txt").filter(([name]) => name.startsWith("entry-"));
const entries = lines.map(([, bytes]) => decodeEntry(bytes));

const names: Names = {
  precinct: ({ county, number }) => `precinct ${county}/${number}`,
  county: (id) => `county ${id}`,
  group: (id) => `group ${id}`,
};

describe("an entry's fields", () => {
  test("are shown by the names of docs/EVENTS.md, with names for what stands there by number", () => {
    const report = entries.find((entry) => entry.body.event.kind === "Reported");
    if (report?.body.event.kind !== "Reported") throw new Error("no golden report");
    const fields = fieldsOf(report.body.event.value, names);
    expect(fields.map((field) => field.name)).toEqual(["precinct", "channel", "sheet", "files"]);
    expect(fields[0]?.shown).toEqual({ as: "number", text: "76/300", name: "precinct 76/300" });
    expect(fields[1]?.shown).toEqual({ as: "text", text: "App" });
    const sheet = fields[2]?.shown;
    if (sheet?.as !== "fields") throw new Error("a sheet has fields");
    expect(sheet.fields[1]?.name).toBe("first_alignment");
    const first = sheet.fields[1]?.shown;
    expect(first?.as === "fields" && first.fields[0]).toEqual({
      name: "group 1",
      shown: { as: "number", text: "18", name: null },
    });
  });
});

describe("the book of keys", () => {
  test("has the keys that entry 0 names, and how many entries each has signed", () => {
    const book = new KeyBook();
    const opening = entries.find((entry) => entry.body.event.kind === "ContestOpened");
    if (!opening) throw new Error("no golden opening");
    book.take(opening);
    const [registrar] = book.keys;
    expect(registrar).toMatchObject({ role: "Registrar", signed: 1, revoked: null });
    expect(book.keys.at(-1)?.role).toBe("Service");
    expect(book.size).toBe(1);
  });

  test("says who was revoked, why, and by which entry", () => {
    const book = new KeyBook();
    const opening = entries.find((entry) => entry.body.event.kind === "ContestOpened");
    if (opening?.body.event.kind !== "ContestOpened") throw new Error("no golden opening");
    book.take(opening);
    const key = opening.body.event.value.registrars[0]?.key ?? new Uint8Array(32);
    const event = { kind: "KeyRevoked" as const, value: { key, reason: "lost" } };
    book.take({ ...opening, index: 9, receivedAt: 5, body: { ...opening.body, event } });
    expect(book.keys[0]?.revoked).toEqual({ entry: 9, atMs: 5, reason: "lost" });
  });
});
