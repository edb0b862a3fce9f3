import { afterEach, describe, expect, test, vi } from "vitest";
import type { Answer } from "../src/audit/night";
import { likeness } from "../src/fold/likeness";
import { parseBundle } from "../src/log/bundle";
import type { Contest } from "../src/log/events";
import { get } from "../src/pages/verify/fetch";
import { contest, Forge, KEYS, pair, report } from "./support/forge";
import { failures, look, NOTHING } from "./support/look";
import { serverOf } from "./support/serve";

const utf8 = new TextEncoder();

async function served(forge: Forge, lie: (path: string, bytes: Uint8Array) => Answer): ReturnType<typeof look> {
  return look({ kind: "server", server: serverOf(forge, { lie }) });
}

function at(path: string, lie: (bytes: Uint8Array) => Answer): (path: string, bytes: Uint8Array) => Answer {
  return (asked, bytes) => (asked === path || asked.startsWith(`${path}/`) ? lie(bytes) : bytes);
}

const HTML = utf8.encode("<!doctype html><title>Sign in</title><p>Welcome to the hotel");

describe("a tile or file of something else is found, and named:", () => {
  const lies: readonly (readonly [string, string, (bytes: Uint8Array) => Answer])[] = [
    ["a page with status 200 for the checkpoint", "checkpoint", () => HTML],
    ["a page with status 200 for the list of checkpoints", "checkpoints", () => HTML],
    ["half a list of checkpoints", "checkpoints", (bytes) => bytes.subarray(0, bytes.length - 40)],
    ["an empty checkpoint", "checkpoint", () => new Uint8Array()],
    ["a page with status 200 for entries", "tile/entries", () => HTML],
    ["no entries in a tile", "tile/entries", () => new Uint8Array()],
    ["a tile that is cut", "tile/entries", (bytes) => bytes.subarray(0, bytes.length - 1)],
    ["a tile with an entry too many", "tile/entries", (bytes) => Uint8Array.from([...bytes, 0, 1, 0])],
    ["a tile that is kept back where nothing may be", "policy", () => "embargoed"],
  ];
  test.each(lies)("%s", async (_, path, lie) => {
    const found = await served(new Forge().night(), (asked, bytes) =>
      asked === path || asked.startsWith(`${path}/`) ? lie(bytes) : bytes,
    );
    expect(found.verified).toBe(false);
    expect(found.verdicts.format.kind).toBe("failed");
  });
});

describe("what cannot be told is not called false:", () => {
  test("a number that this program does not hold", async () => {
    const forge = new Forge().night();
    const checkpoint = forge.checkpoint(Number.MAX_SAFE_INTEGER).replace("9007199254740991", "9007199254740993");
    const found = await served(
      forge,
      at("checkpoint", () => utf8.encode(checkpoint)),
    );
    expect(found.verdicts.format).toMatchObject({ kind: "unknown", findings: [{ code: "too-large" }] });
    expect(found.verified).toBe(false);
  });

  test.each([
    ["a picture instead of a bundle", utf8.encode("JFIF"), "not-a-bundle"],
    ["a bundle of a later version", utf8.encode("tallylog/bundle/v3\n"), "night-version"],
  ])("%s", async (_, bytes, code) => {
    const found = await look(bytes);
    expect(found.verdicts.format).toMatchObject({ kind: "unknown", findings: [{ code }] });
    expect(found.verified).toBe(false);
  });

  test("a real flaw beside it is a flaw", async () => {
    const forge = new Forge().night();
    const answers = () => Promise.reject(new Error("not reached"));
    const cut = forge.bundle([forge.checkpoint(undefined, new Uint8Array(32))]);
    const found = await look(cut, { ...NOTHING, answers });
    expect(found.verdicts.tree.kind).toBe("failed");
  });
});

describe("numbers beyond what calendars and memories hold break nothing:", () => {
  test("a checkpoint of more entries than there are in the world", async () => {
    const forge = new Forge().night();
    const found = await served(
      forge,
      at("checkpoint", () => utf8.encode(forge.checkpoint(Number.MAX_SAFE_INTEGER, new Uint8Array(32)))),
    );
    expect(failures(found)).toEqual({ format: "not-there" });
  });

  test("a clock that goes back from the end of time", async () => {
    const forge = new Forge();
    forge.open();
    const reported = (chair: 0 | 1) => ({ kind: "Reported", value: report(chair, [30, 20, 10]) }) as const;
    forge.add(KEYS.chairs[0], reported(0), { at: Number.MAX_SAFE_INTEGER });
    forge.add(KEYS.chairs[1], reported(1), { at: 8.7e15 });
    expect(failures(await look(forge.bundle()))).toMatchObject({ time: "clock-back" });
  });
});

