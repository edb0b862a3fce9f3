/**
 * A colour for each group, by its place in the roster, for the light and the dark theme. They are chosen as far apart as can
 * be for readers who see no red, no green or no blue, and stand out from the ground; `tests/colours.test.ts` holds them to
 * it. Fourteen colours are too many to tell apart by colour alone: wherever one stands, letters, a name or a number say the
 * same.
 */
export const PALETTE: readonly (readonly [light: string, dark: string])[] = [
  ["#826e04", "#cabe8e"],
  ["#0072b2", "#56b4e9"],
  ["#4e385b", "#88688a"],
  ["#d57700", "#fac13b"],
  ["#371b5b", "#aa3db5"],
  ["#b273d6", "#b997bc"],
  ["#855451", "#f5778b"],
  ["#638562", "#95f294"],
  ["#590a0f", "#ba5100"],
  ["#0f3bb7", "#7a86cf"],
  ["#00088f", "#7456e0"],
  ["#35590a", "#8da518"],
  ["#62488c", "#ad74ff"],
  ["#85969a", "#cadbe0"],
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

/** The fewest letters that tell each name from every other, and at least two: what there is room for on a map. */
export function lettersOf(names: readonly string[]): readonly string[] {
  return names.map((name, at) => {
    const others = names.filter((_, other) => other !== at);
    for (let length = 2; length < name.length; length += 1) {
      const letters = name.slice(0, length);
      if (!others.some((other) => other.startsWith(letters))) return letters;
    }
    return name;
  });
}
