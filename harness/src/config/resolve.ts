import { type RenamedConfig, renameKeys } from '@stargan/training';
import { closest } from 'fastest-levenshtein';
import { UsageError } from '../usage-error.js';
import { PRESETS } from './presets.js';
import { readConfigFile } from './read-config-file.js';
import { CONFIG_KEYS, configSchema, type Config } from './schema.js';
import { suggestKey } from './suggest-key.js';

/** Where config values come from, weakest first: defaults, `base`, preset, file, `overrides`, `assignments`. */
export interface ConfigSources {
  /** Values of an earlier run. */
  base?: Config;
  /** Name of one of {@link PRESETS}. */
  preset?: string;
  /** Path of a JSON file. */
  file?: string;
  /** Values of the command line's own options. */
  overrides?: Partial<Config>;
  /** `path=value` texts. */
  assignments?: readonly string[];
  /** Takes a line about what was made of the sources. */
  say?: (line: string) => void;
}

/**
 * Puts a configuration together and checks it.
 *
 * @param sources where values come from; what is absent in all of them gets its default
 * @throws UsageError naming the key, what was expected and what came; an unknown key with the nearest known one
 */
export async function resolveConfig({ base, preset, file, overrides = {}, assignments = [], say }: ConfigSources): Promise<Config> {
  const fromFile = file === undefined ? undefined : await readConfigFile(file);
  if (fromFile?.note !== undefined) say?.(fromFile.note);
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const named = (values: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => {
    const renamed = namedAsToday(values);
    for (const note of renamed.notes) say?.(note);
    return renamed.values;
  };
  return parseConfig({
    ...base,
    ...named(presetValues(preset)),
    ...named(fromFile?.values),
    ...given,
    ...named(parseAssignments(assignments)),
  });
}

/** {@link renameKeys}, whose error is one of usage here. */
function namedAsToday(values: Readonly<Record<string, unknown>>): RenamedConfig {
  try {
    return renameKeys(values);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/**
 * Checks config values; what is absent gets its default.
 *
 * @param values by the keys of today; an unknown key is an error
 * @throws UsageError as {@link resolveConfig}
 */
export function parseConfig(values: Readonly<Record<string, unknown>>): Config {
  for (const key of Object.keys(values)) {
    if (!CONFIG_KEYS.includes(key as keyof Config)) {
      throw new UsageError(`unknown config key ${key}; did you mean ${suggestKey(key)}?`);
    }
  }
  const parsed = configSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const key = issue.path.join('.');
    return `${key}: ${expectation(issue.message)}, got ${describeValue(values[key])}`;
  });
  throw new UsageError(`config is not valid: ${faults.join('; ')}`);
}

function presetValues(name: string | undefined): Partial<Config> {
  if (name === undefined) return {};
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (preset === undefined) {
    const names = Object.keys(PRESETS);
    throw new UsageError(`unknown preset ${name}; did you mean ${closest(name, names)}? (there are ${names.join(', ')})`);
  }
  return preset;
}

/** A number as people write it, such as `.0001`, `+1` or `1e-4`, which JSON does not always take. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function parseAssignments(assignments: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const at = assignment.indexOf('=');
      if (at < 1) throw new UsageError(`--set takes key=value, got ${assignment}`);
      const text = assignment.slice(at + 1).trim();
      if (text === '') throw new UsageError(`--set ${assignment} gives no value; was a shell variable unset?`);
      return [assignment.slice(0, at).trim(), parseValue(text)];
    }),
  );
}

function parseValue(text: string): unknown {
  if (NUMBER.test(text)) return Number(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What zod expected, in the words of the other messages. */
function expectation(message: string): string {
  return message
    .replace(/^Invalid input: expected (\w+), received .*$/, 'must be a finite $1')
    .replace(/^(?:Too big|Too small): expected number to be /, 'must be ')
    .replace(/^Invalid option: expected /, 'must be ')
    .replace('<=', '≤ ')
    .replace('>=', '≥ ')
    .replace(/^must be <(?=\d)/, 'must be < ')
    .replace('a finite boolean', 'true or false')
    .replace('a finite int', 'a whole number')
    .replace('a finite string', 'a text');
}

/** A value as it stands in a message: short, and infinite as well. */
function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
