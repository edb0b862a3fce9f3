import type { RosterResponse } from "../../gen/tallylog/v1/results_pb";
import { lead } from "../../net/figures";
import { lettersOf } from "../../parts/colours";
import { leadColour, leadLetters, leadWords } from "../../parts/lead";
import type { Shaded } from "../../parts/shaded";
import type { Spot } from "../../timeline/moments";
import type { Measure, Night } from "../../timeline/night";

/** What the map shows of every county at a step, each made anew only where its figures are others than before. */
export class Shading {
  private readonly kept: { night: Night; version: number; shaded: Shaded }[] = [];
  private readonly letters: readonly string[];

  constructor(
    private readonly roster: RosterResponse,
    private readonly measure: Measure,
  ) {
    this.letters = lettersOf(roster.candidates);
  }

  at({ night, step }: Spot): readonly Shaded[] {
    return this.roster.counties.map((_, county) => this.county(night, step, county));
  }

  private county(night: Night, step: number, county: number): Shaded {
    const version = night.version(step, county);
    const kept = this.kept[county];
    if (kept?.night === night && kept.version === version) return kept.shaded;
    const shaded = this.look(night, step, county);
    this.kept[county] = { night, version, shaded };
    return shaded;
  }

  private look(night: Night, step: number, county: number): Shaded {
    const { name = "", fips } = this.roster.counties[county] ?? {};
    const figures = this.roster.candidates.map((_, group) => night.inCounty(step, county, this.measure, group));
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
