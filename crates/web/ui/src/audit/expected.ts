import { allTotals, national, nationalTotal, totals, type Fold, type Line, type National, type Totals } from "../fold";
import { BASES, type BasisName } from "../fold";
import type { Contest } from "../log/events";
import { figuresText, placeName, type Said, type SaidLine } from "./said";

/** What a server that is honest answers, from the entries alone: every question that a page puts about figures, once. */
export function expected(fold: Fold, root: string): Said[] {
  const { contest, size } = fold.state;
  if (contest === null) return [];
  const head = { size, root, state: fold.hash(), contest: contest.name, kind: contest.kind.kind };
  const said = (question: string, lines: readonly SaidLine[]): Said => ({ question, ...head, lines });
  // Until the results are certified everybody is answered from what was released, and of nothing else.
  if (fold.state.withholds())
    return [said("Released", figures(fold, "Released")), said("roster", roster(fold, contest))];
  return [
    ...BASES.map((basis) => said(basis, figures(fold, basis))),
    ...BASES.flatMap((basis) => areas(fold, contest, basis).map(({ name, lines }) => said(name, lines))),
    said("roster", roster(fold, contest)),
    said("precincts", standings(fold)),
    said("discrepancies", discrepancies(fold)),
  ];
}

/** The state, then each county or pool followed by those of its precincts that are counted. */
function figures(fold: Fold, basis: BasisName): SaidLine[] {
  const counted = fold.counted(basis);
  const all = allTotals(counted);
  const { roster, contest } = fold.state;
  // A place of which nothing is released has no figures where the rest is withheld.
  const isShown = (positions: readonly number[]) =>
    contest === null || !fold.state.withholds() || positions.some((position) => counted.version(position) !== null);
  const counties = roster.counties().flatMap((county, id) => [
    ...place(fold, placeName(county.name, ""), isShown(roster.positions(id)) ? all.counties[id] : undefined, null),
    ...roster.positions(id).flatMap((position) => {
      const version = counted.version(position);
      const name = placeName(county.name, roster.at(position)?.precinct.name ?? "");
      const own = totals(counted, { kind: "Precinct", position });
      return version === null
        ? []
        : [{ about: `${name}, entry`, text: `${version.entry}` }, ...place(fold, name, own, null)];
    }),
  ]);
  const everywhere = roster.counties().flatMap((_, id) => roster.positions(id));
  const state = isShown(everywhere) ? all.state : undefined;
  return [...place(fold, placeName("", ""), state, national(counted, all)), ...counties];
}

function place(fold: Fold, name: string, totals: Totals | undefined, units: National | null): SaidLine[] {
  return (totals?.lines ?? []).map((line, at) => ({
    about: `${name}, group ${at + 1}`,
    text: lineText(fold, line, at, units),
  }));
}

function lineText({ state }: Fold, line: Line, at: number, units: National | null): string {
  const { numerator, denominator } = line.exact;
  return figuresText({
    ...line,
    name: state.contest?.candidates[at]?.name ?? "",
    exact: `${numerator}/${denominator}`,
    national: units === null ? null : nationalTotal(units, at + 1),
  });
}

/** The state and each congressional district, with how many precincts stand where. */
function areas(fold: Fold, contest: Contest, basis: BasisName): { name: string; lines: SaidLine[] }[] {
  const counted = fold.counted(basis);
  const all = allTotals(counted);
  const units = national(counted, all);
  const districts = contest.ruleset.national.districts.map((_, at) => ({
    name: areaName(basis, at + 1),
    lines: [
      { about: "precincts", text: countsText(fold, at + 1) },
      { about: "national", text: "settled" },
      ...place(fold, "total", all.districts[at], null),
    ],
  }));
  const state = [
    { about: "precincts", text: countsText(fold, null) },
    { about: "national", text: units?.settled === false ? "open" : "settled" },
    ...place(fold, "total", all.state, units),
  ];
  return [{ name: areaName(basis, null), lines: state }, ...districts];
}

/** What the question about totals of the state, or of a district from 1, is called. */
export function areaName(basis: BasisName, district: number | null): string {
  return district === null ? `${basis} totals` : `${basis} totals of district ${district}`;
}

