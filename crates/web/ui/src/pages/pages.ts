import type { Component } from "svelte";
import type { RosterResponse } from "../gen/tallylog/v1/results_pb";
import { view } from "../parts/nav.svelte";
import { t } from "../words/index.svelte";
import { numberOf } from "./paths";

/** What every page is given: the roster once it is known, and the parts of the address after the page's own. */
export interface PageProps {
  readonly roster: RosterResponse | null;
  readonly path: readonly string[];
}

export interface Page {
  /** Another key is another page: nothing of the one before stays. */
  readonly key: string;
  /** What it shows, as the browser lists it among others: with the place or the entry that the address names. */
  readonly title: () => string;
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
        title: resultsTitle,
        component: async () => (await import("./Results.svelte")).default,
        offline: false,
        path,
      };
    case "timeline":
      return {
        key: name,
        title: () => t("nav.timeline"),
        component: async () => (await import("./Timeline.svelte")).default,
        offline: false,
        path,
      };
    case "precinct":
      return {
        key: [name, ...path].join("/"),
        title: () => precinctTitle(path),
        component: async () => (await import("./Precinct.svelte")).default,
        offline: false,
        path,
      };
    case "log":
      return {
        key: [name, ...path].join("/"),
        title: () => logTitle(path),
        component: async () => (await import("./Log.svelte")).default,
        offline: false,
        path,
      };
    case "verify":
      return {
        key: name,
        title: () => t("nav.verify"),
        component: async () => (await import("./Verify.svelte")).default,
        offline: true,
        path,
      };
    default:
      return {
        key: name,
        title: () => t("shell.nowhere"),
        component: async () => (await import("./Nowhere.svelte")).default,
        offline: true,
        path: [name, ...path],
      };
  }
}

function resultsTitle(): string {
  const place = view("in");
  if (place === null) return t("results.title");
  const district = /^district-(\d+)$/.exec(place)?.[1];
  return `${t("results.title")}: ${district === undefined ? place : t("scope.district", { number: district })}`;
}

function precinctTitle([county = "", precinct = ""]: readonly string[]): string {
  return precinct === "" ? t("precinct.choose") : `${precinct}, ${county}`;
}

function logTitle([part]: readonly string[]): string {
  const entry = numberOf(view("entry"));
  if (part === "checkpoints" || part === "keys") return `${t(`log.${part}`)} · ${t("nav.log")}`;
  return entry === null ? t("nav.log") : t("log.of", { entry });
}

/** A part of a path as text; as it stands where it is none. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
