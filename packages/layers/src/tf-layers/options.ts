/** What a value of an option must be. */
export interface Option<Value> {
  /** Taken when the option is not given; without one it must be. */
  readonly fallback?: Value | undefined;
  /** Completes "must be …" in an error. */
  readonly expected: string;
  /** Whether a value is one that it may be. */
  readonly accepts: (value: unknown) => value is Value;
}

/** One entry per option of a layer. */
export type OptionTable<Options> = { readonly [Name in keyof Options]-?: Option<NonNullable<Options[Name]>> };

/**
 * A whole number ≥ `least`.
 *
 * @param least the smallest that it may be
 * @param fallback taken when the option is not given; without it the option is required
 */
export function wholeNumberOption(least: number, fallback?: number): Option<number> {
  return {
    fallback,
    expected: `a whole number ≥ ${least}`,
    accepts: (value): value is number => Number.isInteger(value) && (value as number) >= least,
  };
}

/**
 * A finite number.
 *
 * @param fallback taken when the option is not given; without it the option is required
 */
export function finiteNumberOption(fallback?: number): Option<number> {
  return { fallback, expected: 'a finite number', accepts: (value): value is number => Number.isFinite(value) };
}

/**
 * True or false.
 *
 * @param fallback taken when the option is not given; without it the option is required
 */
export function flagOption(fallback?: boolean): Option<boolean> {
  return { fallback, expected: 'true or false', accepts: (value): value is boolean => typeof value === 'boolean' };
}

/**
 * One of the words.
 *
 * @param words all that it may be
 * @param fallback taken when the option is not given; without it the option is required
 */
export function choiceOption<Word extends string>(words: readonly Word[], fallback?: Word): Option<Word> {
  return { fallback, expected: `one of ${words.join(', ')}`, accepts: (value): value is Word => words.includes(value as Word) };
}

/**
 * The options of `table` as `config` gives them, or else their fallbacks.
 *
 * @param label names the layer in errors
 * @param others keys of `config` that are not this table's concern
 * @throws naming the option that is missing, unknown or not what it must be
 */
export function readOptions<Options extends object>(
  label: string,
  table: OptionTable<Options>,
  config: Readonly<Record<string, unknown>>,
  others: readonly string[],
): Required<Options> {
  const entries = Object.entries<Option<unknown>>(table);
  const names = entries.map(([name]) => name);
  const unknown = Object.keys(config).find((key) => !names.includes(key) && !others.includes(key));
  if (unknown !== undefined) throw new Error(`${label}: options must be ${[...names, 'those of every layer'].join(', ')}, got ${unknown}`);
  const values = entries.map(([name, { fallback, expected, accepts }]) => {
    const value = config[name] ?? fallback;
    if (!accepts(value)) throw new Error(`${label}: ${name} must be ${expected}, got ${JSON.stringify(value) ?? String(value)}`);
    return [name, value];
  });
  return Object.fromEntries(values) as Required<Options>;
}
