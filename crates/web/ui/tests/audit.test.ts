import { describe, expect, test } from "vitest";
import { audit } from "../src/audit/audit";
import { CHECKS, type CheckName } from "../src/audit/checks";
import { parseEvidence } from "../src/log/evidence";
import type { FlawCode } from "../src/log/flaw";
import { Forge, KEYS, START, pair, report } from "./support/forge";
import { failures, look, NOTHING } from "./support/look";

describe("an honest night", () => {
  test("passes every check of a file", async () => {
    const report = await look(new Forge().night().bundle());
    expect(failures(report)).toEqual({});
    expect(report.verified).toBe(true);
    expect(report.about).toMatchObject({ name: "A forged night", size: 14, shown: 14 });
    expect(report.about?.cosigners).toEqual([{ name: "w1.example", at: START / 1000 + 13 }]);
    expect(report.verdicts.visit.kind).toBe("nothing-there");
    expect(report.verdicts.persons).toEqual({ kind: "passed", counted: 1 });
  });

  test("tells of every check on the way", async () => {
    const told = new Set<CheckName>();
    await audit({ kind: "file", bytes: new Forge().night().bundle() }, NOTHING, (check) => told.add(check));
    expect(told.size).toBe(CHECKS.length);
  });

  test("passes with a visit that it continues", async () => {
    const forge = new Forge().night();
    const { about } = await look(forge.bundle());
    const visit = { logKey: about?.logKey ?? "", checkpoint: forge.checkpoint(5) };
    const report = await look(forge.bundle(), { visit: () => visit });
    expect(report.verdicts.visit).toEqual({ kind: "passed", counted: 5 });
  });
});

