import { untrack } from "svelte";
import type { Moments } from "../../timeline/moments";
import { advance, placeOf, sizeAt, type Speed, toggle, type Way } from "../../timeline/play";

/** What a replay goes through: the log from one size to another, and the moments of it that are known. */
interface Stretch {
  readonly low: number;
  readonly last: number;
  readonly moments: Moments | null;
}

const CALM_STEP_MS = 1_000;
const CALM_ELAPSED_MS = 250;

/** Where the reader stands in the night, and how it goes by. */
export class Replay {
  /** Where the reader wants to be, in entries; what is shown is the nearest moment before it that is known. */
  at = $state(0);
  playing = $state(false);
  speed = $state<Speed>(1);

  /** Of a reader who wants less motion the night goes by in whole seconds. */
  constructor(
    private readonly stretch: () => Stretch,
    private readonly calm: boolean,
  ) {}

  seek(to: number): void {
    const { low, last } = this.stretch();
    this.at = Math.max(low, Math.min(Math.round(to), last));
  }

  /** Goes where a key leads. */
  go(way: Way): void {
    const { low, last, moments } = this.stretch();
    if ("place" in way) this.seek(sizeAt(way.place, low, last));
    else if ("share" in way) this.seek(this.at + way.share * (last - low));
    else if (moments) this.seek(way.beside > 0 ? moments.after(this.at) : moments.before(this.at));
  }

  /** Starts or stops. */
  play(): void {
    const { low, last } = this.stretch();
    const next = toggle({ place: placeOf(this.at, low, last), playing: this.playing, speed: this.speed });
    this.at = sizeAt(next.place, low, last);
    this.playing = next.playing;
  }

  /** Goes on with every frame, until it has come to the end or is told to stop. */
  run(): () => void {
    let [frame, before, kept] = [0, performance.now(), 0];
    let place = untrack(() => this.place());
    const tick = (now: number) => {
      kept += now - before;
      before = now;
      if (!this.calm || kept >= CALM_STEP_MS) {
        place = this.step(place, this.calm ? CALM_ELAPSED_MS : kept);
        kept = 0;
      }
      frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => {
      cancelAnimationFrame(frame);
    };
  }

  /** Goes on from a place. Whoever moves the scrubber while it plays goes on from there. */
  private step(from: number, elapsedMs: number): number {
    const { low, last } = this.stretch();
    const next = advance({ place: from, playing: true, speed: this.speed }, elapsedMs);
    const place = sizeAt(from, low, last) === this.at ? next.place : this.place();
    this.at = sizeAt(place, low, last);
    if (!next.playing) this.playing = false;
    return place;
  }

  private place(): number {
    const { low, last } = this.stretch();
    return placeOf(this.at, low, last);
  }
}
