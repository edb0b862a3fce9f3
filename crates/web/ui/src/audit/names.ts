import type { State } from "../fold";
import type { Registrar } from "../log/events";
import { likeness } from "./likeness";

/** The names of persons as they were first written, by what everybody sees of them. */
export class Names {
  private readonly known = new Map<string, string>();
  private enrolled = 0;

  /** What is wrong with the names of the first registrars, in a word; `null` if nothing is. */
  faultOf(registrars: readonly Registrar[]): string | null {
    const known = new Map<string, string>();
    const isGood = registrars.every(({ person }) => {
      const alike = likeness(person);
      if (!known.has(alike)) known.set(alike, person);
      return person.trim() !== "" && known.get(alike) === person;
    });
    return isGood ? null : "persons";
  }

  /** How whoever looks like this was first written; the name itself where nobody does. */
  first({ authors }: State, person: string): string {
    for (const author of authors.all().slice(this.enrolled)) {
      const alike = likeness(author.person);
      if (!this.known.has(alike)) this.known.set(alike, author.person);
    }
    this.enrolled = authors.all().length;
    return this.known.get(likeness(person)) ?? person;
  }
}
