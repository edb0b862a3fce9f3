import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { filesOf } from "../src/audit/admit/ceilings";
import { DecodeError } from "../src/log/bytes";
import { decode } from "../src/log/codec";
import { eventBody } from "../src/log/event/body";
import type { Event, FileRef, ManualEntry, Report } from "../src/log/events";
import { Forge, KEYS, pair, report } from "./support/forge";
import { failures, look } from "./support/look";
import { GOLDEN, goldenBundle } from "./support/vectors";

const PEOPLE = [30, 20, 10] as const;
const PHOTO: FileRef = { hash: new Uint8Array(32).fill(7), size: 1000n, mediaType: "image/jpeg" };

function opened(fold: number): Forge {
  const forge = new Forge({ fold });
  forge.open();
  return forge;
}

async function found(forge: Forge): Promise<ReturnType<typeof failures>> {
  return failures(await look(forge.bundle()));
}

/** What a log of version 2 and one of version 3 are found to be, made in the same way. */
async function both(make: (forge: Forge) => void): Promise<readonly ReturnType<typeof failures>[]> {
  const [older, newer] = [opened(2), opened(3)];
  make(older);
  make(newer);
  return [await found(older), await found(newer)];
}

function reported(changes: Partial<Report> = {}, people: readonly [number, number, number] = PEOPLE): Event {
  return { kind: "Reported", value: { ...report(0, people), ...changes } };
}

function corrected(replaces: number, changes: Partial<Report> = {}, evidence: readonly FileRef[] = []): Event {
  const kind = { kind: "Transcription" } as const;
  const said = { kind, reason: "the worksheet says so", requestedBy: "", authority: "" };
  return { kind: "Corrected", value: { replaces, report: { ...report(0, PEOPLE), ...changes }, ...said, evidence } };
}

function entered(typedBy: readonly string[], people: readonly [number, number, number] = PEOPLE): Event {
  const value: ManualEntry = {
    report: { ...report(0, people), channel: { kind: "Phone" } },
    caller: { kind: "CalledBack" },
    readBack: true,
    typedBy,
  };
  return { kind: "Entered", value };
}

describe("from version 3 on no log takes", () => {
  test("more than 256 versions of a precinct by one key", async () => {
    const forge = opened(3);
    for (let number = 0; number < 256; number += 1) forge.reports(0, number % 2 === 0 ? [30, 20, 10] : [20, 30, 10]);
    expect(await found(forge)).toEqual({});
    forge.reports(0, [10, 20, 30]);
    expect(await found(forge)).toEqual({ admission: "too-many-versions" });
  });

  test("more than 64 files in an event", async () => {
    const naming = (count: number) => (forge: Forge) => {
      forge.add(KEYS.chairs[0], reported({ files: Array<FileRef>(count).fill(PHOTO) }));
    };
    expect(await both(naming(64))).toEqual([{}, {}]);
    expect(await both(naming(65))).toEqual([{}, { admission: "too-many-files" }]);
    const halves = (forge: Forge): void => {
      const record = forge.reports(0, PEOPLE);
      const [files, evidence] = [Array<FileRef>(32).fill(PHOTO), Array<FileRef>(33).fill(PHOTO)];
      forge.add(KEYS.chairs[0], corrected(record, { files }, evidence));
    };
    expect(await both(halves)).toEqual([{}, { admission: "too-many-files" }]);
  });

  test("what its author said last, and what is the record", async () => {
    const twice = (forge: Forge): void => {
      forge.reports(0, PEOPLE);
      forge.reports(0, PEOPLE);
    };
    expect(await both(twice)).toEqual([{}, { admission: "repeats-itself" }]);
    const corrects = (forge: Forge): void => {
      forge.add(KEYS.chairs[0], corrected(forge.reports(0, PEOPLE)));
    };
    expect(await both(corrects)).toEqual([{}, { admission: "repeats-itself" }]);
  });

  test.each([
    ["five who typed", ["A", "B", "C", "D", "E"], "too-many-hands"],
    ["who signs among those who typed", ["Olga Operator"], "hand-twice"],
    ["a reviewer who typed", ["Ruth Reviewer"], "not-an-operator"],
  ] as const)("an entry with %s", async (_, typedBy, code) => {
    const [, newer] = await both((forge) => {
      forge.add(KEYS.operator, entered(typedBy));
    });
    expect(newer).toEqual({ admission: code });
  });
});

describe("from version 3 on a log takes", () => {
  test("a new photo, another channel, and what was said before last", async () => {
    const forge = opened(3);
    const record = forge.reports(0, PEOPLE);
    const photographed = forge.add(KEYS.chairs[0], corrected(record, {}, [PHOTO]));
    const onPaper = forge.add(KEYS.chairs[0], corrected(photographed, { channel: { kind: "Paper" } }, [PHOTO]));
    forge.add(KEYS.chairs[0], reported({ files: [PHOTO] }));
    expect(onPaper).toBeGreaterThan(photographed);
    forge.reports(0, [20, 30, 10]);
    forge.reports(0, PEOPLE);
    expect(await found(forge)).toEqual({});
  });

  test.each(["RedoSecond", "DiscardBoth"] as const)("the same again after %s", async (outcome) => {
    const forge = opened(3);
    const first = forge.reports(0, PEOPLE);
    const second = forge.add(KEYS.operator, entered([], [20, 30, 10]));
    const value = { precinct: { county: 0, number: 0 }, first, second, outcome: { kind: outcome }, reason: "misread" };
    forge.add(KEYS.reviewer, { kind: "Review", value: { kind: "Resolved", value } });
    forge.reports(0, PEOPLE);
    expect(await found(forge)).toEqual({});
  });

  test("an entry into which a colleague typed whose other key was revoked", async () => {
    const forge = opened(3);
    forge.enrol(pair(62), "Omar Operator", { kind: "Operator" });
    forge.add(KEYS.registrar, { kind: "KeyRevoked", value: { key: pair(62).key, reason: "lost" } });
    forge.enrol(pair(63), "Omar Operator", { kind: "Operator" });
    forge.add(KEYS.operator, entered(["Omar Operator"]));
    expect(await found(forge)).toEqual({});
  });
});

/** An event; `null` for one with a number that this verifier does not hold. */
function legible(bytes: Uint8Array): Event | null {
  try {
    return decode(eventBody, bytes).event;
  } catch (error) {
    if (error instanceof DecodeError && error.code === "too-large") return null;
    throw error;
  }
}

/** How many values somewhere in another look like a file. */
function filesIn(value: unknown): number {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return 0;
  const parts = Object.values(value).reduce<number>((sum, part) => sum + filesIn(part), 0);
  return parts + ("mediaType" in value ? 1 : 0);
}

test("every file that stands in a golden event is one of its files", () => {
  const path = resolve(import.meta.dirname, "../../../event/golden/events.txt");
  const lines = readFileSync(path, "utf8").split("\n");
  const golden = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const counts = golden.map((line) => {
    const [name = "", bytes = ""] = line.split(" ");
    const event = legible(Uint8Array.from(Buffer.from(bytes, "hex")));
    if (event === null) return 0;
    expect(filesOf(event), name).toHaveLength(filesIn(event));
    return filesIn(event);
  });
  expect(counts.filter((count) => count > 0).length).toBeGreaterThanOrEqual(15);
});

test.each(GOLDEN)("the golden %s is verified", async (name) => {
  const report = await look(goldenBundle(name));
  expect(failures(report)).toEqual({});
  expect(report.verified).toBe(true);
});
