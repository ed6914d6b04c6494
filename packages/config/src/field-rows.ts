import type { Field, Fields } from './field.js';

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
  if (field.kind === 'text') return 'text';
  const { kind, minimum, maximum = Infinity, below } = field;
  const isSmall = maximum < LARGE;
  const range = [
    ...(minimum === undefined ? [] : [isSmall ? `${minimum} to ${maximum}` : `≥ ${minimum}`]),
    ...(below === undefined ? [] : [`< ${below}`]),
  ].join(', ');
  if (field.powerOfTwo === true) return `power of two, ${range}`;
  return kind === 'whole' ? `whole, ${range}` : range;
}

function defaultOf(field: Field): string {
  if (field.kind === 'text' && field.default === '') return 'none';
  return field.kind === 'choice' || field.kind === 'text' ? `\`${field.default}\`` : `${field.default}`;
}

/**
 * Configuration values as help and tables show them, in their order.
 *
 * @param fields what a configuration consists of, such as `trainingFields` of `@stargan/training`
 */
export function fieldRows(fields: Fields): FieldRow[] {
  return Object.entries(fields).map(([key, field]) => ({
    key,
    default: defaultOf(field),
    values: valuesOf(field),
    description: field.description,
  }));
}

/**
 * The rows of {@link fieldRows} as a table in Markdown.
 *
 * @param fields what a configuration consists of, such as `trainingFields` of `@stargan/training`
 */
export function fieldTable(fields: Fields): string {
  const rows = fieldRows(fields).map((row) => `| \`${row.key}\` | ${row.default} | ${row.values} | ${row.description} |`);
  return ['| key | default | values | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/**
 * The rows of {@link fieldRows} for a terminal: key, default and meaning, a line each.
 *
 * @param fields what a configuration consists of
 * @returns lines without Markdown, indented by two spaces
 */
export function fieldHelp(fields: Fields): string[] {
  const rows = fieldRows(fields);
  const plain = (text: string): string => text.replaceAll('`', '');
  const width = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length)) + 2;
  const [keys, defaults] = [width(rows.map(({ key }) => key)), width(rows.map((row) => plain(row.default)))];
  return rows.map((row) => `  ${row.key.padEnd(keys)}${plain(row.default).padEnd(defaults)}${plain(row.description)}`);
}
