import { fromBase64 } from "./base64";
import { equalBytes } from "./bytes";
import { parseCheckpoint, parseHash, parseNumber, type SignedCheckpoint } from "./checkpoint";
import { Refused } from "./flaw";
import { leafHash, rootOfInclusion, type Hash } from "./tree";

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
const LONGEST_PATH = 64;

/** That an entry is in a log, against one signed checkpoint (C2SP tlog-proof). Nothing of it was checked. */
export interface Receipt {
  /** The entry itself in our receipts, signed by nobody here. */
  readonly extra: Uint8Array | null;
  readonly index: number;
  readonly path: readonly Hash[];
  readonly checkpoint: SignedCheckpoint;
}

/**
 * Reads a receipt.
 *
 * @throws {Refused}
 */
export function parseReceipt(text: string): Receipt {
  const at = text.indexOf("\n\n");
  const [first, ...lines] = text.slice(0, at).split("\n");
  const refusal = new Refused("receipt-malformed");
  if (at < 0 || first !== FIRST_LINE) throw refusal;
  const extra = after(lines, "extra ");
  const index = after(lines, "index ");
  if (index === null || lines.length > LONGEST_PATH) throw refusal;
  return {
    extra: extra === null ? null : fromBase64(extra),
    index: parseNumber(index, refusal),
    path: lines.map(parseHash),
    checkpoint: parseCheckpoint(text.slice(at + 2)),
  };
}

/** Takes the first line away if it begins so. */
function after(lines: string[], start: string): string | null {
  return lines[0]?.startsWith(start) === true ? (lines.shift()?.slice(start.length) ?? null) : null;
}

/**
 * Checks that a receipt's entry stands in the tree of its checkpoint. The checkpoint's signature is another matter.
 *
 * @throws {Refused} `proof-wrong-root` or `proof-path-length`.
 */
export function checkReceipt({ index, path, checkpoint }: Receipt, entry: Uint8Array): void {
  const root = rootOfInclusion(index, checkpoint.size, leafHash(entry), path);
  if (!equalBytes(root, checkpoint.root)) throw new Refused("proof-wrong-root");
}
