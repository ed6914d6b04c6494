import type { ConfigOf, Fields } from '@stargan/config';
import { trainingFields } from '@stargan/training';
import { evaluationFields } from './evaluation-fields.js';
import { runFields } from './run-fields.js';

/**
 * Every value of a configuration: all that settles a training run besides the data. Flat, so that each can be set from
 * the command line; the defaults are the reference implementation's.
 */
export const configFields = { ...trainingFields, ...runFields, ...evaluationFields } as const satisfies Fields;

/** A validated configuration. */
export type Config = ConfigOf<typeof configFields>;

/** Names of all config values. */
export const CONFIG_KEYS = Object.keys(configFields) as (keyof Config)[];
