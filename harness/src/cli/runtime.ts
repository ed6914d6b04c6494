import { describeRuntime, selectRuntime, type Runtime } from '@stargan/backend';

/** Selects the TensorFlow runtime and says on standard error which it is and why. */
export async function startRuntime(): Promise<Runtime> {
  const runtime = await selectRuntime({ quiet: true });
  console.error(describeRuntime(runtime));
  return runtime;
}
