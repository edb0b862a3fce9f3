import { areaName, discrepancyLine, inOrder, standingText } from "../../audit/expected";
import {
  countyText,
  figuresText,
  placeName,
  type Answers,
  type Said,
  type SaidLine,
  type SaidStep,
  type SaidTimeline,
} from "../../audit/said";
import { markText } from "../../audit/turns";
import type { BasisName } from "../../fold";
import {
  Basis,
  ContestKind,
  PrecinctState,
  type CandidateTotals,
  type DiscrepanciesResponse,
  type FiguresResponse,
  type Position,
  type PrecinctsResponse,
  type RosterResponse,
  type TimelineStep,
  type TotalsResponse,
} from "../../gen/tallylog/v1/results_pb";
import { toBase64 } from "../../log/base64";
import type { Contest } from "../../log/events";
import { Refused } from "../../log/flaw";
import { toHex } from "../../log/hex";
import { results } from "../../net/clients";
import { allDiscrepancies } from "../../net/discrepancies";
import { atSize } from "../../net/moment";
import { isKeptBack, problemOf } from "../../net/problem";
import { question } from "../../timeline/load";
import { Clock } from "./fetch";

const BASES = { Recorded: Basis.RECORDED, Released: Basis.RELEASED } as const;

/** A server that is asked for everything may take its time. */
const PATIENCE = { timeoutMs: 120_000 } as const;

/** What the server says of its first entries to every question that a page puts; of those alone that it answers while it withholds anything. */
export async function answers(size: number, contest: Contest): Promise<Answers> {
  const moment = atSize(size);
  const areas = [null, ...contest.ruleset.national.districts.map((_, at) => at + 1)];
  try {
    // Whether it may still withhold anything is compared with the entries.
    const night = await results.roster({ moment }, PATIENCE);
    const isOpen = !night.embargo;
    const bases: readonly BasisName[] = isOpen ? ["Recorded", "Released"] : ["Released"];
    return {
      said: await Promise.all([
        ...bases.map(async (basis) => figures(basis, await results.figures({ moment, basis: BASES[basis] }, PATIENCE))),
        ...(isOpen ? bases : []).flatMap((basis) => areas.map((district) => area(basis, district, size))),
        Promise.resolve(roster(night)),
        ...(isOpen ? [results.precincts({ moment }, PATIENCE).then(standings)] : []),
        ...(isOpen ? [allDiscrepancies({ moment }, PATIENCE).then(discrepancies)] : []),
      ]),
      timelines: await Promise.all(bases.map((basis) => timeline(basis, size))),
    };
  } catch (error) {
    const { code, message } = problemOf(error);
    // What was asked is for everybody: whoever keeps it back hides something.
    throw isKeptBack({ code, message }) ? new Refused("kept-back") : new Refused("unreachable", message);
  }
}

const KINDS: Readonly<Record<ContestKind, Said["kind"]>> = {
  [ContestKind.UNSPECIFIED]: "",
  [ContestKind.ELECTION]: "Election",
  [ContestKind.REHEARSAL]: "Rehearsal",
  [ContestKind.ARCHIVE]: "Archive",
};

function said(question: string, position: Position | undefined, lines: readonly SaidLine[]): Said {
  return {
    question,
    size: Number(position?.size ?? 0n),
    root: toBase64(position?.root ?? new Uint8Array()),
    state: toHex(position?.stateHash ?? new Uint8Array()),
    contest: position?.contest ?? "",
    kind: position === undefined ? "" : KINDS[position.kind],
    lines,
  };
}

/** An answer on another basis than was asked for answers nothing. */
function onBasis(basis: BasisName, given: Basis): SaidLine[] {
  return given === BASES[basis] ? [] : [{ about: "basis", text: `${given}` }];
}

function figures(basis: BasisName, { position, basis: given, places }: FiguresResponse): Said {
  const lines = places.flatMap(({ county, precinct, entry, candidates }) => {
    const name = placeName(county, precinct);
    const source = entry === undefined ? [] : [{ about: `${name}, entry`, text: `${entry}` }];
    return [...source, ...groups(name, candidates)];
  });
  return said(basis, position, [...onBasis(basis, given), ...lines]);
}

function groups(name: string, candidates: readonly CandidateTotals[]): SaidLine[] {
  return candidates.map((line, at) => ({
    about: `${name}, group ${at + 1}`,
    text: figuresText({
      ...line,
      equivalents: line.sdeTenThousandths,
      exact: line.sdeExact,
      claimed: line.sdeClaimedTenThousandths ?? null,
      national: line.nationalDelegates ?? null,
    }),
  }));
}

