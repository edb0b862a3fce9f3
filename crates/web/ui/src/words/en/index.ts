import { results } from "./results";
import { shell } from "./shell";

/** English, from which the keys are taken. */
export const en = { ...shell, ...results } as const;
