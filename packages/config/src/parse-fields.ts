import { ConfigError } from './config-error.js';
import type { ConfigOf, Field, Fields } from './field.js';

/**
 * Values of a configuration, checked; what is absent gets its default, and keys of other slices are passed over.
 *
 * @param fields what is read
 * @param values by key
 * @throws {ConfigError} naming the first key that is wrong, what was expected and what came
 */
export function parseFields<Slice extends Fields>(fields: Slice, values: Readonly<Record<string, unknown>>): ConfigOf<Slice> {
  const [fault] = fieldFaults(fields, values);
  if (fault !== undefined) throw new ConfigError(fault);
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, valueOf(key, field, values)])) as ConfigOf<Slice>;
}

/**
 * What is wrong with values of a configuration: a clause for each, `batch: must be ≥ 1, got 0`; none where all is well.
 *
 * @param fields what is read
 * @param values by key; keys of other slices are passed over
 */
export function fieldFaults(fields: Fields, values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const value = valueOf(key, field, values);
    const expected = expectation(field, value);
    return expected === undefined ? [] : [`${key}: must be ${expected}, got ${describeValue(value)}`];
  });
}

const valueOf = (key: string, field: Field, values: Readonly<Record<string, unknown>>): unknown =>
  Object.hasOwn(values, key) && values[key] !== undefined ? values[key] : field.default;

/** A value as it stands in a message: short, and infinite as well. */
function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** What a value should have been, or undefined where it may be what it is. */
function expectation(field: Field, value: unknown): string | undefined {
  if (field.kind === 'choice') {
    return field.values.includes(value as string) ? undefined : `one of ${field.values.map((name) => JSON.stringify(name)).join('|')}`;
  }
  if (field.kind === 'flag') return typeof value === 'boolean' ? undefined : 'true or false';
  if (field.kind === 'text') return typeof value === 'string' ? undefined : 'a text';
  const { kind, minimum = -Infinity, maximum = Infinity, below = Infinity, powerOfTwo = false } = field;
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'a finite number';
  if (powerOfTwo && (!Number.isInteger(Math.log2(value)) || value < minimum)) return `a power of two ≥ ${minimum}`;
  if (powerOfTwo && value > maximum) return `at most ${maximum}`;
  if (kind === 'whole' && !Number.isSafeInteger(value)) return 'a whole number';
  if (value < minimum) return `≥ ${minimum}`;
  if (value > maximum) return `≤ ${maximum}`;
  return value < below ? undefined : `< ${below}`;
}
