import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { CaptureError } from './capture-error.js';
import type { FunctionOrder } from './describe-function.js';
import { findCapturingBackend, type CapturingBackend } from './native-functions.js';
import { putTogether, takeApart } from './nested.js';
import { isRecording, record, type Recording } from './recorder.js';
import { defineReplay, type Executor, type Replay } from './replay.js';
import { requireAgreement } from './require-agreement.js';

/** Options of {@link capture}. */
export interface CaptureOptions extends FunctionOrder {
  /**
   * How many signatures (shapes, dtypes and plain arguments) are kept, ≥ 1; the one that was not used for longest goes first.
   * Default 8.
   */
  readonly maxSignatures?: number | undefined;
  /** Default `parallel`. */
  readonly executor?: Executor | undefined;
  /** Told once, where calls cannot be replayed, why they run plainly. Default: `console.warn`. */
  readonly onPlain?: ((why: string) => void) | undefined;
}

/** What a captured function did so far. */
export interface CaptureStatistics {
  /** Calls that were recorded: two for every signature, and those that made variables. */
  readonly recorded: number;
  /** Calls that were replayed. */
  readonly replayed: number;
  /** Calls that ran as they are, within a gradient computation or where the backend has no functions. */
  readonly plain: number;
  /** Operations of the functions that are kept. */
  readonly operations: number;
}

/** A function that {@link capture} made. */
export interface Captured<Arguments extends unknown[], Result> {
  /** @param given what the captured function takes */
  (...given: Arguments): Result;
  /** Frees what was recorded; the next call records anew. */
  dispose(): void;
  /** What happened to the calls so far. */
  statistics(): CaptureStatistics;
}

interface Signature {
  /** The first call, until a second one agrees with it. */
  first?: { recording: Recording; result: string } | undefined;
  replay?: Replay | undefined;
  /** The result without its tensors. */
  shape?: unknown;
  /** It cannot be replayed. */
  isPlain?: boolean;
}

/**
 * A function that does the same as `f` and launches all its operations at once, as one TensorFlow function: what tf.function and
 * jit are elsewhere. Results are equal bit for bit.
 *
 * The first two calls with the same shapes, dtypes and plain arguments run `f` and record what it launches; the others replay that
 * with the tensors they are given. So `f` must launch the same in every call:
 * - Tensors that change between calls are arguments, or values of a `tf.Variable`, which may be assigned to inside: the optimisers
 *   of `tf.train` can be used. Other tensors from outside are inputs too, until they are disposed.
 * - A number that changes with every call is passed as a tensor, such as `tf.scalar(x)`; with a plain number every value has a
 *   function of its own.
 * - What else `f` does besides launching operations is done in recorded calls alone.
 * - What the two recorded calls have not in common is an error that names the place: a constant with other values, another branch.
 *
 * Arguments and results are tensors, numbers, text, and records and lists of these. `f` owns nothing that it is given: arguments must
 * not be disposed in it. The caller owns the results, each a tensor of its own; memory is as with a plain call, and replays can be
 * in a `tf.tidy`. Inside a gradient computation, whose tape must see every operation, and inside another captured function, `f` runs
 * plainly.
 *
 * ```js
 * const step = capture((w, x, y) => {
 *   const { value, grads } = tf.variableGrads(() => tf.losses.meanSquaredError(y, x.matMul(w)));
 *   …
 * });
 * ```
 *
 * @param f synchronous; reads no tensor's values and draws no random numbers
 * @param options how many signatures are kept, and how TensorFlow runs them
 * @throws {CaptureError} from a call, as said above
 */
export function capture<Arguments extends unknown[], Result>(
  f: (...given: Arguments) => Result,
  { maxSignatures = 8, executor, onPlain = (why) => console.warn(why), ...order }: CaptureOptions = {},
): Captured<Arguments, Result> {
  if (!Number.isInteger(maxSignatures) || maxSignatures < 1) {
    throw new Error(`capture: maxSignatures must be a whole number ≥ 1, got ${String(maxSignatures)}`);
  }
  const signatures = new Map<string, Signature>();
  const counts = { recorded: 0, replayed: 0, plain: 0 };
  let toldWhy = false;

  function tellOnce(why: string): void {
    if (!toldWhy) onPlain(`capture: calls run plainly, since ${why}`);
    toldWhy = true;
  }

  function runPlainly(given: Arguments): Result {
    counts.plain++;
    return f(...given);
  }

  /** The signature of a call, which becomes the one used last. */
  function signatureOf(key: string): Signature {
    const found = signatures.get(key) ?? {};
    signatures.delete(key);
    signatures.set(key, found);
    for (const [oldest, signature] of signatures) {
      if (signatures.size <= maxSignatures) break;
      signature.replay?.dispose();
      signatures.delete(oldest);
    }
    return found;
  }

  function recordCall(backend: CapturingBackend, signature: Signature, tensors: readonly Tensor[], given: Arguments): Result {
    counts.recorded++;
    const earlier = signature.first?.recording.operations ?? [];
    const { result, recording } = record(backend, tensors, earlier, () => {
      const value = f(...given);
      // A promise that will be refused may still fail, which must not end the program.
      if (value instanceof Promise) value.catch(() => undefined);
      const apart = takeApart('the result', value);
      return { result: { value, ...apart }, tensors: apart.tensors };
    });
    const { value, shape, key } = result;
    try {
      if (recording.madeVariables) return value;
      const { first } = signature;
      if (first === undefined) {
        signature.first = { recording, result: key };
        return value;
      }
      // Once more from the beginning, if this fails.
      signature.first = undefined;
      requireAgreement(first.recording, recording);
      if (first.result !== key) {
        throw new CaptureError(`the result was ${first.result} in one call and ${key} in the next; numbers in it must not change`);
      }
      signature.replay = defineReplay(backend, recording, tensors, { ...order, executor });
      signature.shape = shape;
    } catch (error) {
      if (error instanceof CaptureError) {
        tf.dispose([...result.tensors]);
        throw error;
      }
      // TensorFlow would not have it. The call itself was a plain one.
      signature.isPlain = true;
      tellOnce(`TensorFlow makes no function of them: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      recording.release();
    }
    return value;
  }

  const captured = (...given: Arguments): Result => {
    if (isRecording() || tf.engine().state.gradientDepth > 0) return runPlainly(given);
    const backend = findCapturingBackend();
    if ('why' in backend) {
      tellOnce(backend.why);
      return runPlainly(given);
    }
    const { tensors, key } = takeApart('arguments', given);
    const signature = signatureOf(`${key} | ${aliases(tensors)}`);
    if (signature.isPlain === true) return runPlainly(given);
    if (signature.replay === undefined) return recordCall(backend, signature, tensors, given);
    const results = signature.replay.run(tensors);
    counts.replayed++;
    return putTogether(signature.shape, results) as Result;
  };

  return Object.assign(captured, {
    dispose() {
      for (const { replay } of signatures.values()) replay?.dispose();
      signatures.clear();
    },
    statistics(): CaptureStatistics {
      const operations = [...signatures.values()].reduce((sum, { replay }) => sum + (replay?.operations ?? 0), 0);
      return { ...counts, operations };
    },
  });
}

/** Which tensors are one and the same: a function made where two were must not serve where they are not. */
function aliases(tensors: readonly Tensor[]): string {
  const firsts = new Map<object, number>();
  return tensors
    .map(({ dataId }, i) => {
      const first = firsts.get(dataId);
      if (first === undefined) firsts.set(dataId, i);
      return first === undefined ? '' : `${String(first)}=${String(i)}`;
    })
    .join('');
}
