import {
  engine,
  getBackend,
  getKernelsForBackend,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { FusedOperation } from '@stargan/ops/fused';
import { replaceMethod } from '../replace-method.js';
import { startBookkeeping } from './bookkeeping.js';
import { PLAN_BACKEND, planBackend, planKernels, type PlannedBackend } from './plan-backend.js';

/** Options of {@link planMemory}. */
export interface PlanMemoryOptions {
  /**
   * Backend whose use of memory is predicted: `tensorflow`, that of tfjs-node, which keeps arguments such as axes in
   * tensors and composes some kernels of others, or `cpu`, tensorflow.js's own, which needs nothing beside the tensors that a program sees.
   */
  backend?: PlannedBackend;
  /** Fused operations for which that backend has a kernel, such as `fusedOperations` of `@stargan/ops/fused`; none by default. */
  fused?: readonly FusedOperation[];
}

/** What a piece of work would take. */
export interface PlannedMemory<Result> {
  /** What the work returned; tensors in it are disposed. */
  readonly result: Result;
  /** Most bytes of tensors at once as `tf.memory()` counts them, each with its full size: what {@link countWork} gives. */
  readonly peakTensorBytes: number;
  /** Most bytes of memory that tensors take at once: what several share counts once. */
  readonly peakBufferBytes: number;
}

/**
 * Predicts the most memory that a piece of work takes, exactly and without computing: a function of the shapes alone. The
 * work runs on a backend whose kernels only say which tensors they would leave; values read back are zeros. Neither
 * memory nor a runtime is needed, so a training of 100 GiB can be planned in a browser.
 *
 * ```js
 * const { peakTensorBytes } = planMemory(() => trainingStep(tf.fill([32, 256, 256, 3], 0)));
 * ```
 *
 * With `countWork` inside, the arithmetic is predicted too. The backend that was current before is so again afterwards,
 * also when the work fails, and nothing is left: no tensor, no variable, no kernel. All of it happens in one turn of the
 * event loop.
 *
 * @param work synchronous; makes all its tensors itself, models and optimisers included. Large ones are best made by
 *   `tf.fill`: what is made of values, as by `tf.zeros`, takes memory for these
 * @param options the backend that is planned for
 * @throws when the work is asynchronous, uses a tensor that was made outside, or needs a kernel that has no shape rule,
 *   naming it; `registerShapeRule` adds one
 */
export function planMemory<Result>(
  work: () => Result,
  { backend = 'tensorflow', fused = [] }: PlanMemoryOptions = {},
): PlannedMemory<Result> {
  // Null, against the declared type, before any backend was selected.
  const previous = getBackend() as string | null | undefined;
  const books = startBookkeeping();
  registerBackend(PLAN_BACKEND, () => planBackend(books));
  for (const config of planKernels(books, backend, fused)) registerKernel(config);
  const made = new Set<Tensor>();
  // Variables and kept tensors outlive a tidy.
  const restore = replaceMethod(engine(), 'trackTensor', (original) => (tensor, ...rest) => {
    made.add(tensor as Tensor);
    return original(tensor, ...rest);
  });
  try {
    // A backend that is made at once is selected at once: the promise has nothing to wait for.
    void setBackend(PLAN_BACKEND);
    let result: Result | undefined;
    tidy(() => {
      result = work();
    });
    if (result instanceof Promise)
      throw new Error('planMemory: work must be synchronous, got a function that returns a promise; call what it waits for by itself');
    const { tensorBytes, bufferBytes } = books.peak();
    return { result: result as Result, peakTensorBytes: tensorBytes, peakBufferBytes: bufferBytes };
  } catch (error) {
    throw explain(error);
  } finally {
    restore();
    for (const tensor of made) if (!tensor.isDisposed) tensor.dispose();
    for (const { kernelName } of getKernelsForBackend(PLAN_BACKEND)) unregisterKernel(kernelName, PLAN_BACKEND);
    if (previous != null) void setBackend(previous);
    removeBackend(PLAN_BACKEND);
  }
}

function explain(error: unknown): unknown {
  const missing = error instanceof Error ? /kernel '(\w+)' (?:not registered )?for backend 'plan'/i.exec(error.message)?.[1] : undefined;
  if (missing === undefined) return error;
  return new Error(
    `planMemory: kernel ${missing} has no shape rule; say what it leaves in memory with registerShapeRule('${missing}', (inputs, attributes) => ({ outputs: [shape] }))`,
  );
}
