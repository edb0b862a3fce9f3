import { describe, expect, test } from "vitest";
import { fromBase64, toBase64 } from "../src/log/base64";
import { checkByLog, checkpointText, cosigners, parseCheckpoint } from "../src/log/checkpoint";
import { evidenceOf, evidenceText, parseEvidence } from "../src/log/evidence";
import { Refused, type FlawCode } from "../src/log/flaw";
import { parseVerifierKey, verifierKeyText } from "../src/log/keys";
import { checkConsistency, leafHash, rootOf, rootOfInclusion, Tree, type Hash } from "../src/log/tree";
import { checkReceipt, parseReceipt } from "../src/log/receipt";
import { parseEntryTile, tilePath, tilesOf } from "../src/log/tiles";
import { hexOf } from "./golden";

// The vectors of C2SP's formats for entries "event-0" to "event-6"; log key seed 32 x 0x01, witness seed 32 x 0x02.
const LEAVES = Array.from({ length: 7 }, (_, at) => leafHash(new TextEncoder().encode(`event-${at}`)));
const LOG = "caucus.example/2028-ia-dem+87cbb5c0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
const WITNESS = "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";
const BODY = "caucus.example/2028-ia-dem\n7\ngTvaOkIAD4KUtqlU6oN5LC3vrmUkbvdgr5/dU699Rjg=\n";
const BY_LOG =
  "— caucus.example/2028-ia-dem h8u1wGmP80kWCQZv7snvnBLOErAA2XvDe7CXj/tD6hybct+RvK8X3B3KlSpP7mLphf44eGN7FQtQ5BmnRWlj+tPvIgA=\n";
const BY_WITNESS =
  "— witness.example/w1 3xwKNQAAAABtRmCgoQKd90bFyfq+yw2gt8wuiE1/2MEO7Tl3SW3aPBrydZZM4i8h4KFPE/sk8dMMuD2E8ShwyTWmjX7rdy5VcdkUAA==\n";
const CHECKPOINT = `${BODY}\n${BY_LOG}${BY_WITNESS}`;
const INCLUSION = [
  "rjI5dK4fR82yRuuDuHBjZtQ8ZK0Pr0gMeerLnPSn6Kc=",
  "hVqRxrvpT1tA/b/2zT/t/5RXwi+lM4Clp2AoY5bRmwI=",
  "MwFXNIsphb0cRlfkTzYorpF23YKBH/sxqOARud6ouaE=",
];
const CONSISTENCY = ["9f6QqbKTVsuk32Y2PsiymbmPY5CMVXlhonwl2VULLv0=", "CdE923ZptzRMGk5/zSfZNnUk1MxvmDHjZ9hsED0563g="];

