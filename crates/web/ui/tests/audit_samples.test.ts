import { describe, expect, test } from "vitest";
import { drawAnnounced } from "../src/audit/samples";
import { Fold } from "../src/fold";
import { decodeEntry } from "../src/log/entry";
import type { PaperEvent, PrecinctId } from "../src/log/events";
import { leafHash, rootOf } from "../src/log/tree";
import { Forge, KEYS, pair, type Pair } from "./support/forge";
import { failures, look } from "./support/look";

const DICE = "41536241536241536241";
const VIKTOR = pair(62);
const REASON = "a die rolled off the table";

/** A night of a version with two reviewers, and what is said of its paper. */
class Paper {
  readonly forge: Forge;

  constructor(fold = 3) {
    this.forge = new Forge({ fold });
    this.forge.open();
    this.forge.enrol(VIKTOR, "Viktor Vargas", { kind: "Reviewer" });
  }

  say(value: PaperEvent, by: Pair = KEYS.reviewer): number {
    return this.forge.add(by, { kind: "Paper", value });
  }

  announce(precincts = 2, size = this.forge.entries.length, by?: Pair): number {
    const root = rootOf(this.forge.entries.slice(0, size).map(leafHash));
    return this.say({ kind: "Announced", value: { size: BigInt(size), root, precincts } }, by);
  }

  /** The precincts that dice draw from what an entry announced, as many as are asked for. */
  drawn(announcement: number, dice: string, count: number): readonly PrecinctId[] {
    const fold = new Fold();
    for (const entry of this.forge.entries) fold.apply(decodeEntry(entry));
    const root = rootOf(this.forge.entries.slice(0, announcement).map(leafHash));
    return drawAnnounced(fold.state.roster.spotsAt(announcement), dice, root).slice(0, count);
  }

  draw(announcement: number, dice = DICE, precincts = this.drawn(announcement, dice, 2)): number {
    return this.say({ kind: "DrawnFrom", value: { announcement, dice, precincts: [...precincts] } });
  }

  abandon(announcement: number, seconds: number | null, by?: Pair, reason = REASON): number {
    return this.say({ kind: "Abandoned", value: { announcement, seconds, reason } }, by);
  }

  async failures(): Promise<unknown> {
    return failures(await look(this.forge.bundle()));
  }
}

/** What is wrong with a night in which this happens. */
async function said(happens: (paper: Paper) => void, fold = 3): Promise<unknown> {
  const paper = new Paper(fold);
  happens(paper);
  return paper.failures();
}

