import { engine, util } from '@tensorflow/tfjs-core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Shape } from '@stargan/ops/fused';

/** Most bytes at once of what a piece of work has in memory. */
export interface PeakBytes {
  /** Every tensor with its full size, as `tf.memory()` and `countWork` count: those that share another's memory too. */
  readonly tensorBytes: number;
  /** Memory that the tensors take: what several share counts once. */
  readonly bufferBytes: number;
}

/** Memory of one tensor, or of several that share it. */
interface Buffer {
  readonly bytes: number;
  holders: number;
}

/** What stands behind one data id of tfjs. */
interface Stored {
  readonly buffer: Buffer;
  readonly shape: Shape;
  readonly dtype: DataType;
  references: number;
}

/** Accounts of what tensors would hold, without holding it. */
export interface Bookkeeping {
  /** Number of data ids that exist. */
  count(): number;
  /** What stands behind a data id. @throws when it belongs to another backend */
  find(dataId: object): Readonly<Stored>;
  /** A new data id, in memory of its own or in that of `shared`. */
  allocate(shape: Shape, dtype: DataType, shared?: object): object;
  /** One more tensor of this data id. */
  retain(dataId: object): void;
  /** One tensor fewer of this data id, or all of them. @returns whether it is gone */
  release(dataId: object, all?: boolean): boolean;
  /** Looks at what there is during a launch, its outputs and arguments included. */
  observe(outputs: readonly TensorInfo[], argumentBytes: number): void;
  peak(): PeakBytes;
}

const bytesOf = (shape: Shape, dtype: DataType): number => util.sizeFromShape([...shape]) * util.bytesPerElement(dtype);

// What memory() gives, which first wants a backend of its own.
const allTensorBytes = (): number => engine().state.numBytes;

/** Starts with nothing; tensors that exist already are not counted. */
export function startBookkeeping(): Bookkeeping {
  const stored = new Map<object, Stored>();
  const startBytes = allTensorBytes();
  let held = 0;
  let peak: PeakBytes = { tensorBytes: 0, bufferBytes: 0 };

  function find(dataId: object): Stored {
    const found = stored.get(dataId);
    if (found === undefined)
      throw new Error(
        'planMemory: a tensor that was made outside of the plan was used in it; make all tensors inside of the function that is planned',
      );
    return found;
  }

  return {
    count: () => stored.size,
    find,
    allocate(shape, dtype, shared) {
      const buffer = shared === undefined ? { bytes: bytesOf(shape, dtype), holders: 0 } : find(shared).buffer;
      if (buffer.holders === 0) held += buffer.bytes;
      buffer.holders += 1;
      const dataId = {};
      stored.set(dataId, { buffer, shape, dtype, references: 1 });
      return dataId;
    },
    retain(dataId) {
      find(dataId).references += 1;
    },
    release(dataId, all = false) {
      const found = stored.get(dataId);
      if (found === undefined) return true;
      found.references -= 1;
      if (!all && found.references > 0) return false;
      stored.delete(dataId);
      found.buffer.holders -= 1;
      if (found.buffer.holders === 0) held -= found.buffer.bytes;
      return true;
    },
    observe(outputs, argumentBytes) {
      // The engine hears of the outputs only when the kernel returns.
      const outputBytes = outputs.reduce((sum, { shape, dtype }) => sum + bytesOf(shape, dtype), 0);
      peak = {
        tensorBytes: Math.max(peak.tensorBytes, allTensorBytes() - startBytes + outputBytes + argumentBytes),
        bufferBytes: Math.max(peak.bufferBytes, held + argumentBytes),
      };
    },
    peak: () => peak,
  };
}
