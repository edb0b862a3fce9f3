/** Where an entry is shown on the page of the log. */
export function entryPath(entry: bigint | number): string {
  return `/log?entry=${entry}`;
}

/** A number as an address has it; null where it is none. */
export function numberOf(text: string | null): number | null {
  return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
