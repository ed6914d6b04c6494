import type { ConfigOf, Field, Fields } from '../field.js';

/**
 * Values of a configuration, checked; what is absent gets its default, and keys of other slices are passed over.
 *
 * @param fields what is read
 * @param values by key
 * @throws naming the key, what was expected and what came
 */
export function parseFields<Slice extends Fields>(fields: Slice, values: Readonly<Record<string, unknown>>): ConfigOf<Slice> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => {
      const value = Object.hasOwn(values, key) && values[key] !== undefined ? values[key] : field.default;
      const expected = expectation(field, value);
      if (expected !== undefined) throw new Error(`${key}: must be ${expected}, got ${JSON.stringify(value)}`);
      return [key, value];
    }),
  ) as ConfigOf<Slice>;
}

/** What a value should have been, or undefined where it may be what it is. */
function expectation(field: Field, value: unknown): string | undefined {
  if (field.kind === 'choice') {
    return field.values.includes(value as string) ? undefined : `one of ${field.values.map((name) => JSON.stringify(name)).join('|')}`;
  }
  if (field.kind === 'flag') return typeof value === 'boolean' ? undefined : 'true or false';
  const { kind, minimum = -Infinity, maximum = Infinity, below = Infinity, powerOfTwo = false } = field;
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'a finite number';
  if (kind === 'whole' && !Number.isSafeInteger(value)) return 'a whole number';
  if (powerOfTwo && !Number.isInteger(Math.log2(value))) return `a power of two ≥ ${minimum}`;
  if (value < minimum) return `≥ ${minimum}`;
  if (value > maximum) return `≤ ${maximum}`;
  return value < below ? undefined : `< ${below}`;
}
