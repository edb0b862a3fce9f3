/** What the browser remembers of a reader's choices; nothing where it keeps no memory, or refuses to say. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Remembers a choice, if the browser does: it holds for this visit all the same. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Nothing is lost but the choice, at the next visit.
  }
}
