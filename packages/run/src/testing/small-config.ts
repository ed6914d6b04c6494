import { SMALL_MODEL } from '@stargan/testing/small-model';
import { parseConfig } from '../config/resolve.js';
import type { Config } from '../config/schema.js';

/** A checked configuration of a small model. */
export const smallConfig = (values: Partial<Config> = {}): Config => parseConfig({ ...SMALL_MODEL, ...values });
