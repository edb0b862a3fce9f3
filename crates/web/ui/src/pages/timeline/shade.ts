import type { RosterResponse } from "../../gen/tallylog/v1/results_pb";
import { lead } from "../../net/figures";
import { colourOf } from "../../parts/colours";
import type { Measure, Night } from "../../timeline/night";
import { percent, t } from "../../words/index.svelte";

const NOTHING = "light-dark(#e4e7ea, #2b3138)";

/** What the map shows of a county or pool, as `CountyMap` takes it. */
export interface Shaded {
  readonly name: string;
  readonly fips: number | undefined;
  readonly colour: string;
  readonly words: string;
  readonly link: string;
  readonly chosen: boolean;
}

/** What the map shows of every county at a step, each made anew only where its figures are others than before. */
export class Shading {
  private readonly kept: { version: number; shaded: Shaded }[] = [];

  constructor(
    private readonly roster: RosterResponse,
    private readonly night: Night,
    private readonly measure: Measure,
  ) {}

  at(step: number): readonly Shaded[] {
    return this.roster.counties.map((_, county) => this.county(step, county));
  }

  private county(step: number, county: number): Shaded {
    const version = this.night.version(step, county);
    const kept = this.kept[county];
    if (kept?.version === version) return kept.shaded;
    const shaded = this.look(step, county);
    this.kept[county] = { version, shaded };
    return shaded;
  }

  private look(step: number, county: number): Shaded {
    const { name = "", fips } = this.roster.counties[county] ?? {};
    const figures = this.roster.candidates.map((_, group) => this.night.inCounty(step, county, this.measure, group));
    const leader = lead(figures);
    const names = leader ? [leader.group, ...leader.tied].map((group) => this.roster.candidates[group] ?? "") : [];
    return {
      name,
      fips,
      colour: !leader ? NOTHING : leader.tied.length > 0 ? "var(--quiet)" : colourOf(leader.group),
      words: leader ? `${names.join(", ")} +${percent(leader.margin, 1)}` : t("places.none"),
      link: `/?in=${encodeURIComponent(name)}`,
      chosen: false,
    };
  }
}
