import { Refused } from "./flaw";
import { parseVerifierKey, sameKey, type VerifierKey } from "./keys";

const LONGEST = 1_000_000;
// ASCII's control characters, without the tab.
const BARRED = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** A witness, or a group of members that stand before it. */
type Member =
  | { readonly kind: "witness"; readonly key: VerifierKey }
  | { readonly kind: "group"; readonly needed: number; readonly members: readonly number[] };

/** Which logs to believe, and which witnesses are enough (C2SP tlog-policy): what a reader asks, whatever a file says. */
export class ReaderPolicy {
  private readonly logs: VerifierKey[] = [];
  private readonly members: Member[] = [];
  private readonly places = new Map<string, number>();
  private readonly grouped = new Set<number>();
  private quorum: number | "none" | null = null;

  /**
   * Reads a policy.
   *
   * @throws {Refused} if the bytes are none.
   */
  static parse(bytes: Uint8Array): ReaderPolicy {
    if (bytes.length > LONGEST) throw new Refused("policy-too-long", `${bytes.length}`);
    const lines = new TextDecoder().decode(bytes).split("\n");
    if (lines.pop() !== "") throw new Refused("policy-cut");
    const policy = new ReaderPolicy();
    for (const line of lines) policy.take(line);
    if (policy.quorum === null) throw new Refused("policy-no-quorum");
    return policy;
  }

  /** Whether a log is one of those to believe. */
  names(log: VerifierKey): boolean {
    return this.logs.some((known) => sameKey(known, log));
  }

  /** Whether these cosigners are enough. */
  isMetBy(cosigners: readonly VerifierKey[]): boolean {
    if (this.quorum === "none" || this.quorum === null) return true;
    const met: boolean[] = [];
    // Members stand before their group, so all of them have been decided.
    for (const member of this.members)
      met.push(
        member.kind === "witness"
          ? cosigners.some((key) => sameKey(key, member.key))
          : member.members.filter((at) => met[at]).length >= member.needed,
      );
    return met[this.quorum] ?? false;
  }

  private take(line: string): void {
    if (BARRED.test(line)) throw new Refused("policy-character");
    const [word = "", ...words] = line.split(/[ \t]+/).filter((word) => word !== "");
    if (word === "" || word.startsWith("#")) return;
    const [name = "", second = "", ...rest] = words;
    if (word === "log" && (words.length === 1 || words.length === 2)) this.addLog(name);
    else if (word === "witness" && (words.length === 2 || words.length === 3)) this.addWitness(name, second);
    else if (word === "group" && rest.length > 0) this.addGroup(name, second, rest);
    else if (word === "quorum" && words.length === 1) this.setQuorum(name);
    else throw new Refused(KEYWORDS.includes(word) ? "policy-words" : "policy-keyword", word);
  }

  private addLog(text: string): void {
    const key = parseVerifierKey(text, "log");
    if (this.logs.some((log) => sameBytes(log, key))) throw new Refused("policy-log-twice", key.name);
    this.logs.push(key);
  }

  private addWitness(name: string, text: string): void {
    const key = parseVerifierKey(text, "witness");
    const isKnown = this.members.some((member) => member.kind === "witness" && sameBytes(member.key, key));
    if (isKnown) throw new Refused("policy-witness-twice", key.name);
    this.add(name, { kind: "witness", key });
  }

  private addGroup(name: string, threshold: string, names: readonly string[]): void {
    const needed = threshold === "any" ? 1 : threshold === "all" ? names.length : Number(threshold);
    const isNumber = threshold === "any" || threshold === "all" || `${needed}` === threshold;
    if (!isNumber || !Number.isInteger(needed) || needed < 1 || needed > names.length)
      throw new Refused("policy-threshold", threshold);
    const members = names.map((each) => this.place(each));
    for (const place of members) {
      if (this.grouped.has(place)) throw new Refused("policy-member-twice", name);
      this.grouped.add(place);
    }
    this.add(name, { kind: "group", needed, members });
  }

  private setQuorum(name: string): void {
    if (this.quorum !== null) throw new Refused("policy-quorum-twice");
    this.quorum = name === "none" ? name : this.place(name);
  }

  private add(name: string, member: Member): void {
    if (name === "none" || this.places.has(name)) throw new Refused("policy-name-taken", name);
    this.places.set(name, this.members.length);
    this.members.push(member);
  }

  private place(name: string): number {
    const place = this.places.get(name);
    if (place === undefined) throw new Refused("policy-unknown-name", name);
    return place;
  }
}

const KEYWORDS: readonly string[] = ["log", "witness", "group", "quorum"];

function sameBytes(one: VerifierKey, other: VerifierKey): boolean {
  return sameKey({ ...one, name: "" }, { ...other, name: "" });
}
