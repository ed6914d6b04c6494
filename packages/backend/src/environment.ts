import util from 'node:util';
import type { Environment } from './machine/run-command.js';
import type { NativeSettings } from './native-settings.js';

/** Environment that TensorFlow's C library reads once, when it is loaded; what the user has set is left alone. */
export function nativeEnvironment(env: Environment, { threads, precision = 'float32' }: NativeSettings = {}): Record<string, string> {
  const settings: Record<string, string> = {};
  if (env.TF_CPP_MIN_LOG_LEVEL === undefined) settings.TF_CPP_MIN_LOG_LEVEL = '2';
  // Otherwise TensorFlow takes nearly all memory of the card at once, also from programs beside it.
  if (env.TF_FORCE_GPU_ALLOW_GROWTH === undefined) settings.TF_FORCE_GPU_ALLOW_GROWTH = 'true';
  if (threads !== undefined) settings.TF_NUM_INTRAOP_THREADS = String(threads);
  // The libraries' own defaults differ: oneDNN keeps to float32, CUDA takes TensorFloat-32 where the card has it.
  if (precision === 'reduced' && env.ONEDNN_DEFAULT_FPMATH_MODE === undefined) settings.ONEDNN_DEFAULT_FPMATH_MODE = 'BF16';
  if (precision === 'float32' && env.NVIDIA_TF32_OVERRIDE === undefined) settings.NVIDIA_TF32_OVERRIDE = '0';
  return settings;
}

/** Runs `work` while the environment has these variables, or lacks those that are undefined, and then puts back what was there. */
export function withVariables<T>(env: Environment, variables: Environment, work: () => T): T {
  const before = Object.keys(variables).map((name) => [name, env[name]] as const);
  assign(env, Object.entries(variables));
  try {
    return work();
  } finally {
    assign(env, before);
  }
}

function assign(env: Environment, variables: Iterable<readonly [string, string | undefined]>): void {
  for (const [name, value] of variables) {
    // Assigned to `process.env`, it would become the word.
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
}

/** tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node.js 23 removed. */
export function restoreRemovedNodeFunctions(): void {
  if (!('isNullOrUndefined' in util)) {
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
  }
}
