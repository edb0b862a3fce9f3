import { blake3 } from "@noble/hashes/blake3.js";
import { equalBytes } from "../log/bytes";
import { toHex } from "../log/hex";
import { get } from "./get";
import { Unanswered } from "./problem";

/** The code of a file that came with other bytes. */
export const DIFFERS = "file-differs";

/** A file as an event of the log names it. */
export interface Named {
  /** BLAKE3 of its bytes. */
  readonly hash: Uint8Array;
  readonly size: bigint;
}

/**
 * The bytes of a file that the log names, from this page's server. They are hashed here: whatever is given back is what
 * the log names.
 *
 * @throws {Unanswered} if the server does not give it, or gives other bytes.
 */
export async function fetchFile({ hash, size }: Named, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const { status, bytes } = await get(`/file/${toHex(hash)}`, signal);
  if (status !== 200) throw new Unanswered(refusal(status, new TextDecoder().decode(bytes)));
  if (BigInt(bytes.length) !== size || !equalBytes(blake3(bytes), hash)) {
    throw new Unanswered({ code: DIFFERS, message: "" });
  }
  return bytes;
}

/** What a refusal over HTTP says (RFC 9457, with our code). */
function refusal(status: number, body: string): { code: string; message: string } {
  const nothing = { code: "unreachable", message: `HTTP ${status}` };
  try {
    const said: unknown = JSON.parse(body);
    if (typeof said !== "object" || said === null || !("code" in said && "title" in said)) return nothing;
    return { code: String(said.code), message: String(said.title) };
  } catch {
    return nothing;
  }
}
