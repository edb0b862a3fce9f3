declare module "virtual:counties" {
  /** The box in which the outlines lie. */
  export const width: number;
  export const height: number;
  /** The outline of each county as an SVG path, by its FIPS code. */
  export const outlines: Readonly<Record<string, string>>;
  /** The middle of each county. */
  export const middles: Readonly<Record<string, readonly [number, number]>>;
}
