import type { Answer, Server } from "../../src/audit/night";
import { leafHash } from "../../src/log/tree";
import type { Forge } from "./forge";

/** How many entries are shown at once. */
const PAGE = 4;

/** A server of a forged log. `lie` changes what stands at a path, and what is `withheld` is shown to nobody. */
export function serverOf(
  forge: Forge,
  more: { readonly lie?: (path: string, bytes: Uint8Array) => Answer; readonly withheld?: readonly number[] } = {},
): Server {
  const utf8 = new TextEncoder();
  const files = new Map<string, Uint8Array>([
    ["checkpoint", utf8.encode(forge.checkpoint())],
    ["checkpoints", utf8.encode(`${forge.checkpoint(3)}\n${forge.checkpoint()}\n`)],
    [
      "policy",
      utf8.encode(
        forge.contest.witnesses.witnesses.map((key, at) => `witness w${at} ${key} http://witness.example\n`).join(""),
      ),
    ],
    [
      `tile/entries/000.p/${forge.entries.length}`,
      Uint8Array.from(forge.entries.flatMap((entry) => [entry.length >> 8, entry.length & 255, ...entry])),
    ],
    [`tile/0/000.p/${forge.entries.length}`, Uint8Array.from(forge.entries.flatMap((entry) => [...leafHash(entry)]))],
  ]);
  const { withheld = [] } = more;
  const shown = forge.entries.map((entry, at) =>
    withheld.includes(at) ? [0, 0, ...leafHash(entry)] : [entry.length >> 8, entry.length & 255, ...entry],
  );
  for (let at = 0; at < shown.length; at += PAGE)
    files.set(`shown/${shown.length}/${at}`, Uint8Array.from(shown.slice(at, at + PAGE).flat()));
  return {
    get: (path) => {
      if (path.startsWith("tile/entries") && withheld.length > 0) return Promise.resolve("embargoed");
      const bytes = files.get(path);
      return Promise.resolve(bytes === undefined ? "missing" : (more.lie?.(path, bytes) ?? bytes));
    },
  };
}
