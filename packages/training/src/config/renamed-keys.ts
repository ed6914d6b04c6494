import { ConfigError } from '@stargan/config';

/** Keys of earlier versions, and what they are called now. */
const KEYS: Readonly<Record<string, string>> = {
  accumulate: 'gradientAccumulation',
  checkpointing: 'gradientCheckpointing',
  lambdaWasserstein: 'lambdaGradientPenalty',
  style: 'conditioning',
  variant: 'convolution',
};

/** Values of earlier versions, by the key as it is called now, and what they are called now. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  conditioning: { mapped: 'style' },
  penalty: { wasserstein: 'wganGp' },
};

/** A configuration by the names of today. */
export interface RenamedConfig {
  /** The values, by key; those that were not renamed as they came. */
  readonly values: Record<string, unknown>;
  /** A sentence for each key or value that has another name now. */
  readonly notes: string[];
}

const own = <Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/**
 * Maps keys and values of a configuration that an earlier version wrote, or that was written for one, to those of today.
 *
 * @param values by key, not checked yet
 * @throws when a value is given under its old and under its new key
 */
export function renameKeys(values: Readonly<Record<string, unknown>>): RenamedConfig {
  const renamed: Record<string, unknown> = {};
  const notes: string[] = [];
  for (const [given, value] of Object.entries(values)) {
    const key = own(KEYS, given) ?? given;
    if (key !== given) {
      if (Object.hasOwn(values, key)) throw new ConfigError(`config keys ${given} and ${key} are one value; give ${key} alone`);
      notes.push(`config key ${given} is called ${key} now`);
    }
    const now = typeof value === 'string' ? own(own(VALUES, key) ?? {}, value) : undefined;
    if (now !== undefined) notes.push(`${key} ${String(value)} is called ${now} now`);
    renamed[key] = now ?? value;
  }
  return { values: renamed, notes };
}
