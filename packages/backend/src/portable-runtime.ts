import * as tf from '@tensorflow/tfjs-core';
import type { Attempt } from './native-runtime.js';
import { requirePackage, resolvePackage } from './resolve-package.js';
import { runtimePackages } from './runtime.js';
import { registerWasmConvolutionGradient } from './wasm-convolution-gradient.js';

/** Loads the WebAssembly backend and gives it the convolution gradient that it lacks. */
export async function loadWasm(): Promise<Attempt> {
  const attempt = await loadPortable('wasm', 'WebAssembly, 1 thread');
  if (!('refusal' in attempt)) registerWasmConvolutionGradient();
  return attempt;
}

/** Loads the plain JavaScript backend. */
export async function loadCpu(): Promise<Attempt> {
  const attempt = await loadPortable('cpu', 'JavaScript, 1 thread');
  // It would advertise tfjs-node on first use; describeRuntime says the same, and which command does it.
  if (!('refusal' in attempt)) Reflect.set(tf.backend(), 'firstUse', false);
  return attempt;
}

async function loadPortable(kind: 'wasm' | 'cpu', device: string): Promise<Attempt> {
  const name = runtimePackages[kind];
  const resolved = resolvePackage(name);
  if (resolved === undefined) return { refusal: `${name} is not installed: add it to the project` };
  try {
    requirePackage(resolved);
    if (!(await tf.setBackend(kind))) return { refusal: `${name} ${resolved.version} does not start` };
  } catch (error) {
    return { refusal: `${name} ${resolved.version} does not load (${error instanceof Error ? error.message : String(error)})` };
  }
  await tf.ready();
  return { kind, backendName: kind, device };
}
