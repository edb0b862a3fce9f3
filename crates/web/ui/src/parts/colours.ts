/**
 * A colour for each group, by its place in the roster, for the light and the dark theme. Neighbours differ in lightness as
 * well as in hue, so that they differ for readers who do not see red and green apart; wherever a colour stands, a name or a
 * number says the same.
 */
const PALETTE: readonly (readonly [light: string, dark: string])[] = [
  ["#8c6d31", "#d9bd7a"],
  ["#0072b2", "#56b4e9"],
  ["#5f6a6a", "#aab7b8"],
  ["#e69f00", "#ffc04d"],
  ["#7b4173", "#d6a5cf"],
  ["#a55194", "#e0a0d5"],
  ["#009e73", "#4fd6ab"],
  ["#637939", "#b5cf6b"],
  ["#b5341c", "#ff8a6b"],
  ["#4d4d4d", "#c7c7c7"],
  ["#5e3c99", "#b8a1e8"],
  ["#cc79a7", "#f0b3d2"],
  ["#777777", "#bbbbbb"],
  ["#999999", "#999999"],
];

/** The colour of a group, by its place in the roster from 0. */
export function colourOf(group: number): string {
  const [light, dark] = PALETTE[group % PALETTE.length] ?? ["#777777", "#bbbbbb"];
  return `light-dark(${light}, ${dark})`;
}

/** A shade between little and much, from 0 to 1. */
export function shadeOf(share: number): string {
  const part = Math.round(Math.min(Math.max(share, 0), 1) * 100);
  return `color-mix(in oklab, light-dark(#0b4f8a, #7cc0ff) ${part}%, light-dark(#eef1f3, #262c32))`;
}
