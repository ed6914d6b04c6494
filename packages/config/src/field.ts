/** One value of a configuration that is a number. */
export interface NumberField {
  /** `whole` takes whole numbers only. */
  readonly kind: 'number' | 'whole';
  /** What the value means. */
  readonly description: string;
  /** What it is when it is left out. */
  readonly default: number;
  /** Smallest value. */
  readonly minimum?: number | undefined;
  /** Largest value. */
  readonly maximum?: number | undefined;
  /** All values are smaller than this. */
  readonly below?: number | undefined;
  /** Whether the value must be a power of two. */
  readonly powerOfTwo?: boolean | undefined;
}

/** The values that a number may have. */
export type NumberRange = Omit<NumberField, 'description' | 'default'>;

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

/** One value of a configuration that is true or false. */
export interface FlagField {
  /** True or false. */
  readonly kind: 'flag';
  /** What true means. */
  readonly description: string;
  /** What it is when it is left out. */
  readonly default: boolean;
}

/** One value of a configuration that is a text. */
export interface TextField {
  /** Any text. */
  readonly kind: 'text';
  /** What the text means. */
  readonly description: string;
  /** What it is when it is left out. */
  readonly default: string;
}

/** One value of a configuration, as plain data: types, checks, help and tables are made of it. */
export type Field = NumberField | ChoiceField | FlagField | TextField;

/** Values of a configuration, by key. */
export type Fields = Readonly<Record<string, Field>>;

/** The configuration that fields describe: a number, one of the names, a text, or true or false for each. */
export type ConfigOf<Slice extends Fields> = {
  -readonly [Key in keyof Slice]: Slice[Key] extends { readonly values: readonly (infer Value)[] }
    ? Value
    : Slice[Key] extends FlagField
      ? boolean
      : Slice[Key] extends TextField
        ? string
        : number;
};

/**
 * The default of every field.
 *
 * @param fields what a configuration consists of, such as `trainingFields` of `@stargan/training`
 */
export function defaultsOf<Slice extends Fields>(fields: Slice): ConfigOf<Slice> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.default])) as ConfigOf<Slice>;
}

/**
 * The values of a slice of a configuration: those given, and the defaults of what is left out or undefined.
 *
 * @param fields what the slice consists of
 * @param values those given
 */
export function withDefaults<Slice extends Fields>(
  fields: Slice,
  values: { readonly [Key in keyof Slice]?: ConfigOf<Slice>[Key] | undefined },
): ConfigOf<Slice> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, values[key] ?? field.default])) as ConfigOf<Slice>;
}

/** A length or a count of images: each is a dimension of a tensor. */
export const dimension: NumberRange = { kind: 'whole', minimum: 1, maximum: 2 ** 16 };

/** A count; more can only be a mistake, and would be met with memory that runs out. */
export const count: NumberRange = { kind: 'whole', minimum: 0, maximum: 1e9 };

/** A factor. */
export const rate: NumberRange = { kind: 'number', minimum: 0 };

/** A share. */
export const fraction: NumberRange = { kind: 'number', minimum: 0, maximum: 1 };
