import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoConicConformal, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Plugin } from "vite";

/** Whose counties the map shows: the state's FIPS code. */
const STATE = "19";
const WIDTH = 1000;
const HEIGHT = 660;
const NAME = "virtual:counties";

type Counties = Topology<{ counties: GeometryCollection<{ name: string }> }>;

/** The counties' outlines as paths, projected once when the pages are built: a reader's browser only draws them. */
export function shapes(): Plugin {
  const resolved = `\0${NAME}`;
  return {
    name: "counties",
    resolveId: (id) => (id === NAME ? resolved : undefined),
    load: (id) => (id === resolved ? source() : undefined),
  };
}

function source(): string {
  const file = createRequire(import.meta.url).resolve("us-atlas/counties-10m.json");
  const atlas = JSON.parse(readFileSync(file, "utf8")) as Counties;
  const all = feature(atlas, atlas.objects.counties).features;
  const features = all.filter(({ id }) => String(id).padStart(5, "0").startsWith(STATE));
  const collection = { type: "FeatureCollection" as const, features };
  // Standard parallels and meridian through the middle of the state.
  const projection = geoConicConformal().parallels([41, 43]).rotate([93.5, 0]).fitSize([WIDTH, HEIGHT], collection);
  const path = geoPath(projection).digits(1);
  const outlines = features.map((county): [string, string] => [String(Number(county.id)), path(county) ?? ""]);
  const middles = features.map((county): [string, number[]] => [
    String(Number(county.id)),
    path.centroid(county).map(Math.round),
  ]);
  return [
    `export const width = ${WIDTH};`,
    `export const height = ${HEIGHT};`,
    `export const outlines = ${JSON.stringify(Object.fromEntries(outlines))};`,
    `export const middles = ${JSON.stringify(Object.fromEntries(middles))};`,
  ].join("\n");
}