describe("a paper sample", () => {
  test("is announced, drawn once by dice, and announced again", async () => {
    const honest = (paper: Paper): void => {
      paper.draw(paper.announce());
      paper.draw(paper.announce(), "66666555554444433333");
    };
    expect(await said(honest)).toEqual({});
  });

  test("is announced from a checkpoint of this log", async () => {
    const other = new Uint8Array(32).fill(3);
    const foreign = (size: number) => (paper: Paper) =>
      paper.say({ kind: "Announced", value: { size: BigInt(size), root: other, precincts: 1 } });
    for (const size of [0, 1, 4]) expect(await said(foreign(size))).toEqual({ admission: "other-root" });
    expect(await said(foreign(999))).toEqual({ admission: "bad-announcement" });
    expect(await said((paper) => paper.announce(1, 1))).toEqual({ admission: "bad-announcement" });
    expect(await said((paper) => paper.announce(0))).toEqual({ admission: "bad-announcement" });
    expect(await said((paper) => paper.announce(999))).toEqual({ admission: "bad-announcement" });
  });

  test("is alone, and its checkpoint newer than the end of the one before", async () => {
    const twice = (paper: Paper): void => {
      paper.announce();
      paper.announce();
    };
    expect(await said(twice)).toEqual({ admission: "announcement-open" });
    const stale = (paper: Paper): void => {
      const announcement = paper.announce();
      paper.draw(announcement);
      paper.announce(2, announcement + 1);
    };
    expect(await said(stale)).toEqual({ admission: "bad-announcement" });
  });

  test("has the precincts that the dice draw, and dice that are dice and new", async () => {
    const wrong = (change: (all: readonly PrecinctId[]) => readonly PrecinctId[]) => (paper: Paper) => {
      const announcement = paper.announce();
      paper.draw(announcement, DICE, change(paper.drawn(announcement, DICE, 3)));
    };
    for (const change of [
      wrong((all) => all.slice(0, 1)),
      wrong((all) => all),
      wrong((all) => all.slice(0, 2).reverse()),
      wrong(() => []),
    ])
      expect(await said(change)).toEqual({ admission: "bad-sample" });
    for (const dice of [DICE.slice(1), DICE.replace("4", "7"), ""])
      expect(await said((paper) => paper.draw(paper.announce(), dice))).toEqual({ admission: "bad-dice" });
    const again = (paper: Paper): void => {
      paper.draw(paper.announce());
      paper.draw(paper.announce());
    };
    expect(await said(again)).toEqual({ admission: "dice-used" });
    const twice = (paper: Paper): void => {
      const announcement = paper.announce();
      paper.draw(announcement);
      paper.draw(announcement, "66666555554444433333");
    };
    expect(await said(twice)).toEqual({ admission: "no-such-announcement" });
  });

  test("is given up by two persons, and the verdict lists it", async () => {
    const paper = new Paper();
    const announcement = paper.announce();
    const first = paper.abandon(announcement, null);
    const abandoned = paper.abandon(announcement, first, VIKTOR, "I saw it");
    paper.announce();
    const report = await look(paper.forge.bundle());
    const fold = new Fold();
    for (const entry of paper.forge.entries) fold.apply(decodeEntry(entry));
    const reviewer = fold.state.authors.find(KEYS.reviewer.key)?.person;
    expect(failures(report)).toEqual({});
    expect(report.abandonedSamples).toEqual([
      {
        announcement,
        abandoned,
        by: [
          { person: reviewer, reason: REASON },
          { person: "Viktor Vargas", reason: "I saw it" },
        ],
      },
    ]);
  });

  test("is not given up by one, nor by whoever was revoked, nor without a reason", async () => {
    const gives = (then: (paper: Paper, announcement: number, first: number) => void) => (paper: Paper) => {
      const announcement = paper.announce();
      then(paper, announcement, paper.abandon(announcement, null));
    };
    const cases: readonly (readonly [(paper: Paper, announcement: number, first: number) => void, unknown])[] = [
      [(paper, announcement, first) => paper.abandon(announcement, first), { persons: "same-person" }],
      [(paper, announcement) => paper.abandon(announcement, null), { persons: "same-person" }],
      [(paper, announcement) => paper.abandon(announcement, null, VIKTOR), { admission: "abandonment-waits" }],
      [
        (paper, announcement) => paper.abandon(announcement, announcement, VIKTOR),
        { admission: "no-such-abandonment" },
      ],
      [(paper, announcement, first) => paper.abandon(announcement, first, VIKTOR, " "), { admission: "unjustified" }],
      [(paper, _, first) => paper.abandon(first, null, VIKTOR), { admission: "no-such-announcement" }],
      [
        (paper, announcement, first) => {
          paper.forge.add(KEYS.registrar, { kind: "KeyRevoked", value: { key: KEYS.reviewer.key, reason: "lost" } });
          paper.abandon(announcement, first, VIKTOR);
        },
        { admission: "no-such-abandonment" },
      ],
      [(paper, announcement) => paper.draw(announcement), {}],
    ];
    for (const [then, expected] of cases) expect(await said(gives(then))).toEqual(expected);
  });

  test("is led by reviewers and registrars, in logs that have announcements", async () => {
    expect(await said((paper) => paper.announce(2, undefined, KEYS.registrar))).toEqual({});
    expect(await said((paper) => paper.announce(2, undefined, KEYS.operator))).toEqual({ authority: "wrong-role" });
    expect(await said((paper) => paper.announce(2, undefined, KEYS.operator), 2)).toEqual({
      admission: "not-in-version",
    });
    const unannounced = (paper: Paper): void => {
      const root = new Uint8Array(32).fill(3);
      const [first] = paper.drawn(paper.forge.entries.length, DICE, 1);
      paper.say({ kind: "Drawn", value: { dice: DICE, size: 4n, root, precincts: first ? [first] : [] } });
    };
    expect(await said(unannounced)).toEqual({ admission: "not-announced" });
  });
});
