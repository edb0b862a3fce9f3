/** What the map shows of a county or pool. */
export interface Shaded {
  readonly name: string;
  /** Counties without a shape, such as pools, stand in boxes beside the map. */
  readonly fips: number | undefined;
  readonly colour: string;
  /** The same in words: read out, and shown on the county. */
  readonly words: string;
  readonly link: string;
  readonly chosen: boolean;
  /** What stands on the county, for whoever does not tell the colours apart. */
  readonly letters: string;
}
