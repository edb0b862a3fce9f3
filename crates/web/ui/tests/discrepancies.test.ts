import { create } from "@bufbuild/protobuf";
import { beforeEach, expect, test, vi } from "vitest";
import { DiscrepanciesResponseSchema, type DiscrepanciesResponse } from "../src/gen/tallylog/v1/results_pb";
import { allDiscrepancies } from "../src/net/discrepancies";

/** What was asked, and what the log had by each answer. */
const asked: unknown[] = [];
const CODES = ["V01", "V08", "V11", "V14", "V21"];
const EACH = 2;

vi.mock("../src/net/clients", () => ({
  results: {
    discrepancies: (question: { readonly skip?: number }): Promise<DiscrepanciesResponse> => {
      asked.push(question);
      const from = question.skip ?? 0;
      const discrepancies = CODES.slice(from, from + EACH).map((code) => ({ code }));
      const next = from + EACH < CODES.length ? { next: from + EACH } : {};
      const position = { size: BigInt(70 + asked.length) };
      return Promise.resolve(create(DiscrepanciesResponseSchema, { discrepancies, position, ...next }));
    },
  },
}));

beforeEach(() => {
  asked.length = 0;
});

test("what the checks found is asked for until all of it is there, and all of it of one moment", async () => {
  const { discrepancies, position } = await allDiscrepancies({ from: 3n, until: 9n }, {});
  expect(discrepancies.map(({ code }) => code)).toEqual(CODES);
  expect(position?.size).toBe(71n);
  const moment = { at: { case: "size", value: 71n } };
  expect(asked).toEqual([
    { from: 3n, until: 9n },
    { from: 3n, until: 9n, moment, skip: 2 },
    { from: 3n, until: 9n, moment, skip: 4 },
  ]);
});
