import { ed25519 } from "@noble/curves/ed25519.js";
import { blake3 } from "@noble/hashes/blake3.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { Fold } from "../../src/fold";
import { toBase64 } from "../../src/log/base64";
import { blob, encode, struct, text, u8 } from "../../src/log/codec";
import { decodeEntry } from "../../src/log/entry";
import { eventBody } from "../../src/log/event/body";
import { role } from "../../src/log/event/keys";
import { contestId, entryIndex, hash, publicKey, signature, unixMillis } from "../../src/log/event/values";
import type { Act, Contest, Enrolment, Event, Report, Role } from "../../src/log/events";
import { verifierKey, verifierKeyText, type Scheme } from "../../src/log/keys";
import { keysOf, policyText } from "../../src/log/policy";
import { leafHash, rootOf, type Hash } from "../../src/log/tree";

const utf8 = new TextEncoder();
const layout = struct({
  version: u8,
  index: entryIndex,
  receivedAt: unixMillis,
  previous: hash,
  author: publicKey,
  signed: blob,
  signature,
});
const possession = struct({ contest: contestId, person: text, role });

export interface Pair {
  readonly secret: Uint8Array;
  readonly key: Uint8Array;
}

/** The same key for the same number. */
export function pair(number: number): Pair {
  const secret = new Uint8Array(32).fill(number);
  return { secret, key: ed25519.getPublicKey(secret) };
}

/** The people and keys of the forged night. */
export const KEYS = {
  log: pair(1),
  service: pair(2),
  registrar: pair(3),
  chairs: [pair(10), pair(11), pair(12)] as const,
  operator: pair(20),
  reviewer: pair(21),
  officers: [pair(22), pair(23)] as const,
  stranger: pair(30),
  witnesses: [pair(40), pair(41)] as const,
};

export const START = Date.UTC(2028, 0, 25, 1, 0, 0);
const ORIGIN = "log.example/forged";
const ID = new Uint8Array(16).fill(0xc0);

function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function signWith({ secret }: Pair, ...parts: readonly Uint8Array[]): Uint8Array {
  return ed25519.sign(join(...parts), secret);
}

export function contest(changes: Partial<Contest> = {}): Contest {
  const witnesses = KEYS.witnesses.map(({ key }, at) =>
    verifierKeyText(verifierKey(`w${at + 1}.example`, "witness", key)),
  );
  return {
    id: ID,
    kind: { kind: "Rehearsal" },
    name: "A forged night",
    ruleset: {
      name: "forged",
      viability: [
        { from: 2, numerator: 1, denominator: 4 },
        { from: 4, numerator: 3, denominator: 20 },
      ],
      satellites: [{ from: 1, delegates: 4 }],
      national: { districts: [3], atLarge: 2, pleo: 1, thresholdNumerator: 3, thresholdDenominator: 20 },
      largestRoom: 5000,
    },
    candidates: [{ name: "Adams" }, { name: "Burr" }, { name: "Clay" }],
    log: { origin: ORIGIN, key: KEYS.log.key },
    service: KEYS.service.key,
    registrars: [{ person: "Rita Registrar", key: KEYS.registrar.key }],
    fold: 2,
    release: { kind: "ReportedClear" },
    embargo: { kind: "Open" },
    witnesses: { quorum: 1, witnesses },
    ...changes,
  };
}

/** What a chair says: so many people in each of three groups, and a delegate for each ten of them. */
export function report(number: number, people: readonly [number, number, number]): Report {
  const groups = people.map((count, at) => [at + 1, count] as const);
  const all = people.reduce((sum, count) => sum + count, 0);
  return {
    precinct: { county: 0, number },
    channel: { kind: "App" },
    sheet: {
      attendance: { people: all, counted: true },
      firstAlignment: groups,
      finalAlignment: groups,
      awards: groups.map(([group, count]) => [group, count / 10] as const),
      worksheetDelegates: all / 10,
      worksheetThreshold: Math.ceil((all * 3) / 20),
      games: [],
      claimed: null,
    },
    files: [],
  };
}

/** Makes logs as a server would that has every secret: honest ones, and others. */
export class Forge {
  readonly entries: Uint8Array[] = [];
  readonly contest: Contest;
  private submissions = 0;

  constructor(changes: Partial<Contest> = {}) {
    this.contest = contest(changes);
  }

  /** Appends an event; `broken` says what the forger does to the entry before it is chained. */
  add(
    author: Pair,
    event: Event,
    more: { readonly at?: number; readonly submission?: number; readonly signer?: Pair } = {},
  ): number {
    const index = this.entries.length;
    this.submissions += 1;
    const submission = new Uint8Array(16).fill(0);
    submission[0] = more.submission ?? this.submissions;
    const at = more.at ?? START + index * 1000;
    const signed = encode(eventBody, { contest: ID, submission, recordedAt: BigInt(at), event });
    const last = this.entries.at(-1);
    this.entries.push(
      encode(layout, {
        version: 1,
        index,
        receivedAt: at,
        previous: last === undefined ? new Uint8Array(32) : blake3(last),
        author: author.key,
        signed,
        signature: signWith(more.signer ?? author, utf8.encode("tallylog/event/v1\0"), signed),
      }),
    );
    return index;
  }

