/** A text as people look for it: small letters, without accents, so that "Peña" is found by "pena". */
export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
}
