import { recall, remember } from "./memory";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const REMEMBERED = "tallylog/theme";

let theme = $state<Theme>("system");

/** Shows the theme that the reader chose the last time. */
export function restoreTheme(): void {
  wear(recall(REMEMBERED) ?? "");
}

/** The theme that the reader chose. */
export function currentTheme(): Theme {
  return theme;
}

/** Goes over to a theme of `THEMES`; a word that is none of them changes nothing. */
export function wear(wanted: string): void {
  const known = THEMES.find((each) => each === wanted);
  if (known === undefined) return;
  theme = known;
  remember(REMEMBERED, known);
  if (known === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = known;
}
