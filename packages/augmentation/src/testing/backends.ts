import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
// Registers the gradients of every operation; tfjs-core alone has none.
import '@tensorflow/tfjs-layers';
import { enableProdMode, findBackendFactory, memory, ready, setBackend } from '@tensorflow/tfjs-core';

// Silences the advice to install another backend.
enableProdMode();

/** Backends that run anywhere, and TensorFlow's own where the test run has loaded it. */
export const BACKENDS: readonly string[] = ['cpu', 'wasm', 'tensorflow'].filter((name) => findBackendFactory(name) !== null);

/** Makes `name` the backend of the tests that follow. */
export async function selectBackend(name: string): Promise<void> {
  if (!(await setBackend(name))) throw new Error(`tests: backend ${name} did not start`);
  await ready();
}

/** How many tensors are alive after `f` that were not before. */
export function tensorsLeft(f: () => void): number {
  const before = memory().numTensors;
  f();
  return memory().numTensors - before;
}
