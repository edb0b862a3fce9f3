import type { Component } from "svelte";
import type { RosterResponse } from "../gen/tallylog/v1/results_pb";
import type { Key } from "../words/index.svelte";
import Log from "./Log.svelte";
import Nowhere from "./Nowhere.svelte";
import Precinct from "./Precinct.svelte";
import Results from "./Results.svelte";
import Timeline from "./Timeline.svelte";
import Verify from "./Verify.svelte";

/** What every page is given: the roster once it is known, and the parts of the address after the page's own. */
export interface PageProps {
  readonly roster: RosterResponse | null;
  readonly path: readonly string[];
}

export interface Page {
  /** Another key is another page: nothing of the one before stays. */
  readonly key: string;
  readonly title: Key;
  readonly component: Component<PageProps>;
  /** Whether it is of use without a server that answers. */
  readonly offline: boolean;
  readonly path: readonly string[];
}

/** The page at a path. */
export function page(pathname: string): Page {
  const [name = "", ...path] = pathname.split("/").slice(1).map(decodeURIComponent);
  switch (name) {
    case "":
      return { key: name, title: "nav.results", component: Results, offline: false, path };
    case "timeline":
      return { key: name, title: "nav.timeline", component: Timeline, offline: false, path };
    case "precinct":
      return { key: [name, ...path].join("/"), title: "precinct.page", component: Precinct, offline: false, path };
    case "log":
      return { key: [name, ...path].join("/"), title: "nav.log", component: Log, offline: false, path };
    case "verify":
      return { key: name, title: "nav.verify", component: Verify, offline: true, path };
    default:
      return { key: name, title: "shell.nowhere", component: Nowhere, offline: true, path: [name, ...path] };
  }
}
