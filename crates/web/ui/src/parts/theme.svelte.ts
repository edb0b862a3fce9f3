import { recalled, remembered } from "./memory";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const REMEMBERED = "tallylog/theme";

let theme = $state<Theme>("system");

/** Shows the theme that the reader chose the last time. */
export function restoreTheme(): void {
  const known = THEMES.find((known) => known === recalled(REMEMBERED));
  if (known) wear(known);
}

export function currentTheme(): Theme {
  return theme;
}

export function wear(wanted: Theme): void {
  theme = wanted;
  remembered(REMEMBERED, wanted);
  if (wanted === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = wanted;
}
