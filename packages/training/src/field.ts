/** One value of a configuration that is a number. */
export interface NumberField {
  /** `whole` takes whole numbers only. */
  readonly kind: 'number' | 'whole';
  /** What the value means. */
  readonly description: string;
  /** What it is when it is left out. */
  readonly default: number;
  /** Smallest value. */
  readonly minimum?: number;
  /** Largest value. */
  readonly maximum?: number;
  /** All values are smaller than this. */
  readonly below?: number;
  /** Whether the value must be a power of two. */
  readonly powerOfTwo?: boolean;
}

/** One value of a configuration that is one of several names. */
export interface ChoiceField {
  /** A choice between names. */
  readonly kind: 'choice';
  /** What the value means. */
  readonly description: string;
  /** What it is when it is left out. */
  readonly default: string;
  /** The names. */
  readonly values: readonly string[];
}

/** One value of a configuration, as plain data: types, checks, help and tables are made of it. */
export type Field = NumberField | ChoiceField;

/** Values of a configuration, by key. */
export type Fields = Readonly<Record<string, Field>>;

/** The configuration that fields describe. */
export type ConfigOf<Slice extends Fields> = {
  -readonly [Key in keyof Slice]: Slice[Key] extends { readonly values: readonly (infer Value)[] } ? Value : number;
};

/** The default of every field. */
export function defaultsOf<Slice extends Fields>(fields: Slice): ConfigOf<Slice> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.default])) as ConfigOf<Slice>;
}

/** The values of a slice of a configuration: those given, and the defaults of what is left out or undefined. */
export function withDefaults<Slice extends Fields>(
  fields: Slice,
  values: { readonly [Key in keyof Slice]?: ConfigOf<Slice>[Key] | undefined },
): ConfigOf<Slice> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, values[key] ?? field.default])) as ConfigOf<Slice>;
}

/** What a value should have been, such as `must be a whole number of at least 1`; undefined where it is as its field says. */
export function faultOf(field: Field, value: unknown): string | undefined {
  if (field.kind === 'choice')
    return field.values.includes(value as string) ? undefined : `must be one of ${field.values.map((name) => `"${name}"`).join(', ')}`;
  const { kind, minimum = -Infinity, maximum = Infinity, below = Infinity, powerOfTwo = false } = field;
  const number = powerOfTwo ? 'a power of two' : kind === 'whole' ? 'a whole number' : 'a finite number';
  const isNumber = kind === 'whole' ? Number.isInteger(value) : Number.isFinite(value);
  if (!isNumber || (powerOfTwo && !Number.isInteger(Math.log2(value as number)))) return `must be ${number}`;
  if ((value as number) < minimum) return `must be ${number} of at least ${minimum}`;
  if ((value as number) > maximum) return `must be ${number} of at most ${maximum}`;
  return (value as number) < below ? undefined : `must be ${number} below ${below}`;
}

/** A length or a count of images: each is a dimension of a tensor. */
export const dimension = { kind: 'whole', minimum: 1, maximum: 2 ** 16 } as const;

/** A count; more can only be a mistake, and would be met with memory that runs out. */
export const count = { kind: 'whole', minimum: 0, maximum: 1e9 } as const;

/** A factor. */
export const rate = { kind: 'number', minimum: 0 } as const;

/** A share. */
export const fraction = { kind: 'number', minimum: 0, maximum: 1 } as const;