test("a server's policy of another log than entry 0 names is found, and none at all is none", async () => {
  const other = at("policy", () => utf8.encode("log other.example+00000000+AAAA\nquorum none\n"));
  expect(failures(await served(new Forge().night(), other))).toMatchObject({ policy: "policy-differs" });
  const none = at("policy", () => "missing");
  expect(failures(await served(new Forge().night(), none))).toEqual({});
});

describe("what was shown can be kept:", () => {
  test("a changed entry, as a bundle in which anybody finds the same", async () => {
    const found = await served(
      new Forge().night(),
      at("tile/entries", (bytes) => bytes.map((byte, place) => (place === 2000 ? byte ^ 1 : byte))),
    );
    expect(failures(await look(found.shown ?? new Uint8Array()))).toEqual(failures(found));
  });

  test("another history than at the last visit, with what was remembered, though no two checkpoints are of one size", async () => {
    const [forge, other] = [new Forge().night(), new Forge()];
    other.open();
    other.reports(0, [10, 20, 30]);
    const { about } = await look(forge.bundle());
    const visit = { logKey: about?.logKey ?? "", checkpoint: other.checkpoint(10) };
    const found = await look({ kind: "server", server: serverOf(forge) }, { visit: () => visit });
    expect(failures(found)).toEqual({ visit: "checkpoint-inconsistent" });
    expect(found.evidence).toEqual([]);
    const shown = found.shown ?? new Uint8Array();
    expect(parseBundle(shown).checkpoints.map(({ size }) => size)).toEqual([3, 10, 14]);
    expect(failures(await look(shown))).toEqual({ checkpoints: "checkpoint-inconsistent" });
  });

  test("lines of strangers, which a server's notes may have, are left out of it", async () => {
    const forge = new Forge().night();
    forge.commits((root) => root.map((byte) => byte ^ 1));
    const found = await served(
      forge,
      at("checkpoint", (bytes) => Uint8Array.from([...bytes, ...utf8.encode("— stranger AAAAAAAA\n")])),
    );
    expect(failures(found)).toEqual({ results: "results-differ" });
    expect(failures(await look(found.shown ?? new Uint8Array()))).toEqual({ results: "results-differ" });
  });

  test("nothing, where nothing is wrong", async () => {
    expect((await look(new Forge().night().bundle())).shown).toBeNull();
  });
});

test("evidence of two histories is found whatever stands between the two checkpoints", async () => {
  const forge = new Forge().night();
  const [one, other] = [forge.checkpoint(9, new Uint8Array(32), []), forge.checkpoint(9)];
  const between = forge
    .checkpoint(9, new Uint8Array(32).fill(7), [])
    .replace(/ [A-Za-z0-9+/=]+\n$/, ` ${"A".repeat(92)}\n`);
  const found = await look(forge.bundle([one, between, other, forge.checkpoint()]));
  expect(found.verified).toBe(false);
  expect(found.evidence).toHaveLength(1);
});

describe("a server that does not end", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function answering(response: (signal: AbortSignal) => Promise<Response>): void {
    vi.stubGlobal("location", { origin: "http://127.0.0.1:1" });
    vi.stubGlobal("fetch", (_: URL, { signal }: { signal: AbortSignal }) => response(signal));
  }

  test("is given up when it says nothing for a while", async () => {
    vi.useFakeTimers();
    answering(
      (signal) =>
        new Promise((_, failed) => {
          signal.addEventListener("abort", () => {
            failed(new Error("aborted"));
          });
        }),
    );
    const asked = expect(get("checkpoint")).rejects.toMatchObject({ code: "unreachable" });
    await vi.advanceTimersByTimeAsync(31_000);
    await asked;
  });

  test("is given up when it says more than a log can have", async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: (to) => {
        to.enqueue(new Uint8Array(1 << 20));
      },
    });
    answering(() => Promise.resolve(new Response(endless)));
    await expect(get("tile/entries/000")).rejects.toMatchObject({ code: "tile-length" });
  });
});

