import type { CountyFigures } from "../gen/tallylog/v1/results_pb";

/** The three result sets, and with them the delegates that groups were awarded. */
const COLUMNS = ["first", "final", "delegates", "sde"] as const;
export type Column = (typeof COLUMNS)[number];

/** Figures of every group, in roster order. People, delegates, and equivalents in ten-thousandths: all are integers. */
export type Columns = Readonly<Record<Column, readonly number[]>>;

/** A county's figures with how far it has come. */
export interface Figures {
  readonly reported: number;
  readonly released: number;
  readonly corrected: number;
  readonly columns: Columns;
}

/** The figures of a county without a report. */
export function none(groups: number): Figures {
  const zeros = Array<number>(groups).fill(0);
  return {
    reported: 0,
    released: 0,
    corrected: 0,
    columns: { first: zeros, final: zeros, delegates: zeros, sde: zeros },
  };
}

/** The figures of a county as a step of the timeline has them. */
export function ofCounty(county: CountyFigures): Figures {
  return {
    // Where it is withheld how many reported, the figures are those of the precincts that are released.
    reported: county.reported ?? county.released,
    released: county.released,
    corrected: county.corrected,
    columns: {
      first: county.firstAlignment.map(Number),
      final: county.finalAlignment.map(Number),
      delegates: county.delegates.map(Number),
      sde: county.sdeTenThousandths.map(Number),
    },
  };
}

/** The sums of all figures. They are sums of integers, and so exact. */
export function sum(all: Iterable<Figures>, groups: number): Figures {
  const zeros = () => Array<number>(groups).fill(0);
  const columns: Record<Column, number[]> = { first: zeros(), final: zeros(), delegates: zeros(), sde: zeros() };
  let [reported, released, corrected] = [0, 0, 0];
  for (const figures of all) {
    reported += figures.reported;
    released += figures.released;
    corrected += figures.corrected;
    for (const column of COLUMNS) {
      const into = columns[column];
      figures.columns[column].forEach((figure, group) => (into[group] = (into[group] ?? 0) + figure));
    }
  }
  return { reported, released, corrected, columns };
}

/** The sum over all groups. */
export function total(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0);
}

/** Who leads in a column, and by how much; `null` where nobody has anything. */
export interface Lead {
  /** The group, by its place in the roster from 0. */
  readonly group: number;
  /** The others with the same figure. */
  readonly tied: readonly number[];
  /** What the leader has beyond the next, as a share of all; 0 where some are tied. */
  readonly margin: number;
  /** The leader's share of all. */
  readonly share: number;
}

/** Who leads where the groups have these figures, in roster order. */
export function lead(figures: readonly number[]): Lead | null {
  const order = figures.map((figure, group) => ({ figure, group })).sort((a, b) => b.figure - a.figure);
  const [first, second] = order;
  const all = total(figures);
  if (!first || first.figure === 0 || all === 0) return null;
  const tied = order.slice(1).filter(({ figure }) => figure === first.figure);
  return {
    group: first.group,
    tied: tied.map(({ group }) => group),
    margin: (first.figure - (second?.figure ?? 0)) / all,
    share: first.figure / all,
  };
}
