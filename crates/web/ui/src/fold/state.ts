import { enrolmentOf } from "../log/event/keys";
import type {
  Act,
  CaseEvent,
  Commitment,
  Contest,
  CourseEvent,
  DecodedEntry,
  Enrolment,
  Event,
  PrecinctId,
  Release,
  Report,
  Resolution,
  Correction,
} from "../log/events";
import { Desks } from "./desks";
import { Filings } from "./filings";
import { History, type Version } from "./history";
import { Authors, type Author } from "./people";
import { isPool, Roster } from "./roster";

/** What the fold needs of an entry. */
export type Accepted = Pick<DecodedEntry, "receivedAt" | "author" | "signed" | "body">;

/** Which version of each precinct a figure counts: the latest that nobody set aside, or what the latest release lists. */
export type BasisName = "Recorded" | "Released";

export const BASES: readonly BasisName[] = ["Recorded", "Released"];

/** A release: exactly the versions that it lists. */
export interface Released {
  readonly entry: number;
  readonly name: string;
  readonly receivedAt: number;
  /** What it lists, by position in roster order. */
  readonly listed: ReadonlyMap<number, number>;
  /** The entries that it lists, in roster order of their precincts. */
  readonly entries: readonly number[];
}

/** Results that the log committed to. */
export interface Committed {
  readonly entry: number;
  readonly commitment: Commitment;
}

/**
 * What a log says, as far as it has been read: a fold of its entries, in their order.
 *
 * It takes whatever decodes. Whether an entry may stand in the log is not asked here: signatures, chain and tree, who may
 * sign what, and every other rule of admission are for others to check.
 */
export class State {
  contest: Contest | null = null;
  /** How many entries it has read. */
  size = 0;
  /** When the log took its last entry; 0 for an empty log. */
  lastReceivedAt = 0;
  readonly authors = new Authors();
  readonly roster = new Roster();
  /** Every precinct's versions, in roster order. */
  readonly histories: History[] = [];
  readonly releases: Released[] = [];
  readonly commitments: Committed[] = [];
  readonly desks = new Desks();
  readonly filings = new Filings();
  /** The position in roster order of the precinct on which an entry reports. */
  private readonly positions = new Map<number, number>();
  private readonly changes: number[] = [];
  /** The entries that whoever reads the log is not shown. */
  private readonly withheld = new Set<number>();

  /** Takes the next entry. Cannot fail. */
  apply(accepted: Accepted): void {
    const author = this.authors.find(accepted.author);
    this.take(accepted, author, accepted.body.event);
    this.size += 1;
    this.lastReceivedAt = accepted.receivedAt;
  }

  /** Goes past the next entry, which whoever reads the log is not shown. Its time is that of the entry before. */
  withhold(): void {
    this.withheld.add(this.size);
    this.size += 1;
  }

  isWithheld(entry: number): boolean {
    return this.withheld.has(entry);
  }

  /** Whether anything was withheld so far. */
  hasWithheld(): boolean {
    return this.withheld.size > 0;
  }

  /** Whether the contest withholds from the public what no release lists. Certification ends that for good. */
  withholds(): boolean {
    return this.contest?.embargo.kind === "OnRelease" && this.desks.course.certifiedBy() === null;
  }

  /**
   * The first entry that is withheld though everybody may read it, whatever it is about: the results are certified, or later
   * releases list every precinct.
   */
  wronglyWithheld(): number | null {
    const [first = null] = this.withheld;
    if (first === null || !this.withholds()) return first;
    return first < this.listedSince([...this.histories.keys()]) ? first : null;
  }

  /** The entry of the release since which releases list all these precincts; -1 where one was never listed. */
  listedSince(positions: readonly number[]): number {
    const latest = (position: number): number =>
      this.releases.findLast(({ listed }) => listed.has(position))?.entry ?? -1;
    return positions.length === 0 ? -1 : Math.min(...positions.map(latest));
  }

  /** The version of a precinct that a basis counts. */
  counted(position: number, basis: BasisName): Version | null {
    const history = this.histories[position];
    if (history === undefined) return null;
    if (basis === "Recorded") return history.record();
    const entry = this.releases.at(-1)?.listed.get(position);
    return entry === undefined ? null : history.version(entry);
  }

  /** The version that an entry is; `null` for an entry of another kind. */
  version(entry: number): Version | null {
    return this.histories[this.positions.get(entry) ?? -1]?.version(entry) ?? null;
  }

  /** The key that signs the log's own events now: that of the contest, or its latest successor. */
  service(): Uint8Array | null {
    return this.desks.authority.service ?? this.contest?.service ?? null;
  }

  /** The release of a name. */
  release(name: string): Released | null {
    return this.releases.find((release) => release.name === name) ?? null;
  }

  /** How often what is said of a precinct has changed: as long as it stays, nothing that follows from that does. */
  changed(position: number): number {
    return this.changes[position] ?? 0;
  }

  /** Everybody who had a hand in a version: who signed, had typed into it, or proposed it in a case. */
  typists(version: Version): readonly string[] {
    const hands = [version.author.person, ...this.desks.entry.typists(version.entry)];
    const proposer = version.correction && this.desks.cases.proposerOf(version.entry);
    const proposed = proposer === null ? null : this.authors.get(proposer);
    return proposed ? [...hands, proposed.person] : hands;
  }

