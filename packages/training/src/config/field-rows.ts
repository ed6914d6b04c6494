import type { Field, Fields } from '../field.js';

/** A configuration value as help and tables show it. */
export interface FieldRow {
  /** The key. */
  readonly key: string;
  /** What it is when it is left out. */
  readonly default: string;
  /** The values that it may have: names, or a range. */
  readonly values: string;
  /** What it means, in Markdown. */
  readonly description: string;
}

/** Limits beyond this are there to catch mistakes, and are not worth a word. */
const LARGE = 1e6;

function valuesOf(field: Field): string {
  if (field.kind === 'choice') return field.values.map((value) => `\`${value}\``).join(', ');
  if (field.kind === 'flag') return 'true, false';
  const { kind, minimum, maximum = Infinity, below } = field;
  const isSmall = maximum < LARGE;
  const range = [
    ...(minimum === undefined ? [] : [isSmall ? `${minimum} to ${maximum}` : `≥ ${minimum}`]),
    ...(below === undefined ? [] : [`< ${below}`]),
  ].join(', ');
  if (field.powerOfTwo === true) return `power of two, ${range}`;
  return kind === 'whole' ? `whole, ${range}` : range;
}

/**
 * Configuration values as help and tables show them, in their order.
 *
 * @param fields what a configuration consists of, such as `trainingFields`
 */
export function fieldRows(fields: Fields): FieldRow[] {
  return Object.entries(fields).map(([key, field]) => ({
    key,
    default: field.kind === 'choice' ? `\`${field.default}\`` : `${field.default}`,
    values: valuesOf(field),
    description: field.description,
  }));
}

/**
 * The rows of {@link fieldRows} as a table in Markdown.
 *
 * @param fields what a configuration consists of, such as `trainingFields`
 */
export function fieldTable(fields: Fields): string {
  const rows = fieldRows(fields).map((row) => `| \`${row.key}\` | ${row.default} | ${row.values} | ${row.description} |`);
  return ['| key | default | values | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
