import type { Component } from "svelte";
import type { RosterResponse } from "../gen/tallylog/v1/results_pb";
import type { Key } from "../words/index.svelte";

/** What every page is given: the roster once it is known, and the parts of the address after the page's own. */
export interface PageProps {
  readonly roster: RosterResponse | null;
  readonly path: readonly string[];
}

export interface Page {
  /** Another key is another page: nothing of the one before stays. */
  readonly key: string;
  readonly title: Key;
  /** Fetched when it is first shown: whoever wants the results waits for no verifier. */
  readonly component: () => Promise<Component<PageProps>>;
  /** Whether it is of use without a server that answers. */
  readonly offline: boolean;
  readonly path: readonly string[];
}

/** The page at a path. */
export function page(pathname: string): Page {
  const [name = "", ...path] = pathname.split("/").slice(1).map(decoded);
  switch (name) {
    case "":
      return {
        key: name,
        title: "nav.results",
        component: async () => (await import("./Results.svelte")).default,
        offline: false,
        path,
      };
    case "timeline":
      return {
        key: name,
        title: "nav.timeline",
        component: async () => (await import("./Timeline.svelte")).default,
        offline: false,
        path,
      };
    case "precinct":
      return {
        key: [name, ...path].join("/"),
        title: "precinct.page",
        component: async () => (await import("./Precinct.svelte")).default,
        offline: false,
        path,
      };
    case "log":
      return {
        key: [name, ...path].join("/"),
        title: "nav.log",
        component: async () => (await import("./Log.svelte")).default,
        offline: false,
        path,
      };
    case "verify":
      return {
        key: name,
        title: "nav.verify",
        component: async () => (await import("./Verify.svelte")).default,
        offline: true,
        path,
      };
    default:
      return {
        key: name,
        title: "shell.nowhere",
        component: async () => (await import("./Nowhere.svelte")).default,
        offline: true,
        path: [name, ...path],
      };
  }
}

/** A part of a path as text; as it stands where it is none. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
