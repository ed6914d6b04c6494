import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { usableKernels } from './install/compile-kernels.js';
import { readValidStamp } from './install/placed-addon.js';
import type { System } from './machine/system.js';
import type { ResolvedPackage } from './resolve-package.js';
import type { FusedKernels } from './runtime.js';

interface NativeBackend {
  readonly binding: { readonly TF_ATTR_FLOAT: number; readonly TF_ATTR_INT: number };
  executeSingleOutput(name: string, attributes: object[], inputs: tf.TensorInfo[]): tf.TensorInfo;
  executeMultipleOutputs(name: string, attributes: object[], inputs: tf.TensorInfo[], outputs: number): tf.TensorInfo[];
}

interface Signature {
  /** Names of the inputs, in the operation's order. */
  readonly inputs: readonly string[];
  /** Names of the attributes, all numbers. */
  readonly attributes: readonly string[];
}

const normalization = { inputs: ['x', 'scale', 'shift'], attributes: ['epsilon', 'slope', 'offset'] };
const normalizationGradient = { ...normalization, inputs: ['dy', ...normalization.inputs] };
const biasGradient = { inputs: ['dy', 'x', 'bias'], attributes: ['slope'] };

/** One output, a fixed number of inputs. */
const signatures: Readonly<Record<string, Signature>> = {
  StarganInstanceNormalization: normalization,
  StarganInstanceNormalizationInputGradient: normalizationGradient,
  StarganInstanceNormalizationScaleGradient: normalizationGradient,
  StarganInstanceNormalizationShiftGradient: normalizationGradient,
  StarganAddBiasLeakyRelu: { inputs: ['x', 'bias'], attributes: ['slope'] },
  StarganAddBiasLeakyReluInputGradient: biasGradient,
  StarganAddBiasLeakyReluBiasGradient: biasGradient,
  StarganResidualSum: { inputs: ['a', 'b'], attributes: ['scale'] },
  StarganSumPool2x2: { inputs: ['x'], attributes: ['factor'] },
  StarganUpsampleNearest2x: { inputs: ['x'], attributes: ['factor'] },
  StarganWinogradConvolution: { inputs: ['x', 'filter'], attributes: ['resampling'] },
  StarganWinogradConvolutionInputGradient: { inputs: ['dy', 'filter'], attributes: ['resampling'] },
  StarganWinogradConvolutionFilterGradient: { inputs: ['x', 'dy'], attributes: ['resampling'] },
};

/** Inputs and outputs that end in lists of `count` tensors; the number is that of the outputs before the list. */
const lists: Readonly<Record<string, number>> = { StarganAdam: 2, StarganMovingAverage: 0 };

/** The kernels that `loadFusedKernels` registers, by the names under which operations look for them. */
export const fusedKernelNames: readonly string[] = [...Object.keys(signatures), ...Object.keys(lists)];

/**
 * Loads the fused kernels into TensorFlow and registers them with tfjs-core as kernels of the `tensorflow` backend.
 *
 * The registry is all that this package and those that use the kernels share: under each of the names above,
 * `@stargan/ops` registers a kernel composed of ordinary operations unless one is there, and `@stargan/optimizers`
 * looks there for its own. A kernel for another backend can be put in the same place.
 */
export function loadFusedKernels(target: ResolvedPackage, system: System): FusedKernels {
  const found = findKernels(target, system);
  if ('why' in found) return { available: false, ...found };
  try {
    const { operations } = createRequire(import.meta.url)(found.file) as { operations: string[] };
    for (const name of operations) register(name);
    return { available: true };
  } catch (error) {
    return { available: false, why: error instanceof Error ? error.message : String(error) };
  }
}

/** Says whether {@link loadFusedKernels} would find kernels, without loading them. */
export function inspectFusedKernels(target: ResolvedPackage, system: System): FusedKernels {
  const found = findKernels(target, system);
  return 'why' in found ? { available: false, ...found } : { available: true };
}

function findKernels(target: ResolvedPackage, system: System): { readonly file: string } | { readonly why: string } {
  if (system.env.STARGAN_NATIVE_KERNELS === '0') return { why: 'STARGAN_NATIVE_KERNELS=0' };
  const stamp = readValidStamp(target, system);
  return usableKernels(stamp?.kernels, stamp?.library?.folder, system);
}

function register(name: string): void {
  const kernelFunc = name in lists ? listKernel(name, lists[name] ?? 0) : fixedKernel(name, signatures[name]);
  if (kernelFunc === undefined) return;
  const place = { kernelName: name, backendName: 'tensorflow' };
  // One that was composed before this runtime was selected; registering over it would print a warning.
  if (tf.getKernel(name, place.backendName) != null) tf.unregisterKernel(name, place.backendName);
  tf.registerKernel({ ...place, kernelFunc });
}

function fixedKernel(name: string, signature: Signature | undefined): tf.KernelFunc | undefined {
  if (signature === undefined) return undefined;
  return ({ inputs, attrs, backend }) => {
    const native = backend as NativeBackend;
    const type = native.binding.TF_ATTR_FLOAT;
    const attributes = signature.attributes.map((attribute) => ({ name: attribute, type, value: attrs?.[attribute] }));
    const given = signature.inputs.map((input) => inputs[input]).filter((input) => input !== undefined);
    return native.executeSingleOutput(name, attributes, given);
  };
}

function listKernel(name: string, outputsBefore: number): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const native = backend as NativeBackend;
    const count = Number(attrs?.count);
    const attributes = [{ name: 'N', type: native.binding.TF_ATTR_INT, value: count }];
    const given = Object.values(inputs).filter((input) => input !== undefined);
    return native.executeMultipleOutputs(name, attributes, given, outputsBefore + count);
  };
}
