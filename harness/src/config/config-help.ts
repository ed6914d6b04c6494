import { fieldRows } from '@stargan/training';
import { configFields } from './schema.js';

/** All config values for `--help`: key, default and meaning, a line each. */
export function configHelp(): string {
  const rows = fieldRows(configFields);
  const plain = (text: string): string => text.replaceAll('`', '');
  const width = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length)) + 2;
  const [keys, defaults] = [width(rows.map(({ key }) => key)), width(rows.map((row) => plain(row.default)))];
  return [
    '',
    'Config values, for --set and --config, with their defaults:',
    ...rows.map((row) => `  ${row.key.padEnd(keys)}${plain(row.default).padEnd(defaults)}${plain(row.description)}`),
  ].join('\n');
}
