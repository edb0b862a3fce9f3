import { describe, expect, test } from "vitest";
import { verifierKey, verifierKeyText } from "../src/log/keys";
import { contest, Forge, KEYS, START } from "./support/forge";
import { failures, look } from "./support/look";

/** A night whose last checkpoint the given witnesses cosigned at a time of their own. */
function cosignedAt(forge: Forge, witnesses: readonly number[], at: number): Uint8Array {
  const [body, lines = ""] = forge.checkpoint(undefined, undefined, []).split("\n\n");
  const wrong = witnesses.map((number) => forge.cosignature(`${body}\n`, number, at)).join("");
  return forge.bundle([`${body}\n\n${lines}${wrong}`]);
}

describe("the times of cosignatures", () => {
  for (const quorum of [0, 1]) {
    test(`are judged each by itself where ${quorum} must cosign`, async () => {
      const forge = new Forge({ witnesses: { ...contest().witnesses, quorum } }).night();
      const report = await look(cosignedAt(forge, [0, 1], START / 1000 - 864_000));
      expect(failures(report)).toEqual({ time: "post-dated" });
      const { time } = report.verdicts;
      expect("findings" in time && time.findings.map(({ about }) => about)).toEqual(["w1.example", "w2.example"]);
      expect(report.verified).toBe(false);
    });
  }

  test("are nothing to compare where there are none, and check 7 does not pass", async () => {
    const forge = new Forge({ witnesses: { quorum: 0, witnesses: [] } }).night();
    const report = await look(forge.bundle([forge.checkpoint(undefined, undefined, [])]));
    expect(report.verdicts.time.kind).toBe("nothing-there");
    expect(report.verdicts.witnesses.kind).toBe("nothing-there");
    expect(report.verdicts.admission.kind).toBe("passed");
    expect(report.verified).toBe(true);
  });
});

describe("a witness under a key of the contest", () => {
  const named = (key: Uint8Array): string => verifierKeyText(verifierKey("own.example", "witness", key));
  const cases = [
    ["the log", KEYS.log.key, "policy-witness-is-log"],
    ["its service", KEYS.service.key, "witness-not-independent"],
    ["a registrar", KEYS.registrar.key, "witness-not-independent"],
  ] as const;
  for (const [whose, key, code] of cases) {
    test(`is refused where it is the key of ${whose}`, async () => {
      const forge = new Forge({ witnesses: { quorum: 0, witnesses: [named(key)] } }).night();
      const report = await look(forge.bundle([forge.checkpoint(undefined, undefined, [])], "quorum none\n"));
      expect(failures(report)).toMatchObject({ policy: code });
    });
  }

  test("is refused where a registrar was enrolled with it on the way", async () => {
    const forge = new Forge();
    forge.open();
    const at = forge.enrol(KEYS.witnesses[0], "Second Registrar", { kind: "Registrar" });
    const report = await look(forge.bundle([forge.checkpoint()]));
    expect(failures(report)).toEqual({ policy: "witness-not-independent" });
    const { policy } = report.verdicts;
    expect("findings" in policy && policy.findings[0]?.entry).toBe(at);
  });
});

test("a verdict says what it rests on, and each weakness by name", async () => {
  const { about } = await look(new Forge().night().bundle());
  expect(about).toMatchObject({ release: "ReportedClear", embargo: "Open", fold: 2, from: "file" });
  expect(about?.quorum).toEqual({ needed: 1, witnesses: ["w1.example", "w2.example"] });
  expect(about?.weaknesses).toEqual([
    "log-key-unvouched",
    "own-quorum",
    "rehearsal",
    "older-fold",
    "unconfirmed-released",
    "single-registrar",
  ]);
});
