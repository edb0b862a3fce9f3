// Letters that look like others, or like them but for a mark, with what they look like. Capitals were made small. The table
// is that of admission: two programs that took other names for alike would disagree about a log for ever.
const LIKE = new Map(
  (
    [
      ["àáâãäåāăąаα", "a"],
      ["вβ", "b"],
      ["çćĉċčс", "c"],
      ["ďđԁ", "d"],
      ["èéêëēĕėęěеёεє", "e"],
      ["ĝğġģ", "g"],
      ["ĥħнһη", "h"],
      ["ìíîïĩīĭįıіїιӏ", "i"],
      ["ĵј", "j"],
      ["ķкκ", "k"],
      ["ĺļľŀł", "l"],
      ["мμ", "m"],
      ["ñńņňν", "n"],
      ["òóôõöøōŏőоο", "o"],
      ["рρ", "p"],
      ["ԛ", "q"],
      ["ŕŗř", "r"],
      ["śŝşšșѕ", "s"],
      ["ţťŧțтτ", "t"],
      ["ùúûüũūŭůűų", "u"],
      ["ŵԝ", "w"],
      ["хχ", "x"],
      ["ýÿŷуυ", "y"],
      ["źżžζ", "z"],
      ["ß", "s"],
    ] as const
  ).flatMap(([letters, plain]) => Array.from(letters, (letter) => [letter, plain] as const)),
);

/** Marks on the letter before, and characters of which nothing is seen: each from one to another. */
const UNSEEN: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x300, 0x36f],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180e],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xe0000, 0xe0fff],
];

/** What everybody sees of a name: small letters without marks, and words apart. Names that look alike have the same. */
export function likeness(name: string): string {
  const small = Array.from(name)
    .filter(isSeen)
    .map((letter) => letter.toLowerCase());
  const letters = Array.from(small.join("")).filter(isSeen).map(narrow);
  const plain = letters.map((letter) => LIKE.get(letter) ?? letter);
  const words = plain.map((letter) => (/[\p{Alphabetic}\p{N}]/u.test(letter) ? letter : " ")).join("");
  return words
    .split(" ")
    .filter((word) => word !== "")
    .join(" ");
}

function isSeen(letter: string): boolean {
  const code = letter.codePointAt(0) ?? 0;
  return !UNSEEN.some(([from, to]) => code >= from && code <= to);
}

/** The Latin letter or digit that a wide one is. */
function narrow(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  return code >= 0xff01 && code <= 0xff5e ? String.fromCodePoint(code - 0xfee0) : letter;
}
