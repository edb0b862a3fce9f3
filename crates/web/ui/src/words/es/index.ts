import type { en } from "../en";
import { results } from "./results";
import { shell } from "./shell";

/** Spanish. */
export const es: Readonly<Record<keyof typeof en, string>> = { ...shell, ...results };
