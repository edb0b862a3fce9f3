import { view } from "../../parts/nav.svelte";
import type { Measure } from "../../timeline/night";
import type { Axis } from "./curves";

/** The result sets that the timeline shows, one at a time. */
export const MEASURES: readonly Measure[] = ["sde", "first", "final"];

export const chosenMeasure = (): Measure => MEASURES.find((each) => each === view("set")) ?? "sde";
export const chosenAxis = (): Axis => (view("along") === "time" ? "time" : "entries");