describe("no log could have taken", () => {
  const { ruleset, witnesses, registrars } = contest();
  const { national } = ruleset;
  const odd: Readonly<Record<string, Partial<Contest>>> = {
    "a contest without groups": { candidates: [] },
    "two groups of one name": { candidates: [{ name: "Adams" }, { name: "Adams" }, { name: "Clay" }] },
    "a group without a name": { candidates: [{ name: "Adams" }, { name: " " }, { name: "Clay" }] },
    "a log that signs its own events with the log's key": { service: KEYS.log.key },
    "a registrar twice": { registrars: [...registrars, ...registrars] },
    "registrars whose names look alike": {
      registrars: [...registrars, { person: "rita  Registrar", key: pair(60).key }],
    },
    "a fold before the first": { fold: 0 },
    "no table of viability": { ruleset: { ...ruleset, viability: [] } },
    "a share of nothing": { ruleset: { ...ruleset, viability: [{ from: 1, numerator: 1, denominator: 0 }] } },
    "a share above the whole": {
      ruleset: { ...ruleset, national: { ...national, thresholdNumerator: 9, thresholdDenominator: 2 } },
    },
    "sites without delegates": { ruleset: { ...ruleset, satellites: [{ from: 1, delegates: 0 }] } },
    "rooms of nobody": { ruleset: { ...ruleset, largestRoom: 0 } },
    "rules without a name": { ruleset: { ...ruleset, name: "" } },
    "rules whose name hides something": { ruleset: { ...ruleset, name: "iowa\u202e" } },
  };

  test.each(Object.entries(odd))("%s", async (_, changes) => {
    const forge = new Forge({ witnesses, ...changes });
    forge.add(KEYS.registrar, { kind: "ContestOpened", value: forge.contest });
    expect(failures(await look(forge.bundle([forge.checkpoint()])))).toEqual({ admission: "bad-contest" });
  });

  const county = {
    id: 1,
    name: "Polk",
    kind: { kind: "Precincts", countyDelegates: 5 },
    fips: null,
    district: { kind: "Congressional", value: 1 },
    stateDelegates: 4,
    precincts: [{ name: "One", code: "", delegates: 5 }],
  } as const;

  test.each([
    ["a county of a name that is taken", { name: "ADAIR" }],
    ["a county of a district that the rules do not have", { district: { kind: "Congressional", value: 9 } }],
    ["precincts whose delegates are not the county's", { kind: { kind: "Precincts", countyDelegates: 6 } }],
    ["sites whose delegates are fixed", { kind: { kind: "Satellites" } }],
    ["precincts of one name", { precincts: [...county.precincts, { name: "ONE", code: "", delegates: 0 }] }],
  ] as const)("%s", async (_, changes) => {
    const forge = new Forge();
    forge.open();
    forge.add(KEYS.registrar, { kind: "CountyListed", value: { ...county, ...changes } });
    expect(failures(await look(forge.bundle()))).toEqual({ admission: "bad-county" });
  });

  test("a name that looks like another's, a name of nothing, and a night without a registrar", async () => {
    const enrolling = async (person: string) => {
      const forge = new Forge();
      forge.open();
      forge.enrol(pair(61), person, { kind: "Operator" });
      return failures(await look(forge.bundle()));
    };
    expect(await enrolling("Ruth Revi\u0435wer")).toEqual({ admission: "alike-name" });
    expect(await enrolling("ruth reviewer.")).toEqual({ admission: "alike-name" });
    expect(await enrolling(" ")).toEqual({ admission: "bad-name" });
    expect(await enrolling("Ruth Reviewer")).toEqual({});
    const forge = new Forge();
    forge.open();
    forge.add(KEYS.registrar, { kind: "KeyRevoked", value: { key: KEYS.registrar.key, reason: "lost" } });
    expect(failures(await look(forge.bundle()))).toEqual({ admission: "last-registrar" });
  });

  test.each(["ada núñez", "Ada  Nunez", "ADA NÚÑEZ", "Аda Nu\u0301n\u0303ez", "Ａda Nuñez.", "Ad\u00ada Nunez"])(
    "names that are told apart by nobody: %s",
    (spelling) => {
      expect(likeness(spelling)).toBe("ada nunez");
    },
  );
});
