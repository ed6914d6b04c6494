import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { findBackendFactory, ready, setBackend } from '@tensorflow/tfjs-core';

/** Backends that the package answers for, in the order of its tables. `tensorflow` is the native one. */
export const BACKENDS = ['tensorflow', 'wasm', 'cpu'] as const;

export type BackendName = (typeof BACKENDS)[number];

/** Those that are registered in this process; names the missing ones once. */
export function availableBackends(): BackendName[] {
  return BACKENDS.filter((name) => {
    const present = findBackendFactory(name) != null;
    if (!present) console.warn(`The ${name} backend is not loaded: its tests are left out.`);
    return present;
  });
}

/** Makes a backend the current one. */
export async function useBackend(name: BackendName): Promise<void> {
  if (!(await setBackend(name))) throw new Error(`useBackend: the ${name} backend does not start`);
  await ready();
}
