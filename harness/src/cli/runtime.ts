import { describeRuntime, selectRuntime, type Precision, type Runtime } from '@stargan/backend';

/**
 * Selects the TensorFlow runtime and prints to standard error which it is and why.
 *
 * @param settings of the native runtime: all cores and float32 by default
 */
export async function startRuntime(settings: { threads?: number; precision?: Precision } = {}): Promise<Runtime> {
  const runtime = await selectRuntime({ quiet: true, ...settings });
  console.error(describeRuntime(runtime));
  return runtime;
}
