import { readFileSync } from "node:fs";

/** The project's folder. */
export const ROOT = new URL("../../../../", import.meta.url);

/** A file of the project, as text. */
export function projectText(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Lines of a name and bytes: `crates/event/golden/events.txt` and `entries.txt`. */
export function goldenLines(path: string): readonly (readonly [name: string, bytes: Uint8Array])[] {
  const lines = projectText(path).split("\n");
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [name = "", hex = ""] = line.split(" ");
      return [name, bytesOf(hex)];
    });
}

/** Records of names and values, each record ended by an empty line: `crates/event/golden/signatures.txt`. */
export function goldenRecords(path: string): readonly ReadonlyMap<string, string>[] {
  const text = projectText(path)
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
  const records = text
    .split("\n\n")
    .map((record) => record.trim())
    .filter((record) => record !== "");
  return records.map((record) => new Map(record.split("\n").map(pairOf)));
}

function pairOf(line: string): [string, string] {
  const at = line.indexOf(": ");
  return at < 0 ? [line.replace(/:$/, ""), ""] : [line.slice(0, at), line.slice(at + 2)];
}
