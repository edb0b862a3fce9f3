import type {
  Abandonment,
  AnnouncedSample,
  Announcement,
  PaperEvent,
  PaperReading,
  PrecinctId,
  Sample,
} from "../../log/events";
import { abandonment, announcedSample, announcement, paperReading, sample } from "../../log/event/desks";
import type { Form } from "../form";
import type { Authors } from "../people";
import { formOf, formOfAll, formOfOption, signed, type Signed, type Step } from "./signed";

/** A sample that was not announced, with what was read of it. */
interface Drawn {
  readonly sample: Signed<Sample>;
  readonly readings: Signed<PaperReading>[];
}

/** An announcement, and what came of it. */
export interface Announced {
  readonly announcement: Signed<Announcement>;
  /** Whoever gave it up. It takes two, of whom the second names the first. */
  readonly givenUp: Signed<Abandonment>[];
  drawn: Signed<AnnouncedSample> | null;
  /** The entry by which the second of two persons gave it up. */
  abandoned: number | null;
  readonly readings: Signed<PaperReading>[];
}

/** A sample that was announced and given up, for whoever reads a verdict. */
export interface AbandonedSample {
  readonly announcement: number;
  readonly abandoned: number;
  readonly by: readonly { readonly person: string; readonly reason: string }[];
}

/** Paper audits: samples that are announced, drawn or given up, and what the paper of their precincts says. */
export class PaperAudit {
  private readonly drawn = new Map<number, Drawn>();
  private readonly announced: Announced[] = [];
  /** The readings of each sample, by its entry. */
  private readonly readings = new Map<number, Signed<PaperReading>[]>();

  /** The announcement that was neither drawn nor given up. */
  open(): Announced | null {
    const last = this.announced.at(-1);
    return last?.drawn === null && last.abandoned === null ? last : null;
  }

  /** The entry that ended the last announcement. */
  lastEnd(): number | null {
    const last = this.announced.at(-1);
    return last?.drawn?.entry ?? last?.abandoned ?? null;
  }

  /** The entry of the sample that was drawn by the same dice. */
  drawnBy(dice: string): number | null {
    const all = [...this.drawn.values()].map(({ sample }) => sample);
    const announced = this.announced.flatMap(({ drawn }) => drawn ?? []);
    return [...all, ...announced].find(({ what }) => what.dice === dice)?.entry ?? null;
  }

  /** The precincts of the sample that an entry drew. */
  sample(entry: number): readonly PrecinctId[] | null {
    const announced = this.announced.find(({ drawn }) => drawn?.entry === entry)?.drawn;
    return (announced ?? this.drawn.get(entry)?.sample)?.what.precincts ?? null;
  }

  /** The samples that were not announced. */
  unannounced(): readonly Signed<Sample>[] {
    return [...this.drawn.values()].map(({ sample }) => sample);
  }

  /** The samples that were announced and given up. */
  abandonedSamples(authors: Authors): readonly AbandonedSample[] {
    return this.announced.flatMap(({ announcement, givenUp, abandoned }) => {
      const second = givenUp.at(-1);
      const first = givenUp.find(({ entry }) => entry === second?.what.seconds);
      if (abandoned === null || first === undefined || second === undefined) return [];
      const by = [first, second].map(({ author, what }) => ({
        person: authors.get(author)?.person ?? "",
        reason: what.reason,
      }));
      return [{ announcement: announcement.entry, abandoned, by }];
    });
  }

  apply(step: Step, event: PaperEvent): void {
    switch (event.kind) {
      case "Drawn":
        this.draw(signed(step, sample, event.value));
        return;
      case "Read":
        this.readings.get(event.value.sample)?.push(signed(step, paperReading, event.value));
        return;
      case "Announced":
        this.announced.push({
          announcement: signed(step, announcement, event.value),
          givenUp: [],
          drawn: null,
          abandoned: null,
          readings: [],
        });
        return;
      case "DrawnFrom": {
        const open = this.open();
        if (open === null) return;
        open.drawn = signed(step, announcedSample, event.value);
        this.readings.set(step.entry, open.readings);
        return;
      }
      case "Abandoned": {
        const open = this.open();
        open?.givenUp.push(signed(step, abandonment, event.value));
        if (open && event.value.seconds !== null) open.abandoned = step.entry;
      }
    }
  }

  /** Samples that were not announced: version 3 has none of them. */
  form(form: Form): void {
    form.number(this.drawn.size);
    for (const { sample, readings } of this.drawn.values()) {
      formOf(form, sample);
      formOfAll(form, readings);
    }
  }

  /** Announcements with what came of them, since version 3. */
  formOfAnnounced(form: Form): void {
    form.number(this.announced.length);
    for (const { announcement, givenUp, drawn, readings } of this.announced) {
      formOf(form, announcement);
      formOfAll(form, givenUp);
      formOfOption(form, drawn);
      formOfAll(form, readings);
    }
  }

  private draw(sample: Signed<Sample>): void {
    const readings: Signed<PaperReading>[] = [];
    this.drawn.set(sample.entry, { sample, readings });
    this.readings.set(sample.entry, readings);
  }
}
