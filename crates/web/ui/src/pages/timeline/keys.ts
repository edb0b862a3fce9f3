import { keyed, type Way } from "../../timeline/play";

/** What a key means to the replay; null where it is for what has the focus, or for the page. */
export function meant(event: KeyboardEvent): Way | "play" | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const on = event.target instanceof HTMLElement ? event.target : null;
  const isRange = on instanceof HTMLInputElement && on.type === "range";
  if (on?.closest("input, select, textarea, summary, [contenteditable]") && !isRange) return null;
  if (event.key === " ") return on?.closest("button, a, summary") ? null : "play";
  // Regions that scroll keep their own keys, and so do links and buttons but for the arrows.
  return on?.closest('[role="region"]') ? null : keyed(event.key, event.shiftKey);
}
