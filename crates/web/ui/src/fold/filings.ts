/** What one key filed of one precinct: reports, corrections, entries and what it approved in a case. */
export interface Filed {
  /** How many versions, those that were set aside among them. */
  readonly versions: number;
  /** The entry of the latest, whether it stands or not. */
  readonly latest: number;
}

/** How often each key has spoken of each precinct, so that nobody has to count. */
export class Filings {
  private readonly all = new Map<string, Filed>();

  file(position: number, author: number, entry: number): void {
    const versions = (this.ofKey(position, author)?.versions ?? 0) + 1;
    this.all.set(`${position} ${author}`, { versions, latest: entry });
  }

  /** What a key filed of the precinct at a position in roster order; `null` where it never spoke of it. */
  ofKey(position: number, author: number): Filed | null {
    return this.all.get(`${position} ${author}`) ?? null;
  }
}
