import { availableMemory } from './machine/memory.js';
import { findNvidiaCard } from './machine/nvidia.js';
import { thisSystem, type System } from './machine/system.js';
import { chosenAllocation } from './native-settings.js';
import type { Allocation, Runtime } from './runtime.js';

/** Where the tensors of a program will live, and how much of it there is. */
export interface MemoryBudget {
  /** Names the place in messages. */
  readonly place: string;
  /** Bytes that may be taken there; undefined where that is not known. */
  readonly availableBytes: number | undefined;
  /** Bytes that are taken beside tensors: libraries, contexts, workspace. */
  readonly runtimeBytes: number;
  /** Whether `runtimeBytes` was measured, or is an estimate. */
  readonly measured: boolean;
  /** Kernels that there are: `fused` ones of our own, or `composed` ordinary ones only. */
  readonly kernels: 'fused' | 'composed';
}

/** What settles a budget, of a runtime that was selected or only found. */
export type PlannedRuntime = Pick<Runtime, 'kind' | 'fusedKernels' | 'allocation'>;

const GIB = 2 ** 30;

/**
 * Peak resident memory less the planned peak of buffers, by runtime. On native-cpu measured with the reference's
 * widths up to 256×256 (`docs/memory.md`): 0.4 GiB are there as soon as the library is loaded. The others are estimates.
 */
const runtimeBytes: Readonly<Record<Runtime['kind'], number>> = {
  'native-gpu': 2 * GIB,
  'native-cpu': 0.8 * GIB,
  wasm: 0.5 * GIB,
  cpu: 0.5 * GIB,
};

/** The same where tensors lie in TensorFlow's own pool. */
const POOLED_BYTES = 1.8 * GIB;

/** A WebAssembly memory ends here, whatever the machine has. */
const WASM_BYTES = 4 * GIB;

/**
 * The budget of a program on this machine with a runtime.
 *
 * @param runtime that was selected, or only found
 */
export async function memoryBudget({ kind, fusedKernels, allocation = expectedAllocation() }: PlannedRuntime): Promise<MemoryBudget> {
  const common = {
    runtimeBytes: kind === 'native-cpu' && allocation === 'pooled' ? POOLED_BYTES : runtimeBytes[kind],
    measured: kind === 'native-cpu',
    kernels: fusedKernels?.available === true ? 'fused' : 'composed',
  } as const;
  if (kind === 'native-gpu') {
    const card = await findNvidiaCard();
    return {
      ...common,
      place: card?.name ?? 'the card',
      availableBytes: card?.memoryMiB === undefined ? undefined : card.memoryMiB * 2 ** 20,
    };
  }
  const available = availableMemory();
  if (kind === 'wasm') return { ...common, place: 'WebAssembly', availableBytes: Math.min(available, WASM_BYTES) };
  return { ...common, place: 'memory', availableBytes: available };
}

/** Where tensors will lie on this machine, as far as that is known without the addon. */
function expectedAllocation({ env, libc = '', arch }: System = thisSystem()): Allocation {
  const possible = libc.startsWith('glibc') && (arch === 'x64' || arch === 'arm64');
  return possible ? chosenAllocation(env.STARGAN_ALLOCATION) : 'pooled';
}