  /** Opens, and enrols chairs and staff: the latter only where one registrar may. */
  open(): void {
    this.add(KEYS.registrar, { kind: "ContestOpened", value: this.contest });
    const precinct = (name: string, delegates: number): { name: string; code: string; delegates: number } => ({
      name,
      code: "",
      delegates,
    });
    this.add(KEYS.registrar, {
      kind: "CountyListed",
      value: {
        id: 0,
        name: "Adair",
        kind: { kind: "Precincts", countyDelegates: 18 },
        fips: 19001,
        district: { kind: "Congressional", value: 1 },
        stateDelegates: 9,
        precincts: [precinct("North", 6), precinct("South", 6), precinct("East", 6)],
      },
    });
    KEYS.chairs.forEach((chair, number) => {
      this.enrol(chair, `Chair ${number}`, { kind: "Chair", value: [{ county: 0, number }] });
    });
    if (this.contest.fold > 2 && this.contest.registrars.length > 1) return;
    this.enrol(KEYS.operator, "Olga Operator", { kind: "Operator" });
    this.enrol(KEYS.reviewer, "Ruth Reviewer", { kind: "Reviewer" });
    KEYS.officers.forEach((officer, at) => {
      this.enrol(officer, `Officer ${at}`, { kind: "CorrectionsOfficer" });
    });
  }

  enrol(who: Pair, person: string, of: Role, by: Pair = KEYS.registrar, holder: Pair = who): number {
    const message = encode(possession, { contest: ID, person, role: of });
    const proof = signWith(holder, utf8.encode("tallylog/possession/v1\0"), message);
    return this.add(by, { kind: "KeyEnrolled", value: { key: who.key, person, role: of, possession: proof } });
  }

  /** What an act of two enrols. */
  enrolment(who: Pair, person: string, of: Role): Enrolment {
    const message = encode(possession, { contest: ID, person, role: of });
    const proof = signWith(who, utf8.encode("tallylog/possession/v1\0"), message);
    return { key: who.key, person, role: of, possession: proof };
  }

  /** Proposes an act by one, and has another second it. */
  two(act: Act, first: Pair, second: Pair, repeated: Act = act): void {
    const proposal = this.add(first, { kind: "Authority", value: { kind: "Proposed", value: act } });
    this.add(second, { kind: "Authority", value: { kind: "Seconded", value: { proposal, act: repeated } } });
  }

  reports(chair: 0 | 1 | 2, people: readonly [number, number, number]): number {
    return this.add(KEYS.chairs[chair], { kind: "Reported", value: report(chair, people) });
  }

  releases(name: string, entries: readonly number[], by: Pair = KEYS.reviewer): number {
    return this.add(by, { kind: "Released", value: { name, entries } });
  }

  /** Commits what the entries give, or what the forger makes of it. */
  commits(lie: (root: Hash) => Hash = (root) => root, by: Pair = KEYS.service): number {
    const folded = new Fold();
    for (const bytes of this.entries) folded.apply(decodeEntry(bytes));
    const root = lie(folded.results("Recorded").root() ?? new Uint8Array(32));
    return this.add(by, {
      kind: "ResultsCommitted",
      value: {
        size: this.entries.length,
        basis: { kind: "Recorded" },
        precincts: 3,
        root,
        audit: { state: Uint8Array.from(Buffer.from(folded.hash(), "hex")), discrepancies: folded.review.open() },
      },
    });
  }

  /** A whole honest night. */
  night(): this {
    this.open();
    const entries = [this.reports(0, [30, 20, 10]), this.reports(1, [40, 10, 10]), this.reports(2, [20, 20, 20])];
    this.releases("first", entries);
    this.commits();
    return this;
  }

  checkpoint(
    size = this.entries.length,
    root = rootOf(this.entries.slice(0, size).map(leafHash)),
    cosignedBy: readonly number[] = [0],
  ): string {
    const body = `${ORIGIN}\n${size}\n${toBase64(root)}\n`;
    const at = Math.floor((START + Math.max(0, size - 1) * 1000) / 1000);
    const cosigned = cosignedBy.map((number) => this.cosignature(body, number, at)).join("");
    return `${body}\n${line(ORIGIN, "log", KEYS.log, ed25519.sign(utf8.encode(body), KEYS.log.secret))}${cosigned}`;
  }

  cosignature(body: string, number: number, at: number): string {
    const witness = KEYS.witnesses[number] ?? KEYS.stranger;
    const signed = ed25519.sign(utf8.encode(`cosignature/v1\ntime ${at}\n${body}`), witness.secret);
    const seconds = new Uint8Array(8);
    new DataView(seconds.buffer).setBigUint64(0, BigInt(at));
    return line(`w${number + 1}.example`, "witness", witness, join(seconds, signed));
  }

  bundle(
    checkpoints: readonly string[] = [this.checkpoint(3), this.checkpoint()],
    policy = policyText(keysOf(this.contest, [])),
  ): Uint8Array {
    const notes = checkpoints.join("\n");
    const header = `tallylog/bundle/v1\npolicy ${policy.length}\ncheckpoints ${utf8.encode(notes).length}\nentries ${this.entries.length}\n\n`;
    const framed = this.entries.map((entry) => join([entry.length >> 8, entry.length & 0xff], entry));
    return join(utf8.encode(`${header}${policy}${notes}`), ...framed);
  }
}

function line(name: string, scheme: Scheme, { key }: Pair, signed: Uint8Array): string {
  const id = sha256(join(utf8.encode(`${name}\n`), [scheme === "log" ? 1 : 4], key)).subarray(0, 4);
  return `— ${name} ${toBase64(join(id, signed))}\n`;
}
