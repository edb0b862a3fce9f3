import { describe, expect, test } from "vitest";
import type { Act, Contest } from "../src/log/events";
import { contest, Forge, KEYS, pair, type Pair } from "./support/forge";
import { failures, look } from "./support/look";

const FIRST = KEYS.registrar;
const SECOND = pair(50);
const NEXT = pair(60);
const ORIGIN = contest().log.origin;

function registrars(...persons: readonly (readonly [string, Pair])[]): Partial<Contest> {
  return { fold: 3, registrars: persons.map(([person, { key }]) => ({ person, key })) };
}

const OF_TWO = registrars(["Rita Registrar", FIRST], ["Rolf Registrar", SECOND]);
const OF_ONE = registrars(["Rita Registrar", FIRST]);

/** What is wrong with a night in which this happens, after it was opened. */
async function said(changes: Partial<Contest>, happens: (forge: Forge) => void): Promise<unknown> {
  const forge = new Forge(changes);
  forge.open();
  happens(forge);
  return failures(await look(forge.bundle()));
}

function reviewer(forge: Forge): Act {
  return { kind: "Enrol", value: forge.enrolment(pair(61), "Una Ueda", { kind: "Reviewer" }) };
}

function revocation({ key }: Pair): Act {
  return { kind: "Revoke", value: { key, reason: "the laptop was lost" } };
}

function succession(forge: Forge, next: Pair, person = ORIGIN): Act {
  return {
    kind: "Succeed",
    value: { enrolment: forge.enrolment(next, person, { kind: "Service" }), reason: "the disk was lost" },
  };
}

describe("what takes two registrars", () => {
  test("is not done by one", async () => {
    const alone: readonly ((forge: Forge) => unknown)[] = [
      (forge) => forge.enrol(pair(61), "Una Ueda", { kind: "Reviewer" }),
      (forge) => forge.enrol(pair(61), "Una Ueda", { kind: "Registrar" }),
      (forge) => forge.enrol(NEXT, ORIGIN, { kind: "Service" }),
      (forge) => forge.add(FIRST, { kind: "KeyRevoked", value: { key: SECOND.key, reason: "lost" } }),
      (forge) => forge.add(FIRST, { kind: "KeyRevoked", value: { key: KEYS.service.key, reason: "lost" } }),
    ];
    for (const what of alone) {
      expect(await said(OF_TWO, what)).toEqual({ persons: "needs-second" });
      expect(await said({ ...OF_TWO, fold: 2 }, what)).toEqual({});
    }
    expect(await said(OF_TWO, (forge) => forge.enrol(pair(61), "Nora", { kind: "Observer" }))).toEqual({});
    expect(await said(OF_ONE, (forge) => forge.enrol(pair(61), "Una Ueda", { kind: "Reviewer" }))).toEqual({});
    const service = { key: KEYS.service.key, reason: "lost" };
    const ends = (forge: Forge): unknown => forge.add(FIRST, { kind: "KeyRevoked", value: service });
    expect(await said(OF_ONE, ends)).toEqual({ persons: "needs-second" });
  });

  test("is done by two, and repeats what was proposed", async () => {
    const two = (what: (forge: Forge) => Act, by: Pair, repeated = what) =>
      said(OF_TWO, (forge) => {
        forge.two(what(forge), FIRST, by, repeated(forge));
      });
    expect(await two(reviewer, SECOND)).toEqual({});
    expect(await two(() => revocation(SECOND), SECOND)).toEqual({});
    expect(await two(reviewer, FIRST)).toEqual({ persons: "same-person" });
    expect(await two(reviewer, KEYS.chairs[0])).toEqual({ authority: "wrong-role" });
    expect(await two(reviewer, SECOND, () => revocation(KEYS.chairs[0]))).toEqual({ admission: "not-as-proposed" });
    expect(await two((forge) => succession(forge, NEXT, "Una Ueda"), SECOND)).toEqual({ admission: "bad-act" });
    expect(
      await said({ ...OF_TWO, fold: 2 }, (forge) => {
        forge.two(reviewer(forge), FIRST, SECOND);
      }),
    ).toEqual({
      admission: "not-in-version",
    });
  });

  test("is a spare key's as little as its owner's", async () => {
    const spare = pair(51);
    const changes = registrars(["Rita Registrar", FIRST], ["Rolf Registrar", SECOND], ["Rita Registrar", spare]);
    const by = (second: Pair) =>
      said(changes, (forge) => {
        forge.two(reviewer(forge), FIRST, second);
      });
    expect(await by(spare)).toEqual({ persons: "same-person" });
    expect(await by(SECOND)).toEqual({});
    const stolen = (forge: Forge): void => {
      const act = reviewer(forge);
      const proposal = forge.add(spare, { kind: "Authority", value: { kind: "Proposed", value: act } });
      forge.two(revocation(spare), FIRST, SECOND);
      forge.add(SECOND, { kind: "Authority", value: { kind: "Seconded", value: { proposal, act } } });
    };
    expect(await said(changes, stolen)).toEqual({ admission: "proposer-revoked" });
  });

  test("is a corrections officer's beside a single registrar", async () => {
    const by = (second: Pair) =>
      said(OF_ONE, (forge) => {
        forge.two(succession(forge, NEXT), FIRST, second);
        forge.commits(undefined, NEXT);
      });
    expect(await by(KEYS.officers[0])).toEqual({});
    expect(await by(KEYS.reviewer)).toEqual({ authority: "wrong-role" });
  });

  test("gives the service a successor, and the key before it signs nothing more", async () => {
    const signsAfter = (by: Pair) =>
      said(OF_TWO, (forge) => {
        forge.commits();
        forge.two(succession(forge, NEXT), FIRST, SECOND);
        forge.commits(undefined, by);
      });
    expect(await signsAfter(NEXT)).toEqual({});
    expect(await signsAfter(KEYS.service)).toEqual({ authority: "revoked-key" });
  });

  test("is said of a night in which a single registrar could do it alone", async () => {
    const soleIn = async (changes: Partial<Contest>, happens: (forge: Forge) => void = () => undefined) => {
      const forge = new Forge(changes);
      forge.open();
      happens(forge);
      return (await look(forge.bundle())).soleRegistrars;
    };
    const person = "Rita Registrar";
    const joins = (forge: Forge): number => forge.enrol(SECOND, "Rolf Registrar", { kind: "Registrar" });
    const leaves = (forge: Forge): void => {
      joins(forge);
      forge.two(revocation(SECOND), FIRST, SECOND);
    };
    expect(await soleIn(OF_TWO)).toEqual([]);
    expect(await soleIn({ ...OF_ONE, fold: 2 })).toEqual([]);
    expect(await soleIn(OF_ONE)).toEqual([{ person, from: 0, until: null }]);
    expect(await soleIn(OF_ONE, joins)).toEqual([{ person, from: 0, until: 9 }]);
    expect(await soleIn(OF_ONE, leaves)).toEqual([
      { person, from: 0, until: 9 },
      { person, from: 11, until: null },
    ]);
  });

  test("waits until it is turned down", async () => {
    const withdrawn = (forge: Forge): void => {
      const act = reviewer(forge);
      const proposal = forge.add(FIRST, { kind: "Authority", value: { kind: "Proposed", value: act } });
      forge.add(SECOND, { kind: "Authority", value: { kind: "Withdrawn", value: { proposal, reason: "who?" } } });
      forge.add(SECOND, { kind: "Authority", value: { kind: "Seconded", value: { proposal, act } } });
    };
    expect(await said(OF_TWO, withdrawn)).toEqual({ admission: "no-such-act" });
  });
});