function codeOf(attempt: () => unknown): FlawCode | "fine" {
  try {
    attempt();
    return "fine";
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}

describe("the tree", () => {
  test("has the roots of the vectors", () => {
    const root = (size: number): string => hexOf(rootOf(LEAVES.slice(0, size)));
    expect(root(1)).toBe("6734db3b19b64dc83703f9a1f4aee7697dfb292fb4e0827cc63f8a351b1b3609");
    expect(root(3)).toBe("db2effe64d36352bcd4c260bde0e1138310c9f77b89d4c57578652f9b185b630");
    expect(root(7)).toBe("813bda3a42000f8294b6a954ea83792c2defae65246ef760af9fdd53af7d4638");
    expect(root(0)).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  test("leads from a leaf to the root by the vector's path, and by no other", () => {
    const path = INCLUSION.map(fromBase64);
    const at = (index: number, hashes: readonly Hash[]): string =>
      hexOf(rootOfInclusion(index, 7, LEAVES[5] ?? new Uint8Array(), hashes));
    expect(at(5, path)).toBe(hexOf(rootOf(LEAVES)));
    expect(at(4, path)).not.toBe(hexOf(rootOf(LEAVES)));
    expect(codeOf(() => at(5, path.slice(1)))).toBe("proof-path-length");
    expect(codeOf(() => at(5, [...path, ...path]))).toBe("proof-path-length");
    expect(codeOf(() => at(7, path))).toBe("proof-path-length");
  });

  test("continues an older one by the vector's path, and by no other", () => {
    const head = (size: number): { size: number; root: Hash } => ({ size, root: rootOf(LEAVES.slice(0, size)) });
    const path = CONSISTENCY.map(fromBase64);
    expect(
      codeOf(() => {
        checkConsistency(head(2), head(7), path);
      }),
    ).toBe("fine");
    expect(
      codeOf(() => {
        checkConsistency({ ...head(2), root: head(3).root }, head(7), path);
      }),
    ).toBe("proof-wrong-root");
    expect(
      codeOf(() => {
        checkConsistency(head(2), head(6), path);
      }),
    ).toBe("proof-wrong-root");
    expect(
      codeOf(() => {
        checkConsistency(head(2), head(7), [...path].reverse());
      }),
    ).toBe("proof-wrong-root");
    expect(
      codeOf(() => {
        checkConsistency(head(2), head(7), path.slice(1));
      }),
    ).not.toBe("fine");
    expect(
      codeOf(() => {
        checkConsistency(head(7), head(7), []);
      }),
    ).toBe("fine");
    expect(
      codeOf(() => {
        checkConsistency(head(7), head(2), []);
      }),
    ).toBe("proof-path-length");
  });

  test("has at every size the root that the definition gives", () => {
    const define = (leaves: readonly Hash[]): Hash => {
      if (leaves.length <= 1) return rootOf(leaves);
      let split = 1;
      while (split * 2 < leaves.length) split *= 2;
      const joined = Uint8Array.of(...define(leaves.slice(0, split)), ...define(leaves.slice(split)));
      return rootOfInclusion(0, 2, joined.subarray(0, 32), [joined.subarray(32)]);
    };
    const leaves = Array.from({ length: 70 }, (_, at) => leafHash(Uint8Array.of(at)));
    const tree = new Tree();
    leaves.forEach((leaf, at) => {
      tree.append(leaf);
      expect(hexOf(tree.root())).toBe(hexOf(define(leaves.slice(0, at + 1))));
    });
  });
});

describe("keys and checkpoints", () => {
  const log = parseVerifierKey(LOG, "log");
  const witness = parseVerifierKey(WITNESS, "witness");

  test("a verifier key is read and written in its one spelling, and its id must be its own", () => {
    expect(verifierKeyText(log)).toBe(LOG);
    expect(verifierKeyText(witness)).toBe(WITNESS);
    expect(codeOf(() => parseVerifierKey(WITNESS, "log"))).toBe("vkey-not-a-log");
    expect(codeOf(() => parseVerifierKey(LOG.replace("+87cb", "+87cc"), "log"))).toBe("vkey-wrong-id");
    expect(codeOf(() => parseVerifierKey(LOG.replace("87cbb5c0", "87CBB5C0"), "log"))).toBe("vkey-wrong-id");
  });

  test("the vector's checkpoint is the log's, and was cosigned at the vector's time", () => {
    const signed = parseCheckpoint(CHECKPOINT);
    checkByLog(signed, log);
    expect([signed.origin, signed.size]).toEqual(["caucus.example/2028-ia-dem", 7]);
    expect(cosigners(signed, log, [witness])).toEqual([{ key: witness, at: 1833328800 }]);
    expect(checkpointText(signed)).toBe(CHECKPOINT);
  });

  test("any other character in a checkpoint is noticed", () => {
    for (let at = 0; at < CHECKPOINT.length; at += 1) {
      const other = CHECKPOINT.charAt(at) === "A" ? "B" : "A";
      const changed = CHECKPOINT.slice(0, at) + other + CHECKPOINT.slice(at + 1);
      const verdict = codeOf(() => {
        const signed = parseCheckpoint(changed);
        checkByLog(signed, log);
        cosigners(signed, log, [witness]);
      });
      expect(verdict, `character ${at}`).not.toBe("fine");
    }
  });

  test("who signed twice, or is unknown, or is not the log, is refused", () => {
    const judge = (text: string) => codeOf(() => cosigners(parseCheckpoint(text), log, [witness]));
    expect(judge(CHECKPOINT + BY_WITNESS)).toBe("checkpoint-signer-twice");
    expect(codeOf(() => cosigners(parseCheckpoint(CHECKPOINT), log, []))).toBe("checkpoint-unknown-signer");
    expect(
      codeOf(() => {
        checkByLog(parseCheckpoint(`${BODY}\n${BY_WITNESS}`), log);
      }),
    ).toBe("checkpoint-not-by-log");
  });

  test("further lines, leading zeros and other spellings are refused", () => {
    expect(codeOf(() => parseCheckpoint(CHECKPOINT.replace("\n7\n", "\n07\n")))).toBe("checkpoint-malformed");
    expect(codeOf(() => parseCheckpoint(CHECKPOINT.replace("g=\n\n", "g=\nmore\n\n")))).toBe("checkpoint-malformed");
    expect(codeOf(() => parseCheckpoint(CHECKPOINT.replace("\n7\n", "\n9007199254740993\n")))).toBe("too-large");
    expect(codeOf(() => parseCheckpoint(CHECKPOINT.replace("Rjg=", "Rjh=")))).toBe("base64-malformed");
  });
});

describe("base64", () => {
  test("has one spelling", () => {
    for (let length = 0; length < 50; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 89 + length) & 0xff);
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }
    for (const other of ["QQ", "QQ=", "QR==", "Q===", "QQ==\n", "QQ==QQ==", "Q_==", "QUJ="]) {
      expect(codeOf(() => fromBase64(other))).toBe("base64-malformed");
    }
  });
});

describe("a receipt", () => {
  const text = `c2sp.org/tlog-proof@v1\nextra ${toBase64(new TextEncoder().encode("event-5"))}\nindex 5\n${INCLUSION.join("\n")}\n\n${CHECKPOINT}`;

  test("shows that the log has its entry", () => {
    const receipt = parseReceipt(text);
    expect(receipt.index).toBe(5);
    checkReceipt(receipt, receipt.extra ?? new Uint8Array());
    expect(
      codeOf(() => {
        checkReceipt(receipt, new TextEncoder().encode("event-4"));
      }),
    ).toBe("proof-wrong-root");
    expect(
      codeOf(() => {
        checkReceipt({ ...receipt, index: 4 }, receipt.extra ?? new Uint8Array());
      }),
    ).toBe("proof-wrong-root");
  });

  test("in another layout is refused", () => {
    expect(codeOf(() => parseReceipt(text.replace("@v1", "@v2")))).toBe("receipt-malformed");
    expect(codeOf(() => parseReceipt(text.replace("index 5", "index 05")))).toBe("receipt-malformed");
  });
});

describe("tiles", () => {
  test("are named as C2SP has them", () => {
    expect(tilePath(0, { number: 1234067, width: 256 })).toBe("tile/0/x001/x234/067");
    expect(tilePath("entries", { number: 0, width: 7 })).toBe("tile/entries/000.p/7");
    expect([...tilesOf(513)]).toEqual([
      { number: 0, width: 256 },
      { number: 1, width: 256 },
      { number: 2, width: 1 },
    ]);
    expect([...tilesOf(0)]).toEqual([]);
    expect(codeOf(() => parseEntryTile(Uint8Array.of(0, 1, 5, 9), { number: 0, width: 1 }, true))).toBe("tile-length");
  });
});

describe("evidence", () => {
  test("needs two roots of one size", () => {
    const signed = parseCheckpoint(CHECKPOINT);
    expect(codeOf(() => evidenceOf(parseVerifierKey(LOG, "log"), signed, signed))).toBe("evidence-none");
    expect(codeOf(() => parseEvidence("tallylog/evidence/v1\n"))).toBe("evidence-malformed");
  });

  test("is read as it was written", async () => {
    const { ed25519 } = await import("@noble/curves/ed25519.js");
    const log = parseVerifierKey(LOG, "log");
    const other = BODY.replace("gTva", "hTva");
    const signature = ed25519.sign(new TextEncoder().encode(other), new Uint8Array(32).fill(1));
    const line = `— ${log.name} ${toBase64(Uint8Array.of(...log.id, ...signature))}\n`;
    const evidence = evidenceOf(log, parseCheckpoint(CHECKPOINT), parseCheckpoint(`${other}\n${line}`));
    const text = evidenceText(evidence);
    expect(text).not.toContain("witness.example");
    expect(evidenceText(parseEvidence(text))).toBe(text);
    expect(codeOf(() => parseEvidence(text.replace("hTva", "gTva")))).not.toBe("fine");
  });
});
