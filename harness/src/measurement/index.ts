// What benchmarks need of the harness. Not meant for applications.
export { countWork, type KernelCount, type WorkCount } from './count-work.js';
export { profileWork, type KernelTime, type WorkProfile } from './profile-work.js';
export { resolveConfig, type ConfigSources } from '../config/resolve.js';
export { trainingWorkload, type TrainingWorkload, type WorkloadOptions } from './training-workload.js';
export { UsageError } from '../usage-error.js';
export type { Config } from '../config/schema.js';
