import type { en } from "../en";
import { found } from "./found";
import { log } from "./log";
import { precinct } from "./precinct";
import { results } from "./results";
import { said } from "./said";
import { shell } from "./shell";
import { timeline } from "./timeline";
import { verify } from "./verify";

/** Spanish. */
export const es: Readonly<Record<keyof typeof en, string>> = {
  ...shell,
  ...results,
  ...precinct,
  ...log,
  ...said,
  ...found,
  ...timeline,
  ...verify,
};
