/** The moment at which the log had its first `size` entries, as a question names it. */
export function atSize(size: number): { at: { case: "size"; value: bigint } } {
  return { at: { case: "size", value: BigInt(size) } };
}
