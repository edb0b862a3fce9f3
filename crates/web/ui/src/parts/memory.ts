/** What the browser remembers of a reader's choices; nothing where it keeps no memory, or refuses to say. */
export function recalled(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Remembers a choice, if the browser does: it holds for this visit all the same. */
export function remembered(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Nothing is lost but the choice, at the next visit.
  }
}
