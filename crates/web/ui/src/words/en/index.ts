import { found } from "./found";
import { log } from "./log";
import { precinct } from "./precinct";
import { results } from "./results";
import { said } from "./said";
import { shell } from "./shell";
import { timeline } from "./timeline";
import { verify } from "./verify";

/** English, from which the keys are taken. */
export const en = { ...shell, ...results, ...precinct, ...log, ...said, ...found, ...timeline, ...verify } as const;
