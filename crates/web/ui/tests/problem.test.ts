import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { DecodeError } from "../src/log/bytes";
import { Refused } from "../src/log/flaw";
import { problemOf } from "../src/net/problem";

test("a server that says nothing cannot be reached, and bytes that were refused are another matter", () => {
  const codes = (errors: readonly unknown[]) => errors.map((error) => problemOf(error).code);
  expect(codes([new ConnectError("gone", Code.Unavailable), ConnectError.from(new TypeError("no network"))])).toEqual([
    "unreachable",
    "unreachable",
  ]);
  expect(codes([new TypeError("undefined is not a function")])).toEqual(["broken"]);
  expect(codes([new ConnectError("none", Code.NotFound)])).toEqual(["notfound"]);
  expect(codes([new Refused("entry-misplaced", "7"), new DecodeError("cut-short", 3)])).toEqual([
    "entry-misplaced",
    "cut-short",
  ]);
});
