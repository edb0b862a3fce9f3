import { Counted } from "./counted";
import { sheetOf, type Version } from "./history";
import { checkRecord, isConfirmed, type Found } from "./record";
import { isPool } from "./roster";
import { figureOf, total } from "./rules/by_group";
import { ENOUGH_ROOMS, figuresKey, isRare, prominent } from "./rules/check";
import { isHolding, severityOf, type Code, type Severity } from "./rules/codes";
import { electing } from "./rules/place";
import type { State } from "./state";

/** Whether a discrepancy still stands. What was resolved by a later entry is not listed at all. */
export type Life = "open" | "accepted" | "ruled";

/** A discrepancy that stands, or that a decision is in force about. */
export interface Discrepancy extends Found {
  readonly life: Life;
}

/** Where a precinct stands. The flags are independent of each other. */
export interface PrecinctStatus {
  /** The entry of its record. */
  readonly record: number | null;
  /** Whether a blocking or an unreviewed holding discrepancy stands, or a person holds it. */
  readonly held: boolean;
  /** Whether a person holds it. */
  readonly onHold: boolean;
  /** Whether two persons agree about the record. */
  readonly confirmed: boolean;
  /** Whether the latest release lists it. */
  readonly released: boolean;
  /** Whether the latest release lists its record. */
  readonly current: boolean;
  /** Whether its record is a correction. */
  readonly corrected: boolean;
}

/** The first version of a log in which V21 asks who gave the same figures first. */
const ASKS_WHO_WAS_FIRST = 3;

const V21 = 21;
const V22 = 22;
const V28 = 28;
const V31 = 31;

/** What holds the figures of several precincts against each other: what it finds may rest on precincts that are withheld. */
const OF_SEVERAL: readonly Code[] = [V21, V22, V28, V31];

/** What is said of a precinct by itself, as long as nothing changes that it follows from. */
interface Known {
  readonly changed: number;
  readonly found: readonly Found[];
  readonly confirmed: boolean;
}

/** Every discrepancy of a state, and where every precinct stands; kept up to date as the state grows. */
export class Review {
  private readonly known: (Known | undefined)[] = [];
  private found: readonly Discrepancy[] = [];
  private holding: ReadonlySet<number> = new Set();
  private size = -1;

  constructor(private readonly state: State) {}

  /** The discrepancies that stand, or that a decision is in force about. */
  discrepancies(): readonly Discrepancy[] {
    this.follow();
    return this.found;
  }

  /** How many discrepancies of each code stand, in order of the codes; a code of which none stands is absent. */
  open(): readonly { readonly code: Code; readonly open: number }[] {
    const counts = new Map<Code, number>();
    for (const { code, life } of this.discrepancies())
      if (life === "open") counts.set(code, (counts.get(code) ?? 0) + 1);
    return [...counts].sort(([a], [b]) => a - b).map(([code, open]) => ({ code, open }));
  }

  /** Whether nothing keeps a precinct from being verified but checks that hold several precincts against each other. */
  isHeldByOthersAlone(position: number): boolean {
    return this.holdingOf(position).every(({ code }) => OF_SEVERAL.includes(code));
  }

  /** What the checks found that keeps a precinct from being verified. */
  holdingOf(position: number): readonly Discrepancy[] {
    const own = this.discrepancies().filter((found) => found.position === position);
    return own.filter(({ life, severity }) => life === "open" && isHolding(severity));
  }

  /** The positions of everything that a check holds against each other of which a precinct is part. */
  comparedBy({ code, county }: Discrepancy): readonly number[] {
    return code === V31 ? [...this.state.histories.keys()] : this.state.roster.positions(county);
  }

  /** Where the precinct at a position in roster order stands. */
  status(position: number): PrecinctStatus {
    this.follow();
    const { state } = this;
    const record = state.histories[position]?.record() ?? null;
    const listed = state.releases.at(-1)?.listed.get(position);
    const onHold = this.isOnHold(position);
    return {
      record: record?.entry ?? null,
      held: onHold || this.holding.has(position),
      onHold,
      confirmed: this.known[position]?.confirmed ?? false,
      released: listed !== undefined,
      current: listed !== undefined && listed === record?.entry,
      corrected: (record?.correction ?? null) !== null,
    };
  }

  private isOnHold(position: number): boolean {
    const spot = this.state.roster.at(position);
    return spot !== null && this.state.desks.review.isHeld(spot.id);
  }

  private follow(): void {
    if (this.size === this.state.size) return;
    this.size = this.state.size;
    const counted = new Counted(this.state, "Recorded");
    for (const position of this.state.histories.keys()) this.check(counted, position);
    const own = this.known.flatMap((known) => known?.found ?? []);
    const all = [...own, ...ofCounties(counted), ...outliers(counted)];
    this.found = all.map((found) => ({ ...found, life: lifeOf(this.state, found) }));
    const holding = this.found.filter(({ life, severity }) => life === "open" && isHolding(severity));
    this.holding = new Set(holding.flatMap(({ position }) => (position === null ? [] : [position])));
  }

  private check(counted: Counted, position: number): void {
    const changed = this.state.changed(position);
    const history = this.state.histories[position];
    if (history === undefined || this.known[position]?.changed === changed) return;
    const found = checkRecord(counted, position);
    this.known[position] = { changed, found, confirmed: isConfirmed(this.state, history) };
  }
}

