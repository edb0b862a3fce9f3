/** Where the reader is: the path and the view that the address names. A link to it shows exactly this. */
let address = $state.raw(new URL(globalThis.location.href));

globalThis.addEventListener("popstate", () => (address = new URL(globalThis.location.href)));

/** The address where the reader is. */
export function here(): URL {
  return address;
}

/** Goes to another page, or to another place on it. */
export function go(to: string): void {
  globalThis.history.pushState(null, "", to);
  address = new URL(globalThis.location.href);
  globalThis.scrollTo(0, 0);
}

/** A value of the view that the address names. */
export function view(name: string): string | null {
  return address.searchParams.get(name);
}

/** The same address with other values; `null` takes one out. */
export function withView(values: Readonly<Record<string, string | null>>): string {
  const next = new URL(address);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  return next.pathname + next.search;
}

/** Changes the view and leaves the reader where they are; the way back leads to the page before. */
export function show(values: Readonly<Record<string, string | null>>): void {
  globalThis.history.replaceState(null, "", withView(values));
  address = new URL(globalThis.location.href);
}

/** Lets plain clicks on links of this host change the page without loading it anew. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.hasAttribute("download") || link.target !== "") return;
  const to = new URL(link.getAttribute("href") ?? "", globalThis.location.href);
  if (to.origin !== globalThis.location.origin || to.hash !== "") return;
  event.preventDefault();
  go(to.pathname + to.search);
}

/** Where a precinct is shown. */
export function precinctPath(county: string, precinct: string): string {
  return `/precinct/${encodeURIComponent(county)}/${encodeURIComponent(precinct)}`;
}
