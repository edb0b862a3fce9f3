import { Reader, Writer, type DecodeCode } from "./bytes";

/** How values of one type are read from bytes and written to them: `docs/EVENTS.md`, "How values are written". */
export interface Codec<T> {
  read(from: Reader): T;
  write(to: Writer, value: T): void;
}

/** The type that a codec reads. */
export type Of<C> = C extends Codec<infer T> ? T : never;

/** Reads a value that is all of the bytes. */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  const reader = new Reader(bytes);
  const value = codec.read(reader);
  reader.end();
  return value;
}

/** The one spelling of a value. */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new Writer();
  codec.write(writer, value);
  return writer.bytes();
}

/** One byte. */
export const u8: Codec<number> = {
  read: (from) => from.u8(),
  write: (to, value) => {
    to.u8(value);
  },
};

function narrow(largest: number): Codec<number> {
  return {
    read: (from) => from.narrow(largest),
    write: (to, value) => {
      to.varint(value);
    },
  };
}

export const u16 = narrow(0xffff);
export const u32 = narrow(0xffff_ffff);

/** A `u64` that counts entries or time: more than 2^53 - 1 is refused as too large for this verifier. */
export const safe: Codec<number> = {
  read: (from) => from.safe(),
  write: (to, value) => {
    to.varint(value);
  },
};

/** A `u64` in full. */
export const u64: Codec<bigint> = {
  read: (from) => from.wide(),
  write: (to, value) => {
    to.varint(value);
  },
};

/** A number that is counted from 1. */
export function fromOne(codec: Codec<number>): Codec<number> {
  return {
    read: (from) => {
      const value = codec.read(from);
      return value === 0 ? from.fail("zero") : value;
    },
    write: (to, value) => {
      codec.write(to, value);
    },
  };
}

export const bool: Codec<boolean> = {
  read: (from) => {
    const byte = from.u8();
    return byte > 1 ? from.fail("not-a-switch") : byte === 1;
  },
  write: (to, value) => {
    to.u8(value ? 1 : 0);
  },
};

/** So many bytes, without a length. */
export function fixed(count: number): Codec<Uint8Array> {
  return {
    read: (from) => from.take(count),
    write: (to, value) => {
      to.put(value);
    },
  };
}

/** Bytes after their length. */
export const blob: Codec<Uint8Array> = {
  read: (from) => from.take(from.length()),
  write: (to, value) => {
    to.varint(value.length);
    to.put(value);
  },
};

/** A string without further rules: whoever shows it takes care. */
export const string: Codec<string> = {
  read: (from) => from.string(),
  write: (to, value) => {
    blob.write(to, new TextEncoder().encode(value));
  },
};

const LONGEST_TEXT = 2000;
// Unicode's category Cc, and what turns, joins or hides what stands beside it.

const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** Whether a string can be shown as it is. */
export function isText(value: string): boolean {
  return !isLong(value) && !HIDDEN.test(value);
}

function isLong(value: string): boolean {
  return value.length * 3 > LONGEST_TEXT && new TextEncoder().encode(value).length > LONGEST_TEXT;
}

/** A string that can be shown as it is. */
export const text: Codec<string> = {
  read: (from) => {
    const value = from.string();
    if (isLong(value)) from.fail("text-too-long");
    return HIDDEN.test(value) ? from.fail("hidden-character") : value;
  },
  write: (to, value) => {
    string.write(to, value);
  },
};

/** A value or none. */
export function option<T>(codec: Codec<T>): Codec<T | null> {
  return {
    read: (from) => (bool.read(from) ? codec.read(from) : null),
    write: (to, value) => {
      bool.write(to, value !== null);
      if (value !== null) codec.write(to, value);
    },
  };
}

