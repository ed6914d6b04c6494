import { fieldHelp } from '@stargan/config';
import { configFields } from '@stargan/run';

/** All config values for `--help`: key, default and meaning, a line each. */
export const configHelp = (): string =>
  ['', 'Config values, for --set and --config, with their defaults:', ...fieldHelp(configFields)].join('\n');
