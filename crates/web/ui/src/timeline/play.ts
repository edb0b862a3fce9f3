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

/** The place of a moment between the first and the last. */
export function placeOf(size: number, first: number, last: number): number {
  return last <= first ? 1 : Math.max(0, Math.min(1, (size - first) / (last - first)));
}

/** The moment at a place between the first and the last. */
export function sizeAt(place: number, first: number, last: number): number {
  return first + Math.round(Math.max(0, Math.min(1, place)) * (last - first));
}

/** Where a key leads: to the moment beside this one, a share of the night away, or to an end of it. */
export type Way = { readonly beside: 1 | -1 } | { readonly share: number } | { readonly place: 0 | 1 };

const SHARE = 1 / 20;

/** Where a key leads; null for keys that belong to the page. */
export function keyed(key: string, far: boolean): Way | null {
  const ways: Readonly<Record<string, Way>> = {
    ArrowLeft: far ? { share: -SHARE } : { beside: -1 },
    ArrowRight: far ? { share: SHARE } : { beside: 1 },
    ArrowDown: { beside: -1 },
    ArrowUp: { beside: 1 },
    PageDown: { share: -SHARE },
    PageUp: { share: SHARE },
    Home: { place: 0 },
    End: { place: 1 },
  };
  return ways[key] ?? null;
}
