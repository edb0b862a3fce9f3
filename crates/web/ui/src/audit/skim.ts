import { blake3 } from "@noble/hashes/blake3.js";
import { leafOf, Withheld } from "../log/bundle";
import { toHex } from "../log/hex";
import { DecodeError, equalBytes } from "../log/bytes";
import { readLayout, type EntryLayout } from "../log/entry";
import { Tree, type Hash } from "../log/tree";
import type { Findings } from "./checks";
import { breathe } from "./lanes";
import type { Night } from "./night";
import { timeText } from "./times";

/** What a first look at every entry gives: its hashes, its place and its time, and nothing of what it says. */
export interface Skim {
  readonly root: Hash;
  /** The root of as many leaves as a checkpoint covers, by its size. */
  readonly roots: ReadonlyMap<number, Hash>;
  /** When the entries that are shown were received, by their places, as far as the chain holds. */
  readonly received: ReadonlyMap<number, number>;
}

/** Hashes every entry, and looks at its place, the entry before it, and the log's clock. */
export async function skim(night: Night, sizes: ReadonlySet<number>, findings: Findings): Promise<Skim> {
  const tree = new Tree();
  const roots = new Map<number, Hash>();
  const received = new Map<number, number>();
  const note = (): void => {
    if (sizes.has(tree.size)) roots.set(tree.size, tree.root());
  };
  const chain = new Chain(findings, received);
  note();
  for (const entry of night.entries) {
    if (entry instanceof Withheld) chain.pass();
    else chain.take(tree.size, entry);
    tree.append(leafOf(entry));
    note();
    if (tree.size % 256 === 0) {
      findings.running("tree", tree.size, night.last.size);
      await breathe();
    }
  }
  return { root: tree.root(), roots, received };
}

/** Where one entry breaks the chain, the order of the file is not that of the log, and nothing is said of the rest. */
class Chain {
  /** The hash of the entry before; `null` where that is withheld. */
  private last: Hash | null = new Uint8Array(32);
  private now = 0;
  private broken = false;
  private late = false;

  constructor(
    private readonly findings: Findings,
    private readonly received: Map<number, number>,
  ) {}

  /** Goes past an entry that is withheld. */
  pass(): void {
    this.last = null;
  }

  take(place: number, bytes: Uint8Array): void {
    if (this.broken) return;
    const entry = this.read(place, bytes);
    if (entry === null) {
      this.broken = true;
      return;
    }
    this.clock(place, entry.receivedAt);
    this.received.set(place, entry.receivedAt);
    this.now = entry.receivedAt;
    this.last = blake3(bytes);
  }

  private read(place: number, bytes: Uint8Array): EntryLayout | null {
    try {
      const entry = readLayout(bytes);
      if (entry.index !== place) this.fail(place, "entry-misplaced", `${entry.index}`, `${place}`);
      else if (this.last !== null && !equalBytes(entry.previous, this.last))
        this.fail(place, "chain-broken", toHex(entry.previous), toHex(this.last));
      else return entry;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.fail(place, error.code === "too-large" ? "too-large" : "malformed-entry", "", "", error.message);
    }
    return null;
  }

  private clock(place: number, received: number): void {
    if (received >= this.now || this.late) return;
    this.late = true;
    const [claimed, found] = [timeText(received), timeText(this.now)];
    this.findings.fail("time", { code: "clock-back", entry: place, about: "", claimed, found });
  }

  private fail(
    entry: number,
    code: "entry-misplaced" | "chain-broken" | "malformed-entry" | "too-large",
    claimed: string,
    found: string,
    about = "",
  ): void {
    this.findings.fail("chain", { code, entry, about, claimed, found });
  }
}