function countsText({ state, review }: Fold, district: number | null): string {
  const inArea = [...state.histories.keys()].filter((position) => {
    const of = state.roster.at(position)?.county.district;
    return district === null || (of?.kind === "Congressional" && of.value === district);
  });
  const statuses = inArea.map((position) => review.status(position));
  const all = [
    statuses.filter(({ record }) => record !== null),
    ...(["released", "held", "confirmed", "corrected"] as const).map((flag) => statuses.filter((each) => each[flag])),
  ];
  return [statuses.length, ...all.map(({ length }) => length)].join(" ");
}

/** Names, numbers and order of groups, national delegates, counties, pools and precincts. */
function roster(fold: Fold, contest: Contest): SaidLine[] {
  const plan = contest.ruleset.national;
  const counties = fold.state.roster.counties().flatMap((county) => {
    const { name, kind, fips, district, stateDelegates } = county;
    const isPool = kind.kind === "Satellites";
    const number = district.kind === "Congressional" ? district.value : null;
    const whole = [isPool ? "pool" : "county", fips ?? "-", number ?? "-", stateDelegates].join(" ");
    const precincts = county.precincts.map((precinct) => ({
      about: placeName(name, precinct.name),
      text: `${isPool ? "-" : precinct.delegates} ${precinct.code}`,
    }));
    return [{ about: placeName(name, ""), text: whole }, ...precincts];
  });
  return [
    ...contest.candidates.map(({ name }, at) => ({ about: `group ${at + 1}`, text: name })),
    { about: "national delegates", text: [...plan.districts, plan.atLarge, plan.pleo].join(" ") },
    { about: "contents", text: fold.state.withholds() ? "withheld until released" : "public" },
    { about: "release", text: contest.release.kind },
    ...counties,
  ];
}

/** Where every precinct stands, and by which entry. */
function standings({ state, review }: Fold): SaidLine[] {
  return [...state.histories.keys()].map((position) => {
    const spot = state.roster.at(position);
    const status = review.status(position);
    const { record, confirmed, held, released, corrected, current } = status;
    const word = wordOf({ record, held, current, corrected, confirmed });
    return {
      about: placeName(spot?.county.name ?? "", spot?.precinct.name ?? ""),
      text: standingText({ word, record, confirmed, held, released, corrected }),
    };
  });
}

interface Standing {
  readonly word: string;
  readonly record: number | null;
  readonly confirmed: boolean;
  readonly held: boolean;
  readonly released: boolean;
  readonly corrected: boolean;
}

export function standingText({ word, record, confirmed, held, released, corrected }: Standing): string {
  const flags = Object.entries({ confirmed, held, released, corrected }).flatMap(([flag, isSet]) =>
    isSet ? [flag] : [],
  );
  return [word, record === null ? "-" : `entry ${record}`, ...flags].join(" ");
}

/** What holds it comes first, then what was last done with it. */
function wordOf(status: {
  readonly record: number | null;
  readonly held: boolean;
  readonly current: boolean;
  readonly corrected: boolean;
  readonly confirmed: boolean;
}): string {
  if (status.record === null) return "Awaiting";
  if (status.held) return "Held";
  if (status.current) return "Released";
  if (status.corrected) return "Corrected";
  return status.confirmed ? "Confirmed" : "Reported";
}

/** Every discrepancy that stands or was decided about, in the order of what is said. What is resolved is not computed here. */
function discrepancies({ state, review }: Fold): SaidLine[] {
  const found = review.discrepancies().map(({ code, severity, position, county, subject, life }) => {
    const precinct = position === null ? "" : (state.roster.at(position)?.precinct.name ?? "");
    return discrepancyLine({
      code: `V${`${code}`.padStart(2, "0")}`,
      severity,
      place: placeName(state.roster.county(county)?.name ?? "", precinct),
      status: life,
      entry: subject.kind === "Entry" ? subject.value : null,
    });
  });
  return inOrder(found);
}

export function discrepancyLine(of: {
  readonly code: string;
  readonly severity: string;
  readonly place: string;
  readonly status: string;
  readonly entry: number | null;
}): SaidLine {
  return { about: `${of.place}, ${of.code}`, text: `${of.severity} ${of.status} ${of.entry ?? "-"}` };
}

export function inOrder(lines: readonly SaidLine[]): SaidLine[] {
  const key = ({ about, text }: SaidLine): string => `${about} ${text}`;
  return [...lines].sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
}
