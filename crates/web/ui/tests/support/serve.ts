import type { Answer, Server } from "../../src/audit/night";
import { leafHash } from "../../src/log/tree";
import type { Forge } from "./forge";

/** A server of a forged log. `lie` changes what stands at a path. */
export function serverOf(
  forge: Forge,
  more: { readonly lie?: (path: string, bytes: Uint8Array) => Answer; readonly shown?: number } = {},
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
  const shown = more.shown ?? forge.entries.length;
  return {
    get: (path) => {
      if (path.startsWith("tile/entries") && shown < forge.entries.length) return Promise.resolve("embargoed");
      const bytes = files.get(path);
      return Promise.resolve(bytes === undefined ? "missing" : (more.lie?.(path, bytes) ?? bytes));
    },
    entries: (from) => Promise.resolve(forge.entries.slice(from, shown)),
  };
}
