import { describeRuntime, selectRuntime, type Runtime } from '@stargan/backend';

/**
 * Selects the TensorFlow runtime and says on standard error which it is and why.
 *
 * @param threads of the native runtime; all cores by default
 */
export async function startRuntime(threads?: number): Promise<Runtime> {
  const runtime = await selectRuntime({ quiet: true, threads });
  console.error(describeRuntime(runtime));
  return runtime;
}
