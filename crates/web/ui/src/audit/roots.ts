import { leafOf, type Shown } from "../log/bundle";
import { nodeHash, type Hash } from "../log/tree";

/** The roots of a log's tree at every size. Nothing is hashed until somebody asks. */
export class Roots {
  /** Complete subtrees, by their first leaf and how many they have. */
  private readonly known = new Map<string, Hash>();

  constructor(private readonly entries: readonly Shown[]) {}

  /** The root over the first `size` entries; `null` where there are fewer, or none. */
  at(size: number): Hash | null {
    return size > 0 && size <= this.entries.length ? this.over(0, size) : null;
  }

  private over(first: number, leaves: number): Hash {
    const half = leftOf(leaves);
    const isComplete = leaves === 1 || half * 2 === leaves;
    const key = `${first} ${leaves}`;
    const known = isComplete ? this.known.get(key) : undefined;
    if (known !== undefined) return known;
    const hash =
      leaves === 1
        ? leafOf(this.entries[first] ?? new Uint8Array())
        : nodeHash(this.over(first, half), this.over(first + half, leaves - half));
    if (isComplete) this.known.set(key, hash);
    return hash;
  }
}

/** The largest power of two that is smaller. */
function leftOf(leaves: number): number {
  let half = 1;
  while (half * 2 < leaves) half *= 2;
  return half;
}
