/** How fast the night goes by: at 1 the whole of it takes `WHOLE_MS`, whatever its size. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8] as const;
export type Speed = (typeof SPEEDS)[number];

const WHOLE_MS = 60_000;
/** A tab that slept does not jump when it wakes. */
const LONGEST_FRAME_MS = 250;

/** Where the replay stands, between the first step (0) and the last (1). */
export interface Play {
  readonly place: number;
  readonly playing: boolean;
  readonly speed: Speed;
}

/** The replay after some time: it stops at the end by itself. */
export function advance(play: Play, elapsedMs: number): Play {
  if (!play.playing) return play;
  const went = (Math.min(elapsedMs, LONGEST_FRAME_MS) * play.speed) / WHOLE_MS;
  const place = Math.min(1, play.place + went);
  return { ...play, place, playing: place < 1 };
}

/** Starts or stops; from the end it starts at the beginning. */
export function toggle(play: Play): Play {
  return play.playing
    ? { ...play, playing: false }
    : { ...play, playing: true, place: play.place < 1 ? play.place : 0 };
}

/** The place of a step among `steps`. */
export function placeOf(step: number, steps: number): number {
  return steps < 2 ? 1 : Math.max(0, Math.min(1, step / (steps - 1)));
}

/** The step at a place among `steps`. */
export function stepAt(place: number, steps: number): number {
  return Math.max(0, Math.min(steps - 1, Math.round(place * (steps - 1))));
}

/** What a key does to the step; null for keys that belong to the page. */
export function keyed(key: string, step: number, steps: number, far: boolean): number | null {
  const page = Math.max(1, Math.round(steps / 20));
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: step - (far ? page : 1),
    ArrowRight: step + (far ? page : 1),
    ArrowDown: step - 1,
    ArrowUp: step + 1,
    PageDown: step - page,
    PageUp: step + page,
    Home: 0,
    End: steps - 1,
  };
  const to = moves[key];
  return to === undefined ? null : Math.max(0, Math.min(steps - 1, to));
}
