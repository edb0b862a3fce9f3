import type { Kept, Memory } from "./messages";

const VISITS = "tallylog/visits";
const HERE = "tallylog/visited";

/** What the browser remembers; nothing where it keeps no memory, or what it keeps is not legible. */
export function remember(): Memory {
  try {
    return { here: localStorage.getItem(HERE), visits: visitsIn(localStorage.getItem(VISITS)) };
  } catch {
    return { here: null, visits: {} };
  }
}

function visitsIn(text: string | null): Record<string, Kept> {
  const found: Record<string, Kept> = {};
  const all: unknown = JSON.parse(text ?? "{}");
  if (typeof all !== "object" || all === null) return found;
  for (const [logKey, visit] of Object.entries(all)) {
    if (isVisit(visit)) found[logKey] = visit;
  }
  return found;
}

function isVisit(visit: unknown): visit is Kept {
  if (typeof visit !== "object" || visit === null) return false;
  const texts = ["logKey", "checkpoint"] as const;
  const isWhole = texts.every((name) => name in visit && typeof (visit as Record<string, unknown>)[name] === "string");
  return isWhole && "at" in visit && typeof visit.at === "number";
}

/** Keeps a visit: of a log at this address, or of a file's log. A smaller one never takes the place of a larger. */
export function keep(visit: Kept, isHere: boolean): void {
  const { visits } = remember();
  try {
    localStorage.setItem(VISITS, JSON.stringify({ ...visits, [visit.logKey]: visit }));
    if (isHere) localStorage.setItem(HERE, visit.logKey);
  } catch {
    // A browser that keeps nothing verifies all the same.
  }
}

/** Forgets a log, and that it stood at this address. */
export function forget(logKey: string): void {
  const visits = Object.entries(remember().visits).filter(([key]) => key !== logKey);
  localStorage.setItem(VISITS, JSON.stringify(Object.fromEntries(visits)));
  localStorage.removeItem(HERE);
}