/** A cheat of whoever has every key of the server, and signs everything again. */
const CHEATS: readonly (readonly [
  name: string,
  check: CheckName,
  code: FlawCode,
  cheat: (forge: Forge) => Uint8Array,
])[] = [
  [
    "an event of another signer",
    "signatures",
    "bad-signature",
    (forge) => {
      forge.open();
      forge.add(KEYS.chairs[0], { kind: "Reported", value: report(0, [30, 20, 10]) }, { signer: KEYS.log });
      return forge.bundle();
    },
  ],
  [
    "a key that nobody holds",
    "signatures",
    "no-possession",
    (forge) => {
      forge.open();
      forge.enrol(KEYS.stranger, "Nobody", { kind: "Observer" }, KEYS.registrar, KEYS.log);
      return forge.bundle();
    },
  ],
  [
    "a report by an unknown key",
    "authority",
    "unknown-key",
    (forge) => {
      forge.open();
      forge.add(KEYS.stranger, { kind: "Reported", value: report(0, [30, 20, 10]) });
      return forge.bundle();
    },
  ],
  [
    "a report by a revoked key",
    "authority",
    "revoked-key",
    (forge) => {
      forge.open();
      forge.add(KEYS.registrar, { kind: "KeyRevoked", value: { key: KEYS.chairs[0].key, reason: "lost" } });
      forge.reports(0, [30, 20, 10]);
      return forge.bundle();
    },
  ],
  [
    "a chair's report of another precinct",
    "authority",
    "out-of-scope",
    (forge) => {
      forge.open();
      forge.add(KEYS.chairs[0], { kind: "Reported", value: report(1, [30, 20, 10]) });
      return forge.bundle();
    },
  ],
  [
    "a release by a chair",
    "authority",
    "wrong-role",
    (forge) => {
      forge.open();
      forge.releases("first", [forge.reports(0, [30, 20, 10])], KEYS.chairs[1]);
      return forge.bundle();
    },
  ],
  [
    "an enrolment by the log's own key",
    "authority",
    "wrong-role",
    (forge) => {
      forge.open();
      forge.enrol(KEYS.stranger, "Minted", { kind: "Operator" }, KEYS.service);
      return forge.bundle();
    },
  ],
  [
    "a commitment by another than the log",
    "authority",
    "wrong-role",
    (forge) => {
      forge.night();
      forge.add(KEYS.reviewer, {
        kind: "ResultsCommitted",
        value: { size: 14, basis: { kind: "Recorded" }, precincts: 3, root: new Uint8Array(32), audit: null },
      });
      return forge.bundle();
    },
  ],
  [
    "a submission that is replayed",
    "admission",
    "submission-reused",
    (forge) => {
      forge.open();
      for (const at of [0, 1])
        forge.add(KEYS.chairs[0], { kind: "Reported", value: report(0, [30, 20, 10 + 10 * at]) }, { submission: 200 });
      return forge.bundle();
    },
  ],
  [
    "a precinct that nobody listed",
    "authority",
    "out-of-scope",
    (forge) => {
      forge.open();
      forge.add(KEYS.chairs[0], { kind: "Reported", value: report(7, [30, 20, 10]) });
      return forge.bundle();
    },
  ],
  [
    "a figure beyond any room",
    "admission",
    "figure-too-large",
    (forge) => {
      forge.open();
      forge.reports(0, [30_000, 20, 10]);
      return forge.bundle();
    },
  ],
  [
    "a correction of something that is not the record",
    "admission",
    "not-the-record",
    (forge) => {
      forge.open();
      forge.reports(0, [30, 20, 10]);
      forge.add(KEYS.chairs[0], {
        kind: "Corrected",
        value: {
          replaces: 3,
          report: report(0, [20, 30, 10]),
          kind: { kind: "Transcription" },
          reason: "slip",
          requestedBy: "",
          authority: "",
          evidence: [],
        },
      });
      return forge.bundle();
    },
  ],
  [
    "a release that lists no report",
    "releases",
    "not-a-report",
    (forge) => {
      forge.open();
      forge.releases("first", [3]);
      return forge.bundle();
    },
  ],
  [
    "a release that lists a precinct twice",
    "releases",
    "precinct-twice",
    (forge) => {
      forge.open();
      forge.releases("first", [forge.reports(0, [30, 20, 10]), forge.reports(0, [20, 30, 10])]);
      return forge.bundle();
    },
  ],
  [
    "two releases of one name",
    "releases",
    "release-name-taken",
    (forge) => {
      forge.open();
      const entry = forge.reports(0, [30, 20, 10]);
      forge.releases("first", [entry]);
      forge.releases("first", [entry]);
      return forge.bundle();
    },
  ],
  [
    "a release of an entry of one's own",
    "persons",
    "own-entry",
    (forge) => {
      forge.open();
      const second = pair(50);
      forge.enrol(second, "Ruth Reviewer", { kind: "Chair", value: [{ county: 0, number: 0 }] });
      const entry = forge.add(second, { kind: "Reported", value: report(0, [30, 20, 10]) });
      forge.releases("first", [entry]);
      return forge.bundle();
    },
  ],
  [
    "a false results root",
    "results",
    "results-differ",
    (forge) => {
      forge.open();
      forge.commits((root) => root.map((byte) => byte ^ 1));
      return forge.bundle();
    },
  ],
  [
    "time that runs back",
    "time",
    "clock-back",
    (forge) => {
      forge.open();
      forge.add(KEYS.chairs[0], { kind: "Reported", value: report(0, [30, 20, 10]) }, { at: START });
      return forge.bundle();
    },
  ],
  [
    "a report that is post-dated",
    "time",
    "post-dated",
    (forge) => {
      forge.open();
      const at = START + 3_600_000;
      forge.add(KEYS.chairs[0], { kind: "Reported", value: report(0, [30, 20, 10]) }, { at });
      return forge.bundle();
    },
  ],
  [
    "a report that is back-dated",
    "time",
    "back-dated",
    (forge) => {
      forge.open();
      const early = forge.checkpoint().split("\n\n")[0] ?? "";
      const late = forge.cosignature(`${early}\n`, 0, Math.floor(START / 1000) + 3600);
      const [body, lines = ""] = forge.checkpoint(undefined, undefined, []).split("\n\n");
      const checkpoint = `${body}\n\n${lines}${late}`;
      forge.reports(0, [30, 20, 10]);
      return forge.bundle([checkpoint, forge.checkpoint()]);
    },
  ],
  [
    "too few witnesses",
    "witnesses",
    "quorum-not-met",
    (forge) => forge.night().bundle([forge.checkpoint(undefined, undefined, [])]),
  ],
  [
    "a witness whom nobody named",
    "witnesses",
    "checkpoint-unknown-signer",
    (forge) => forge.night().bundle([forge.checkpoint(undefined, undefined, [0, 7])]),
  ],
  [
    "a witness who signs twice",
    "witnesses",
    "checkpoint-signer-twice",
    (forge) => forge.night().bundle([forge.checkpoint(undefined, undefined, [0, 0])]),
  ],
  [
    "another policy than entry 0 has",
    "policy",
    "policy-differs",
    (forge) => forge.night().bundle(undefined, "quorum none\n"),
  ],
  [
    "an entry left out",
    "tree",
    "tree-wrong-root",
    (forge) => {
      const checkpoint = forge.night().checkpoint();
      forge.entries.splice(9, 1);
      forge.entries.push(forge.entries.at(-1) ?? new Uint8Array());
      return forge.bundle([checkpoint]);
    },
  ],
  [
    "entries in another order, signed again",
    "chain",
    "entry-misplaced",
    (forge) => {
      const [one, other] = forge.night().entries.slice(9, 11);
      if (one !== undefined && other !== undefined) forge.entries.splice(9, 2, other, one);
      return forge.bundle();
    },
  ],
  [
    "a checkpoint of another history",
    "checkpoints",
    "checkpoint-inconsistent",
    (forge) => forge.night().bundle([forge.checkpoint(3, new Uint8Array(32)), forge.checkpoint()]),
  ],
];

