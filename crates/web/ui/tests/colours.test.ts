import { expect, test } from "vitest";
import { lettersOf, PALETTE } from "../src/parts/colours";

type Three = readonly [number, number, number];
type Matrix = readonly [Three, Three, Three];

/** How the three kinds of missing cones change linear light (Machado, Oliveira and Fernandes, 2009), and eyes that miss none. */
const EYES: Readonly<Record<string, Matrix>> = {
  everybody: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** The grounds on which the colours stand, and with which of each pair. */
const GROUNDS = { light: "#ffffff", dark: "#1c2024" } as const;

function linear(colour: string): Three {
  const part = (at: number) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

function times(matrix: Matrix, [x, y, z]: Three): Three {
  const row = ([a, b, c]: Three) => Math.min(Math.max(a * x + b * y + c * z, 0), 1);
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

/** OKLab, in which equal distances look about equally large. */
function seen([r, g, b]: Three): Three {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function apart(one: Three, other: Three): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

function contrast(one: string, other: string): number {
  const light = (colour: string) => {
    const [r, g, b] = linear(colour);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const [a, b] = [light(one), light(other)];
  return Math.max(a, b) / Math.min(a, b);
}

test.each(Object.entries(EYES))("no two groups have colours that look alike: %s", (_, eyes) => {
  for (const theme of [0, 1] as const) {
    const colours = PALETTE.map((pair) => seen(times(eyes, linear(pair[theme]))));
    colours.forEach((one, at) => {
      colours.slice(0, at).forEach((other, before) => {
        expect(apart(one, other), `${theme}: ${before} and ${at}`).toBeGreaterThan(0.05);
      });
    });
  }
});

test("every colour stands out from its ground", () => {
  for (const [light, dark] of PALETTE) {
    expect(contrast(light, GROUNDS.light), light).toBeGreaterThanOrEqual(3);
    expect(contrast(dark, GROUNDS.dark), dark).toBeGreaterThanOrEqual(3);
  }
});

test("groups are told apart by as few letters as can be", () => {
  expect(lettersOf(["Bennet", "Biden", "Bloomberg", "Sanders", "Santos", "San"])).toEqual([
    "Be",
    "Bi",
    "Bl",
    "Sand",
    "Sant",
    "San",
  ]);
});