/** Several values, after their number. */
export function list<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    read: (from) => {
      const values: T[] = [];
      // No value is written with nothing, so that a length above the bytes that are left is refused at once.
      for (let left = from.length(); left > 0; left -= 1) values.push(codec.read(from));
      return values;
    },
    write: (to, values) => {
      to.varint(values.length);
      for (const value of values) codec.write(to, value);
    },
  };
}

/** Several values whose key strictly rises. */
export function rising<T>(codec: Codec<T>, key: (value: T) => number): Codec<readonly T[]> {
  const each = list(codec);
  return {
    read: (from) => {
      const values = each.read(from);
      let before = -1;
      for (const value of values) {
        if (key(value) <= before) from.fail("not-rising");
        before = key(value);
      }
      return values;
    },
    write: (to, values) => {
      each.write(to, values);
    },
  };
}

/** Two values, one behind the other. */
export function pair<A, B>(first: Codec<A>, second: Codec<B>): Codec<readonly [A, B]> {
  return {
    read: (from) => [first.read(from), second.read(from)],
    write: (to, [one, other]) => {
      first.write(to, one);
      second.write(to, other);
    },
  };
}

type Fields = Readonly<Record<string, Codec<unknown>>>;
type Struct<F extends Fields> = { readonly [K in keyof F]: Of<F[K]> };

/** A struct: its fields in the order in which they stand here. */
export function struct<const F extends Fields>(fields: F): Codec<Struct<F>> {
  const parts = Object.entries(fields);
  return {
    read: (from) => {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of parts) value[name] = codec.read(from);
      // Every field of `F` was just set, each by its own codec; the compiler cannot follow the loop.
      return value as Struct<F>;
    },
    write: (to, value) => {
      for (const [name, codec] of parts) codec.write(to, value[name]);
    },
  };
}

/** What a variant holds: nothing (`null`), one value (its codec), or named fields. */
type Held = null | Codec<unknown> | { readonly fields: Fields };
type Variant<K, H> = H extends null
  ? { readonly kind: K }
  : H extends { readonly fields: infer F extends Fields }
    ? { readonly kind: K } & Struct<F>
    : { readonly kind: K; readonly value: Of<H> };
/** One of some variants, told apart by `kind`. */
export type OneOf<V> = { [K in keyof V]: Variant<K, V[K]> }[keyof V];

interface Form {
  readonly kind: string;
  read(from: Reader): object;
  write(to: Writer, value: object): void;
}

function form(kind: string, held: Held): Form {
  if (held === null) return { kind, read: () => ({ kind }), write: () => undefined };
  if ("fields" in held) {
    const inner = struct(held.fields);
    return {
      kind,
      read: (from) => ({ kind, ...inner.read(from) }),
      write: (to, value) => {
        inner.write(to, value as Struct<Fields>);
      },
    };
  }
  return {
    kind,
    read: (from) => ({ kind, value: held.read(from) }),
    write: (to, value) => {
      held.write(to, "value" in value ? value.value : undefined);
    },
  };
}

/** An enum: its variants in the order of their indices. */
export function oneOf<const V extends Readonly<Record<string, Held>>>(
  variants: V,
  unknown: DecodeCode = "unknown-variant",
): Codec<OneOf<V>> {
  const forms = Object.entries(variants).map(([kind, held]) => form(kind, held));
  return {
    read: (from) => {
      const found = forms[from.narrow(0xffff_ffff)];
      if (found === undefined) return from.fail(unknown);
      // The form was made from the variant of `V` with this index, which the compiler cannot follow.
      return found.read(from) as OneOf<V>;
    },
    write: (to, value) => {
      const { kind } = value as { kind: string };
      const index = forms.findIndex((each) => each.kind === kind);
      to.varint(index);
      forms[index]?.write(to, value);
    },
  };
}

/** Kinds of events, in the order of their indices. A log of a newer program has others, of which nothing can be said. */
export function kindsOf<const V extends Readonly<Record<string, Held>>>(variants: V): Codec<OneOf<V>> {
  return oneOf(variants, "unknown-kind");
}