describe("a cheat is found by its check:", () => {
  test.each(CHEATS)("%s", async (_, check, code, cheat) => {
    const report = await look(cheat(new Forge()));
    expect(report.verified).toBe(false);
    expect(report.visit).toBeNull();
    expect(failures(report)).toMatchObject({ [check]: code });
  });

  test("an approval by whoever proposed", async () => {
    const forge = new Forge();
    forge.open();
    const record = forge.reports(0, [30, 20, 10]);
    const evidence = [{ hash: new Uint8Array(32), size: 9n, mediaType: "application/pdf" }];
    const why = { requestedBy: "the county", reason: "slip", authority: "", evidence };
    const opened = forge.add(KEYS.officers[0], {
      kind: "Case",
      value: {
        kind: "Opened",
        value: {
          precincts: [{ county: 0, number: 0 }],
          stage: { kind: "Correction" },
          kind: { kind: "Transcription" },
          ...why,
        },
      },
    });
    const outcome = {
      kind: "Changed",
      value: { replaces: record, report: report(0, [20, 30, 10]), kind: { kind: "Transcription" }, ...why },
    } as const;
    const proposal = forge.add(KEYS.officers[0], {
      kind: "Case",
      value: { kind: "Proposed", value: { case: opened, outcome } },
    });
    const approve = (by: 0 | 1): void => {
      forge.add(KEYS.officers[by], {
        kind: "Case",
        value: { kind: "Approved", value: { proposal, outcome, notice: "corrected" } },
      });
    };
    approve(0);
    expect(failures(await look(forge.bundle()))).toEqual({ persons: "same-person" });
    forge.entries.pop();
    approve(1);
    expect(failures(await look(forge.bundle()))).toEqual({});
  });
});

describe("two histories", () => {
  test("of one size are evidence, which is read again", async () => {
    const forge = new Forge().night();
    const report = await look(
      forge.bundle([forge.checkpoint(9, new Uint8Array(32), []), forge.checkpoint(9), forge.checkpoint()]),
    );
    expect(failures(report)).toEqual({ checkpoints: "checkpoint-two-roots" });
    expect(report.evidence).toHaveLength(1);
    expect(parseEvidence(report.evidence[0] ?? "").one.size).toBe(9);
  });

  test("are found against the last visit, with evidence where both are of one size", async () => {
    const forge = new Forge().night();
    const other = new Forge();
    other.open();
    other.reports(0, [10, 20, 30]);
    const { about } = await look(forge.bundle());
    const visit = (size: number, of: Forge) => () => ({ logKey: about?.logKey ?? "", checkpoint: of.checkpoint(size) });
    const same = await look(forge.bundle([forge.checkpoint(10), forge.checkpoint()]), { visit: visit(10, other) });
    expect(failures(same)).toEqual({ visit: "checkpoint-inconsistent" });
    expect(same.evidence).toHaveLength(1);
    const another = await look(forge.bundle(), { visit: visit(10, other) });
    expect(failures(another)).toEqual({ visit: "checkpoint-inconsistent" });
    expect(another.evidence).toHaveLength(0);
  });
});
