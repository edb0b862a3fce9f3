import { describe, expect, test } from "vitest";
import type { Answers, Said, SaidStep } from "../src/audit/said";
import type { Report } from "../src/audit/audit";
import { Refused } from "../src/log/flaw";
import { honest } from "./support/answers";
import { Forge, KEYS, report } from "./support/forge";
import { failures, look } from "./support/look";
import { serverOf } from "./support/serve";

/** A night with a correction, so that what is recorded and what is released differ. */
function night(): Forge {
  const forge = new Forge().night();
  forge.add(KEYS.chairs[0], {
    kind: "Corrected",
    value: {
      replaces: 9,
      report: report(0, [20, 30, 10]),
      kind: { kind: "Transcription" },
      reason: "slip",
      requestedBy: "the chair",
      authority: "",
      evidence: [],
    },
  });
  return forge;
}

const forge = night();
const truth = honest(forge);

function asked(said: Answers | Error): Promise<Report> {
  const answers = () => (said instanceof Error ? Promise.reject(said) : Promise.resolve(said));
  return look({ kind: "server", server: serverOf(forge) }, { visit: () => null, answers });
}

async function foundIn(said: Answers): Promise<string[]> {
  const report = await asked(said);
  expect(failures(report)).toEqual({ answers: "totals-differ" });
  expect(report.verified).toBe(false);
  const verdict = report.verdicts.answers;
  return verdict.kind === "failed" ? verdict.findings.map(({ about }) => about) : [];
}

function lying(question: string, lie: (said: Said) => Said): Answers {
  return { ...truth, said: truth.said.map((said) => (said.question === question ? lie(said) : said)) };
}

describe("a server's answers", () => {
  test("pass where they are what the entries come to, with how much was compared", async () => {
    const { verdicts, verified } = await asked(truth);
    expect([verified, verdicts.answers.kind]).toEqual([true, "passed"]);
    const lines = truth.said.reduce((sum, { lines }) => sum + lines.length, 0);
    expect(verdicts.answers).toMatchObject({ counted: lines + 2 * forge.entries.length });
  });

  test("of each question are compared line by line: whichever is another is found and named", async () => {
    for (const { question, lines } of truth.said)
      for (const at of [0, Math.floor(lines.length / 2), lines.length - 1]) {
        const about = lines[at]?.about ?? "";
        const changed = lines.map((line, place) => (place === at ? { ...line, text: `${line.text}1` } : line));
        if (lines.length > 0)
          expect(await foundIn(lying(question, (said) => ({ ...said, lines: changed })))).toEqual([
            `${question}, ${about}`,
          ]);
      }
  });

  test.each(["size", "root", "state", "contest", "kind"] as const)(
    "are found if their %s is another",
    async (field) => {
      const lie = (said: Said): Said => ({ ...said, [field]: field === "size" ? 1 : "Election" });
      expect(await foundIn(lying("roster", lie))).toEqual([`roster, ${field}`]);
    },
  );

  test("are found if a question is not answered, or with the answer to another", async () => {
    const left = truth.said.filter(({ question }) => question !== "Released");
    expect(await foundIn({ ...truth, said: left })).toEqual(["Released"]);
    const recorded = truth.said.find(({ question }) => question === "Recorded");
    expect(await foundIn(lying("Released", (said) => ({ ...said, lines: recorded?.lines ?? [] })))).not.toEqual([]);
  });

  test("are found if groups stand in another order, or under each other's names", async () => {
    const swapped = (said: Said): Said => ({
      ...said,
      lines: said.lines.map(({ about, text }) => ({
        about,
        text: text.replace(/^(Adams|Burr)/, (name) => (name === "Adams" ? "Burr" : "Adams")),
      })),
    });
    expect(await foundIn(lying("roster", swapped))).toEqual(["roster, group 1", "roster, group 2"]);
    expect(await foundIn(lying("Released", swapped))).toContain("Released, state, group 1");
  });

  test("say nothing against the log where the server is silent", async () => {
    const { verdicts, verified } = await asked(new Refused("unreachable", "gone"));
    expect(verdicts.answers.kind).toBe("unknown");
    expect(verdicts.fold.kind).toBe("passed");
    expect(verified).toBe(false);
  });
});

test("answers that are kept back where nothing may be are found, and under an embargo only what is released is asked", async () => {
  expect(failures(await asked(new Refused("kept-back")))).toEqual({ answers: "kept-back" });
  const embargoed = new Forge({ embargo: { kind: "OnRelease" } }).night();
  expect(honest(embargoed).said.map(({ question }) => question)).toEqual(["Released", "roster"]);
});

describe("a timeline", () => {
  function stepping(lie: (step: SaidStep) => SaidStep, at = 11): Answers {
    const [recorded, released] = truth.timelines;
    const steps = (recorded?.steps ?? []).map((step) => (step.size === at ? lie(step) : step));
    return { ...truth, timelines: [{ basis: "Recorded", steps }, ...(released ? [released] : [])] };
  }

  const other = (step: SaidStep): SaidStep => ({
    ...step,
    counties: step.counties.map(({ county, text }) => ({ county, text: text.replace("30", "31") })),
  });

  test.each([
    ["figures at one step alone", other, "Recorded timeline, 11, Adair"],
    [
      "a step that leaves a change out",
      (step: SaidStep) => ({ ...step, counties: [] }),
      "Recorded timeline, 11, Adair",
    ],
    ["another time", (step: SaidStep) => ({ ...step, timeMs: step.timeMs + 1 }), "Recorded timeline, 11, time"],
    ["another release", (step: SaidStep) => ({ ...step, release: "first" }), "Recorded timeline, 11, release"],
    [
      "a release that was none",
      (step: SaidStep) => ({ ...step, marks: ["10 release first"] }),
      "Recorded timeline, marks",
    ],
    [
      "a county that is none",
      (step: SaidStep) => ({ ...step, counties: [...step.counties, { county: 4e9, text: "1" }] }),
      "Recorded timeline, 11, state",
    ],
  ])("is found with %s", async (_, lie, about) => {
    expect(await foundIn(stepping(lie))).toContain(about);
  });

  test("is found if it ends early, goes back or hides a correction", async () => {
    const [recorded] = truth.timelines;
    const steps = recorded?.steps ?? [];
    const with_ = (steps: readonly SaidStep[]): Answers => ({ ...truth, timelines: [{ basis: "Recorded", steps }] });
    expect(await foundIn(with_(steps.slice(0, -1)))).toContain("Recorded timeline, end");
    expect(await foundIn(with_([...steps.slice(3), ...steps.slice(0, 3)]))).toContain("Recorded timeline, 1, order");
    expect(await foundIn(with_(steps.map((step) => ({ ...step, marks: [] }))))).toEqual(["Recorded timeline, marks"]);
  });
});