/**
 * Lets a reviewer's decision have its say. It speaks of what stood in the log when it was made: it is over when another
 * version is the record (its subject is gone), when a twin, a precinct of the county or another site of the pool counts
 * another version, and when the county's delegates were amended since.
 */
function lifeOf(state: State, found: Found): Life {
  const decision = state.desks.review.inForce(found.subject, found.code);
  if (decision === null) return "open";
  if (found.restsOnRoster && state.roster.isAmendedSince(found.county, decision.entry)) return "open";
  const isNewer = (position: number): boolean => (state.histories[position]?.since() ?? -1) > decision.entry;
  const county = state.roster.county(found.county);
  const moves = found.code === V22 && county !== null && isPool(county) ? state.roster.positions(found.county) : [];
  if (found.others.some(isNewer) || moves.some(isNewer)) return "open";
  // What was accepted as a warning is not accepted as a block.
  if (found.code === V21 && found.severity === "block" && decision.verdict.kind === "Accepted") return "open";
  return decision.verdict.kind === "Accepted" ? "accepted" : "ruled";
}

/** V21 and V28, county by county. */
function ofCounties(counted: Counted): readonly Found[] {
  const counties = counted.state.roster.counties().keys();
  return [...counties].flatMap((county) => [...duplicates(counted, county), ...sum(counted, county)]);
}

/** V21: on every precinct of a county whose figures are another's, too. */
function duplicates(counted: Counted, county: number): readonly Found[] {
  const same = new Map<string, number[]>();
  for (const position of counted.state.roster.positions(county)) {
    const sheet = counted.sheet(position);
    const key = sheet && figuresKey(sheet);
    if (key !== null) same.set(key, [...(same.get(key) ?? []), position]);
  }
  const shared = [...same].filter(([, positions]) => positions.length > 1);
  return shared.flatMap(([figures, positions]) =>
    (counted.state.contest?.fold ?? 0) < ASKS_WHO_WAS_FIRST
      ? positions.map((position) => {
          const others = positions.filter((other) => other !== position);
          return { ...onPrecinct(counted, position, V21), others };
        })
      : afterTheFirst(counted, figures, positions),
  );
}

/**
 * Whoever gave the figures first, in whatever version, is warned; the others block. So nobody blocks a precinct by copying
 * it, and nobody ends a decision about it by doing so again.
 */
function afterTheFirst(counted: Counted, figures: string, positions: readonly number[]): readonly Found[] {
  const gives = (version: Version): boolean => figuresKey(sheetOf(version)) === figures;
  const given = positions.map((position) => counted.state.histories[position]?.versions.find(gives)?.entry ?? Infinity);
  const first = Math.min(...given);
  return positions.map((position, at) =>
    onPrecinct(counted, position, V21, given[at] === first ? "warn" : severityOf(V21)),
  );
}

function onPrecinct(counted: Counted, position: number, code: Code, severity: Severity = severityOf(code)): Found {
  const entry = counted.version(position)?.entry ?? 0;
  const county = counted.state.roster.at(position)?.id.county ?? 0;
  const subject = { kind: "Entry", value: entry } as const;
  return { code, severity, subject, position, county, restsOnRoster: false, others: [], source: null };
}

/** V28, once every precinct has reported: before that the awards cannot add up. */
function sum(counted: Counted, id: number): readonly Found[] {
  const { roster, contest } = counted.state;
  const county = roster.county(id);
  const others = roster.positions(id);
  const sheets = others.flatMap((position) => counted.sheet(position) ?? []);
  if (county === null || contest === null || sheets.length < others.length) return [];
  const awarded = sheets.reduce((sum, sheet) => sum + total(sheet.awards), 0);
  const expected =
    county.kind.kind === "Precincts"
      ? county.kind.countyDelegates
      : sheets.reduce((sum, sheet) => sum + electing(contest.ruleset, { kind: "Satellite" }, sheet), 0);
  if (awarded === expected) return [];
  const subject = { kind: "County", value: id } as const;
  const severity = severityOf(V28);
  return [{ code: V28, severity, subject, position: null, county: id, restsOnRoster: true, others, source: null }];
}

/** V31, against all other rooms so far, at first alignment. */
function outliers(counted: Counted): readonly Found[] {
  const groups = counted.state.contest?.candidates.length ?? 0;
  const sums = new Array<number>(groups).fill(0);
  const positions = [...counted.state.histories.keys()].filter((position) => counted.sheet(position) !== null);
  if (positions.length <= ENOUGH_ROOMS) return [];
  for (const position of positions)
    for (const [group, people] of counted.sheet(position)?.firstAlignment ?? [])
      if (group <= groups) sums[group - 1] = (sums[group - 1] ?? 0) + people;
  const everybody = sums.reduce((sum, people) => sum + people, 0);
  return positions.flatMap((position) => {
    const sheet = counted.sheet(position);
    if (sheet === null) return [];
    const here = (sheet.firstAlignment ?? []).filter(([group]) => group <= groups);
    const elsewhere = everybody - total(here);
    const rare = prominent(sheet).filter((group) => isRare((sums[group - 1] ?? 0) - figureOf(here, group), elsewhere));
    return rare.map(() => onPrecinct(counted, position, V31));
  });
}