  private take(accepted: Accepted, author: Author | null, event: Event): void {
    const entry = this.size;
    switch (event.kind) {
      case "ContestOpened":
        this.open(event.value);
        break;
      case "CountyListed":
        this.roster.list(event.value, entry);
        while (this.histories.length < this.roster.precincts) this.histories.push(new History());
        break;
      case "KeyEnrolled":
        this.enrol(event.value);
        break;
      case "KeyRevoked":
        this.authors.revoke(event.value.key, entry);
        break;
      case "Reported":
        this.file(accepted, author, event.value, null);
        break;
      case "Entered":
        this.file(accepted, author, event.value.report, null);
        break;
      case "Corrected":
        this.file(accepted, author, event.value.report, event.value);
        break;
      case "Released":
        this.publish(accepted, event.value);
        break;
      case "ResultsCommitted":
        this.commitments.push({ entry, commitment: event.value });
        break;
      case "Code":
        if (event.value.kind === "Redeemed") this.enrol(event.value.value.enrolment);
        break;
      case "FilesAdded":
        this.touch(event.value.precinct);
        break;
      case "Review":
        if (event.value.kind === "Resolved") this.resolve(event.value.value);
        break;
      case "Case":
        this.workOnCase(accepted, author, event.value);
        break;
      case "Course":
        this.amend(event.value);
        break;
      case "Authority":
        if (event.value.kind === "Seconded") this.second(event.value.value.act);
        break;
      case "Inquiry":
      case "Paper":
        break;
    }
    if (author !== null) this.desks.apply({ entry, author: author.id }, event);
  }

  /** The log's own key is enrolled like any other, so that it can be revoked; its person is the log. */
  private open(contest: Contest): void {
    for (const { key, person } of contest.registrars) this.authors.enrol(key, person, { kind: "Registrar" }, this.size);
    this.authors.enrol(contest.service, contest.log.origin, { kind: "Service" }, this.size);
    this.contest = contest;
  }

  /** What two persons signed is so. */
  private second(act: Act): void {
    const before = act.kind === "Succeed" ? this.service() : null;
    if (before !== null) this.authors.revoke(before, this.size);
    const enrolment = enrolmentOf(act);
    if (enrolment !== null) this.enrol(enrolment);
    if (act.kind === "Revoke") this.authors.revoke(act.value.key, this.size);
  }

  private enrol({ key, person, role }: Enrolment): void {
    this.authors.enrol(key, person, role, this.size);
  }

  private file(accepted: Accepted, author: Author | null, report: Report, correction: Correction | null): void {
    const position = this.roster.position(report.precinct);
    if (position === null || author === null) return;
    const { receivedAt, signed } = accepted;
    this.histories[position]?.versions.push({ entry: this.size, receivedAt, author, signed, report, correction });
    this.filings.file(position, author.id, this.size);
    this.positions.set(this.size, position);
    this.touch(report.precinct);
  }

  private publish({ receivedAt }: Accepted, { name, entries }: Release): void {
    const placed = entries.flatMap((entry) => {
      const position = this.positions.get(entry);
      return position === undefined ? [] : [[position, entry] as const];
    });
    placed.sort(([one, first], [other, second]) => one - other || first - second);
    this.releases.push({
      entry: this.size,
      name,
      receivedAt,
      listed: new Map(placed),
      entries: placed.map(([, entry]) => entry),
    });
  }

  private workOnCase(accepted: Accepted, author: Author | null, event: CaseEvent): void {
    if (event.kind !== "Approved" || event.value.outcome.kind !== "Changed") return;
    const correction = event.value.outcome.value;
    this.file(accepted, author, correction.report, correction);
  }

  private amend(event: CourseEvent): void {
    if (event.kind !== "RosterAmended" || event.value.change.kind !== "Apportionment") return;
    const apportionment = event.value.change.value;
    this.roster.apportion(this.size, apportionment);
    this.touchAll(apportionment.county);
  }

  /**
   * Sets aside what a resolution sets aside: the version that it names, with everything that the same person said of the
   * precinct before it. Otherwise an earlier slip of that person would count again.
   */
  private resolve({ precinct, first, second, outcome }: Resolution): void {
    const history = this.historyOf(precinct);
    const again = outcome.kind === "RedoFirst" ? first : outcome.kind === "RedoSecond" ? second : null;
    const person = again === null ? null : (history?.version(again)?.author.person ?? null);
    if (outcome.kind !== "KeepFirst" && outcome.kind !== "RedoSecond") this.setAside(history, first);
    if (outcome.kind !== "KeepSecond" && outcome.kind !== "RedoFirst") this.setAside(history, second);
    this.desks.entry.assign(this.size, precinct, person);
    this.touch(precinct);
  }

  /** A correction that this person approved stays: it is two officers'. */
  private setAside(history: History | null, entry: number): void {
    const person = history?.version(entry)?.author.person;
    if (!history || person === undefined) return;
    for (const version of history.standing().filter((version) => version.entry <= entry)) {
      const byTwoOfficers = this.desks.cases.proposerOf(version.entry) !== null;
      if (version.author.person === person && !byTwoOfficers) history.setAside(version.entry, this.size);
    }
  }

  private historyOf(precinct: PrecinctId): History | null {
    const position = this.roster.position(precinct);
    return position === null ? null : (this.histories[position] ?? null);
  }

  /** Something was said of a precinct. What is said of one site of a pool changes what all of them are worth. */
  private touch(precinct: PrecinctId): void {
    const county = this.roster.county(precinct.county);
    if (county !== null && isPool(county)) this.touchAll(precinct.county);
    else this.touchAt(this.roster.position(precinct));
  }

  private touchAll(county: number): void {
    for (const position of this.roster.positions(county)) this.touchAt(position);
  }

  private touchAt(position: number | null): void {
    if (position !== null) this.changes[position] = this.changed(position) + 1;
  }
}