async function area(basis: BasisName, district: number | null, size: number): Promise<Said> {
  const moment = atSize(size);
  const scope = district === null ? {} : { scope: { case: "district", value: district } as const };
  return totals(basis, district, await results.totals({ moment, basis: BASES[basis], ...scope }, PATIENCE));
}

function totals(basis: BasisName, district: number | null, given: TotalsResponse): Said {
  const { total = 0, reported = 0, released = 0, held = 0, confirmed = 0, corrected = 0 } = given.precincts ?? {};
  return said(areaName(basis, district), given.position, [
    ...onBasis(basis, given.basis),
    { about: "precincts", text: [total, reported, released, held, confirmed, corrected].join(" ") },
    { about: "national", text: given.nationalSettled ? "settled" : "open" },
    ...groups("total", given.candidates),
  ]);
}

const POLICIES: Readonly<Record<string, Contest["release"]["kind"]>> = {
  "as listed": "AsListed",
  "reported without blocking discrepancies": "ReportedClear",
  confirmed: "Confirmed",
};

function roster(given: RosterResponse): Said {
  const counties = given.counties.flatMap(({ name, pool, fips, district, stateDelegates, precincts }) => [
    {
      about: placeName(name, ""),
      text: [pool ? "pool" : "county", fips ?? "-", district ?? "-", stateDelegates].join(" "),
    },
    ...precincts.map((precinct) => ({
      about: placeName(name, precinct.name),
      text: `${precinct.delegates ?? "-"} ${precinct.code}`,
    })),
  ]);
  const plan = [...given.districtDelegates, given.atLargeDelegates, given.pleoDelegates];
  return said("roster", given.position, [
    ...given.candidates.map((name, at) => ({ about: `group ${at + 1}`, text: name })),
    { about: "national delegates", text: plan.join(" ") },
    { about: "contents", text: given.embargo ? "withheld until released" : "public" },
    { about: "release", text: POLICIES[given.releasePolicy] ?? given.releasePolicy },
    ...counties,
  ]);
}

const WORDS: Readonly<Record<PrecinctState, string>> = {
  [PrecinctState.UNSPECIFIED]: "",
  [PrecinctState.AWAITING]: "Awaiting",
  [PrecinctState.REPORTED]: "Reported",
  [PrecinctState.CONFIRMED]: "Confirmed",
  [PrecinctState.HELD]: "Held",
  [PrecinctState.RELEASED]: "Released",
  [PrecinctState.CORRECTED]: "Corrected",
  [PrecinctState.WITHHELD]: "Withheld",
};

function standings({ position, precincts }: PrecinctsResponse): Said {
  const lines = precincts.map(
    ({ county, precinct, status, record, confirmed = false, held = false, released, corrected }) => ({
      about: placeName(county, precinct),
      text: standingText({
        word: WORDS[status],
        record: record === undefined ? null : Number(record),
        confirmed,
        held,
        released,
        corrected,
      }),
    }),
  );
  return said("precincts", position, lines);
}

function discrepancies({ position, discrepancies: found }: DiscrepanciesResponse): Said {
  const standing = found.filter(({ status }) => status !== "resolved");
  const lines = standing.map(({ code, severity, county, precinct, status, entry }) =>
    discrepancyLine({
      code,
      severity,
      place: placeName(county, precinct),
      status,
      entry: entry === undefined ? null : Number(entry),
    }),
  );
  return said("discrepancies", position, inOrder(lines));
}

/** The same question as the timeline's page puts: as far as the size, and no further. */
async function timeline(basis: BasisName, size: number): Promise<SaidTimeline> {
  const steps: SaidStep[] = [];
  const stop = new AbortController();
  const clock = new Clock(stop);
  try {
    for await (const given of results.timeline(question(BASES[basis], size), { signal: stop.signal })) {
      clock.again();
      steps.push(...given.steps.map(stepOf));
      if ((steps.at(-1)?.size ?? 0) >= size) break;
    }
  } finally {
    clock.end();
    stop.abort();
  }
  return { basis, steps };
}

function stepOf({ size, timeMs, release, counties, marks }: TimelineStep): SaidStep {
  return {
    size: Number(size),
    timeMs: Number(timeMs),
    release,
    counties: counties.map(({ county, reported, released, corrected, ...columns }) => ({
      county,
      text: countyText(
        // Where it is withheld how many reported, those are counted that are released.
        [reported ?? released, released, corrected],
        [columns.firstAlignment, columns.finalAlignment, columns.delegates, columns.sdeTenThousandths],
      ),
    })),
    marks: marks.flatMap(({ entry, kind, name, county, precinct }) => {
      if (kind === "release") return [markText(Number(entry), kind, name)];
      return kind === "correction" ? [markText(Number(entry), kind, placeName(county, precinct))] : [];
    }),
  };
}
