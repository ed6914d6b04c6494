import type { PickleValue } from './pickle-values.js';

// 64 MiB of pickle describe several hundred thousand tensors.
/** Longest pickle that is read. */
export const MAX_PICKLE_BYTES = 64 * 1024 * 1024;

/** The parts of a file: what it says, and the bytes it says it of. */
export interface PyTorchParts {
  readonly value: PickleValue;
  /** Bytes of a storage, or undefined where the file has none under this key. */
  storageBytes(key: string): number | undefined;
  /** All of a storage, in memory of its own. @throws where the bytes are damaged */
  readStorage(key: string): Promise<ArrayBuffer>;
}
