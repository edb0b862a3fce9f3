import type { Happening } from "../../gen/tallylog/v1/log_pb";
import type { Discrepancy } from "../../gen/tallylog/v1/results_pb";

/** Asks for happenings of a range; there may be fewer, where some are kept back. */
export type Ask = (from: number, until: number) => Promise<readonly Happening[]>;

const PAGE = 100;
/** Pages that are kept: a reader who scrubs comes by the same ones again and again. */
const MOST_PAGES = 200;

/** What is told of an entry: what happened, nothing yet, or that it is kept back until a release. */
export type Told = Happening | "waiting" | "kept back";

interface Page {
  /** The entries before this one were asked for. */
  readonly until: number;
  readonly happenings: readonly Happening[];
}

/** Happenings in pages, each asked for once. */
export class Feed {
  private readonly pages = new Map<number, Page>();
  private readonly asked = new Set<number>();

  constructor(
    private readonly ask: Ask,
    private readonly came: () => void,
  ) {}

  /** The last `count` of the log's first `size` entries, the newest first. */
  before(size: number, count: number): readonly Told[] {
    const entries = Array.from({ length: Math.min(count, size) }, (_, at) => size - 1 - at);
    return entries.map((entry) => this.of(entry));
  }

  /** Asks for what `before` lacks. */
  async want(size: number, count: number): Promise<void> {
    const first = Math.floor(Math.max(0, size - count) / PAGE);
    const last = Math.floor(Math.max(0, size - 1) / PAGE);
    const lacking = [first, last].filter((page, at, all) => all.indexOf(page) === at && this.lacks(page, size));
    await Promise.all(lacking.map((page) => this.fetch(page, size)));
  }

  private of(entry: number): Told {
    const page = this.pages.get(Math.floor(entry / PAGE));
    if (page === undefined || page.until <= entry) return "waiting";
    return page.happenings.find((happening) => Number(happening.entry) === entry) ?? "kept back";
  }

  /** A page that was not full when it came may have more by now. */
  private lacks(page: number, size: number): boolean {
    const until = this.pages.get(page)?.until ?? 0;
    return !this.asked.has(page) && until < Math.min((page + 1) * PAGE, size);
  }

  private async fetch(page: number, size: number): Promise<void> {
    this.asked.add(page);
    const until = Math.min((page + 1) * PAGE, size);
    try {
      this.pages.set(page, { until, happenings: await this.ask(page * PAGE, until) });
      const [oldest] = this.pages.keys();
      if (this.pages.size > MOST_PAGES && oldest !== undefined) this.pages.delete(oldest);
      this.came();
    } finally {
      this.asked.delete(page);
    }
  }
}

/** The codes of what the checks found of each entry, every code once. */
export function codesByEntry(discrepancies: readonly Discrepancy[]): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, readonly string[]>();
  for (const { entry, code } of discrepancies) {
    if (entry === undefined) continue;
    const codes = found.get(Number(entry)) ?? [];
    if (!codes.includes(code)) found.set(Number(entry), [...codes, code]);
  }
  return found;
}
