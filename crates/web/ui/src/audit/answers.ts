import { allTotals, national, type Fold, nationalTotal, type National, type Totals } from "../fold";
import type { Basis } from "../log/events";
import type { Finding, Findings } from "./checks";

/** The figures of one group over one place, as the server says them. */
export interface SaidLine {
  readonly firstAlignment: bigint;
  readonly finalAlignment: bigint;
  readonly delegates: bigint;
  /** In ten-thousandths, in the published style. */
  readonly equivalents: bigint;
  /** As a fraction; only for the state. */
  readonly exact: string | null;
  /** National delegates; only for the state. */
  readonly national: number | null;
}

/** What a server says of one size of its log: on one basis, the state and its counties and pools in roster order. */
export interface Said {
  readonly size: number;
  /** The root of the tree over so many entries, in base64. */
  readonly root: string;
  readonly basis: Basis["kind"];
  /** The hash of the state in hexadecimal; empty where it is not for everybody yet. */
  readonly state: string;
  readonly places: readonly { readonly name: string; readonly lines: readonly SaidLine[] }[];
}

/** Compares what a server answers with what its log's entries come to. Other figures are shown as such, place by place. */
export function checkAnswers(said: readonly Said[], root: string, fold: Fold, findings: Findings): void {
  if (said.length === 0) {
    findings.setAside("answers", "nothing-there");
    return;
  }
  const differences = said.flatMap((each) => [...differs("root", each.root, root), ...ofBasis(each, fold)]);
  for (const difference of differences) findings.fail("answers", difference);
  findings.pass(
    "answers",
    said.reduce((sum, { places }) => sum + places.length, 0),
  );
}

function differs(about: string, claimed: string, found: string): Finding[] {
  return claimed === found ? [] : [{ code: "totals-differ", entry: null, about, claimed, found }];
}

function ofBasis({ size, basis, state, places }: Said, fold: Fold): Finding[] {
  const sizes = differs("size", `${size}`, `${fold.state.size}`);
  if (sizes.length > 0) return sizes;
  const counted = fold.counted(basis);
  const all = allTotals(counted);
  const names = ["", ...fold.state.roster.counties().map(({ name }) => name)];
  const ours = [all.state, ...all.counties].map((totals, at) =>
    linesOf(totals, at === 0 ? (national(counted, all) ?? NONE) : null),
  );
  return [
    ...(state === "" ? [] : differs("state", state, fold.hash())),
    ...differs(`${basis} places`, `${places.length}`, `${names.length}`),
    ...places.flatMap(({ name, lines }, at) =>
      ofPlace(`${basis} ${name}`.trim(), name, lines, names[at] ?? "", ours[at] ?? []),
    ),
  ];
}

const NONE: National = { units: [], settled: true };

function linesOf({ lines }: Totals, national: National | null): string[] {
  return lines.map(({ firstAlignment, finalAlignment, delegates, equivalents, exact }, at) => {
    const ofState = national === null ? [] : [fractionText(exact), `${nationalTotal(national, at + 1)}`];
    return [firstAlignment, finalAlignment, delegates, equivalents, ...ofState].join(" ");
  });
}

function saidText({ firstAlignment, finalAlignment, delegates, equivalents, exact, national }: SaidLine): string {
  const ofState = exact === null ? [] : [exact, `${national ?? 0}`];
  return [firstAlignment, finalAlignment, delegates, equivalents, ...ofState].join(" ");
}

function fractionText({
  numerator,
  denominator,
}: {
  readonly numerator: bigint;
  readonly denominator: bigint;
}): string {
  return `${numerator}/${denominator}`;
}

/** The first group of a place whose figures differ stands for the others. */
function ofPlace(
  about: string,
  said: string,
  lines: readonly SaidLine[],
  name: string,
  ours: readonly string[],
): Finding[] {
  const named = differs(`${about} name`, said, name);
  const theirs = lines.map(saidText);
  const count = Math.max(theirs.length, ours.length);
  for (let at = 0; at < count; at += 1) {
    const different = differs(`${about} group ${at + 1}`, theirs[at] ?? "", ours[at] ?? "");
    if (different.length > 0) return [...named, ...different];
  }
  return named;
}
