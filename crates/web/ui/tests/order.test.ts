import { expect, test } from "vitest";
import { none } from "../src/net/figures";
import { ordered } from "../src/pages/results/order";
import type { Row } from "../src/pages/results/rows";

function row(name: string, first: number): Row {
  const columns = { ...none(1).columns, first: [first] };
  return {
    name,
    link: "",
    district: 1,
    reported: 1,
    precincts: 1,
    withheld: false,
    flags: 0,
    status: undefined,
    columns,
  };
}

const rows = [row("Adams", 3), row("Boone", 5), row("Cass", 3), row("Dallas", 9)];
const names = (sort: string, falling: boolean, find = "") =>
  ordered(rows, "first", ["Alderwick"], { sort, falling, find }).map(({ name }) => name);

test("places are listed by what is chosen, and those that are equal by their names, whichever way", () => {
  expect(names("Alderwick", false)).toEqual(["Adams", "Cass", "Boone", "Dallas"]);
  expect(names("Alderwick", true)).toEqual(["Dallas", "Boone", "Adams", "Cass"]);
  expect(names("name", false)).toEqual(["Adams", "Boone", "Cass", "Dallas"]);
  expect(names("name", true)).toEqual(["Dallas", "Cass", "Boone", "Adams"]);
});

test("places are found by any part of a name, in whatever letters", () => {
  expect(names("name", false, " A ")).toEqual(["Adams", "Cass", "Dallas"]);
});
