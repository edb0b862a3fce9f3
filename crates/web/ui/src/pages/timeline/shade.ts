import type { RosterResponse } from "../../gen/tallylog/v1/results_pb";
import { lead } from "../../net/figures";
import { lettersOf } from "../../parts/colours";
import { leadColour, leadLetters, leadWords } from "../../parts/lead";
import type { Shaded } from "../../parts/shaded";
import type { Measure, Night } from "../../timeline/night";

/** What the map shows of every county at a step, each made anew only where its figures are others than before. */
export class Shading {
  private readonly kept: { version: number; shaded: Shaded }[] = [];
  private readonly letters: readonly string[];

  constructor(
    private readonly roster: RosterResponse,
    private readonly night: Night,
    private readonly measure: Measure,
  ) {
    this.letters = lettersOf(roster.candidates);
  }

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
    return {
      name,
      fips,
      colour: leadColour(leader),
      words: leadWords(leader, this.roster.candidates),
      link: `/?in=${encodeURIComponent(name)}`,
      chosen: false,
      letters: leadLetters(leader, this.letters),
    };
  }
}
