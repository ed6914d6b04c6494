import { readFile } from 'node:fs/promises';
import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { UsageError } from '../usage-error.js';
import { PRESETS } from './presets.js';
import { CONFIG_KEYS, configSchema, type Config } from './schema.js';

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
}

/**
 * Puts a configuration together and checks it.
 *
 * @param sources where values come from; what is absent in all of them gets its default
 * @throws UsageError naming the key, what was expected and what came; an unknown key with the nearest known one
 */
export async function resolveConfig({ base, preset, file, overrides = {}, assignments = [] }: ConfigSources): Promise<Config> {
  const fromFile = file === undefined ? {} : await readConfigFile(file);
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  return parseConfig({ ...base, ...presetValues(preset), ...fromFile, ...given, ...parseAssignments(assignments) });
}

/**
 * Checks config values; what is absent gets its default.
 *
 * @param values by key; an unknown key is an error
 * @throws UsageError as {@link resolveConfig}
 */
export function parseConfig(values: Readonly<Record<string, unknown>>): Config {
  for (const key of Object.keys(values)) {
    if (!CONFIG_KEYS.includes(key as keyof Config)) {
      throw new UsageError(`unknown config key ${key}; did you mean ${closest(key, CONFIG_KEYS)}?`);
    }
  }
  const parsed = configSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const key = issue.path.join('.');
    return `${key}: ${issue.message}, got ${JSON.stringify(values[key])}`;
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

async function readConfigFile(file: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`config file ${file} cannot be read: ${(error as Error).message}`);
  }
  const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(text));
  if (!parsed.success) throw new UsageError(`config file ${file} must hold one JSON object of config values`);
  return parsed.data;
}

function parseAssignments(assignments: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const at = assignment.indexOf('=');
      if (at < 1) throw new UsageError(`--set takes path=value, got ${assignment}`);
      const text = assignment.slice(at + 1);
      return [assignment.slice(0, at).trim(), parseJson(text) ?? text];
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
