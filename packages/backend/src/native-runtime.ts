import * as tf from '@tensorflow/tfjs-core';
import { nativeEnvironment, restoreRemovedNodeFunctions, withVariables } from './environment.js';
import { loadFusedKernels } from './fused-kernels.js';
import { gatherWithoutReading } from './gather-on-device.js';
import { installCommand } from './install-command.js';
import { findTarget, hasAddon } from './install/paths.js';
import { libraryFault } from './install/placed-addon.js';
import { whyUnsupported } from './install/require-support.js';
import { findObstacle } from './machine/nvidia-access.js';
import { formatCard, findNvidiaCard } from './machine/nvidia.js';
import { describeProcessor } from './machine/processor.js';
import type { System } from './machine/system.js';
import type { NativeSettings } from './native-settings.js';
import { hasPagedBlocks } from './resident/allocator.js';
import { requirePackage, type ResolvedPackage } from './resolve-package.js';
import type { Runtime } from './runtime.js';
import { shareMemoryWhereNothingChanges } from './shared-memory-kernels.js';

/** A runtime that was loaded, or why it cannot be; `card`: there is one, so it is for the set-up to change that. */
export type Attempt = Omit<Runtime, 'reasons' | 'unusedCard'> | { readonly refusal: string; readonly card?: string };

const install = (options?: string): string => `run \`${installCommand(options)}\``;

interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** Loads tfjs-node-gpu (or a tfjs-node built on the CUDA library) when there is a card that TensorFlow can use. */
export async function loadNativeGpu(system: System, options: NativeSettings = {}): Promise<Attempt> {
  const card = await findNvidiaCard(system);
  if (card === undefined) return { refusal: 'no NVIDIA card with a driver was found' };
  const refusal = loadOnce(system, findTarget('gpu', system), '@tensorflow/tfjs-node-gpu', options);
  if (refusal !== undefined) return { refusal, card: formatCard(card) };
  const backend = loadedBackend();
  if (backend?.isUsingGpuDevice !== true) {
    const obstacle = findObstacle(card, system);
    const why = obstacle === undefined ? install('--flavour gpu') : `${obstacle.why}. ${obstacle.remedy}`;
    return { refusal: `TensorFlow loads but cannot use ${formatCard(card)}: ${why}`, card: formatCard(card) };
  }
  return ready('native-gpu', backend, formatCard(card));
}

/** Loads tfjs-node. */
export async function loadNativeCpu(system: System, options: NativeSettings = {}): Promise<Attempt> {
  const processor = describeProcessor(system);
  if (processor.avx === false) return { refusal: 'this processor has no AVX instructions, which TensorFlow needs' };
  const target = findTarget('cpu', system);
  const variables = {
    // A library with CUDA would otherwise take the card, which was not asked for or has been refused already.
    CUDA_VISIBLE_DEVICES: '-1',
    // The addon reads the one, and sets the other for TensorFlow if it can have its way.
    STARGAN_PAGED_BLOCKS: options.allocation === 'pooled' ? undefined : '1',
    TF_ONEDNN_USE_SYSTEM_ALLOCATOR: system.env.TF_ONEDNN_USE_SYSTEM_ALLOCATOR,
  };
  const refusal = withVariables(system.env, variables, () => {
    const fault = loadOnce(system, target, '@tensorflow/tfjs-node', options);
    // TensorFlow makes its allocator, and reads what is asked of that, with the first operation.
    if (fault === undefined) tf.dispose(tf.add(1, 1));
    return fault;
  });
  if (refusal !== undefined) return { refusal };
  const backend = loadedBackend();
  if (backend === undefined || backend.isUsingGpuDevice) {
    return { refusal: 'TensorFlow is already loaded with the GPU in this process' };
  }
  const threads = Number(system.env.TF_NUM_INTRAOP_THREADS ?? 0) || processor.cores;
  const fusedKernels = target === undefined ? undefined : await loadFusedKernels(target, system);
  const device = `CPU, ${String(threads)} ${threads === 1 ? 'thread' : 'threads'}`;
  const runtime = await ready('native-cpu', backend, device);
  return { ...runtime, fusedKernels, allocation: hasPagedBlocks() ? 'paged' : 'pooled' };
}

/** Loads the package unless a native backend is there already; gives the reason when that cannot be. */
function loadOnce(system: System, target: ResolvedPackage | undefined, name: string, options: NativeSettings): string | undefined {
  if (loadedBackend() !== undefined) return undefined;
  if (target === undefined) return `${name} is not installed: add it to the project, then ${install()}`;
  if (!hasAddon(target)) return whyUnsupported(system)?.why ?? `${target.name} is installed but its addon was not built: ${install()}`;
  // Loading a library that was cut short would end this process without a word.
  const fault = libraryFault(target);
  if (fault !== undefined) return `the TensorFlow library of ${target.name} is not whole, ${fault}: ${install()}`;
  Object.assign(system.env, nativeEnvironment(system.env, options));
  restoreRemovedNodeFunctions();
  try {
    requirePackage(target);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return `${target.name} does not load (${message.split('\n')[0] ?? ''}): ${install()}`;
  }
  if (loadedBackend() === undefined) {
    return `${target.name} uses another copy of @tensorflow/tfjs-core than @stargan/backend: install one version of both`;
  }
  return undefined;
}

function loadedBackend(): NativeBackend | undefined {
  const backend: unknown = tf.findBackend('tensorflow');
  return (backend as NativeBackend | null) ?? undefined;
}

async function ready(
  kind: 'native-gpu' | 'native-cpu',
  backend: NativeBackend,
  device: string,
): Promise<Omit<Runtime, 'reasons' | 'unusedCard'>> {
  shareMemoryWhereNothingChanges();
  gatherWithoutReading();
  await tf.setBackend('tensorflow');
  await tf.ready();
  return { kind, backendName: 'tensorflow', tensorflowVersion: backend.binding.TF_Version, device };
}
