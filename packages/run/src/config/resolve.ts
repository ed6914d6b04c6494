import { ConfigError, fieldFaults, parseFields } from '@stargan/config';
import { parseAssignments, readConfigFile } from '@stargan/config/sources';
import { renameKeys } from '@stargan/training';
import { closest } from 'fastest-levenshtein';
import { UsageError } from '@stargan/command-line';
import { PRESETS } from './presets.js';
import { CONFIG_KEYS, configFields, type Config } from './schema.js';
import { configKeys } from './suggest-key.js';

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
  log?: (line: string) => void;
}

/**
 * Puts a configuration together and checks it.
 *
 * @param sources where values come from; what is absent in all of them gets its default
 * @throws UsageError naming the key, what was expected and what came; an unknown key with the nearest known one
 */
export async function resolveConfig({ base, preset, file, overrides = {}, assignments = [], log }: ConfigSources): Promise<Config> {
  const named = (values: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    const renamed = renameKeys(values);
    for (const note of renamed.notes) log?.(note);
    return renamed.values;
  };
  try {
    const fromFile = file === undefined ? {} : valuesOf(file, await readConfigFile(file), log);
    const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
    return parseConfig({
      ...base,
      ...named(presetValues(preset)),
      ...named(fromFile),
      ...given,
      ...named(parseAssignments(assignments)),
    });
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}

/** Values of a config file; of the record of a run, those of its configuration. */
function valuesOf(file: string, values: Readonly<Record<string, unknown>>, log: ConfigSources['log']): Readonly<Record<string, unknown>> {
  if (!('formatVersion' in values) || !('config' in values)) return values;
  const { config } = values;
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw new ConfigError(`config file ${file} is the record of a run, but its config holds no values`);
  log?.(`${file} is the record of a run: its configuration is taken, not its data or domains`);
  return config as Readonly<Record<string, unknown>>;
}

/**
 * Checks config values; what is absent gets its default.
 *
 * @param values by the keys of today; an unknown key is an error
 * @throws UsageError as {@link resolveConfig}
 */
export function parseConfig(values: Readonly<Record<string, unknown>>): Config {
  for (const key of Object.keys(values)) {
    if (!CONFIG_KEYS.includes(key as keyof Config))
      throw new UsageError(`unknown config key ${key}; did you mean ${configKeys.suggest(key)}?`);
  }
  const faults = fieldFaults(configFields, values);
  if (faults.length > 0) throw new UsageError(`config is not valid: ${faults.join('; ')}`);
  const config = parseFields(configFields, values);
  const { widthBudget, imageSize } = config;
  if (widthBudget < imageSize)
    throw new UsageError(`config is not valid: widthBudget: must be at least imageSize, ${imageSize}, for one channel, got ${widthBudget}`);
  return config;
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
