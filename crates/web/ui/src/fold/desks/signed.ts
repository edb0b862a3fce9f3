import { encode, type Codec } from "../../log/codec";
import type { Form } from "../form";

/** Who signed something at a desk, and in which entry. */
export interface Step {
  readonly entry: number;
  /** The key, by the order of enrolment. */
  readonly author: number;
}

/** What somebody signed at a desk. */
export interface Signed<T> extends Step {
  readonly what: T;
  /** Its one spelling, as it goes into the state's hash. */
  readonly said: Uint8Array;
}

/** What was signed, kept with its one spelling. */
export function signed<T>(step: Step, codec: Codec<T>, what: T): Signed<T> {
  return { ...step, what, said: encode(codec, what) };
}

/** Its part of a state's canonical form: the entry, the key by the order of enrolment, and what was signed. */
export function formOf(form: Form, { entry, author, said }: Signed<unknown>): void {
  form.number(entry);
  form.number(author);
  form.bytes(said);
}

/** The part of what may have been signed, or not yet: a list of one or none. */
export function formOfOption(form: Form, signed: Signed<unknown> | null): void {
  form.number(signed === null ? 0 : 1);
  if (signed !== null) formOf(form, signed);
}

/** The part of a list: how many there are, then each. */
export function formOfAll(form: Form, all: readonly Signed<unknown>[]): void {
  form.number(all.length);
  for (const each of all) formOf(form, each);
}
