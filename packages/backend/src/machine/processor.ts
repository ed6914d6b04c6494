import { availableParallelism, cpus } from 'node:os';
import type { System } from './system.js';

/** The processor, as far as it matters to TensorFlow. */
export interface Processor {
  /** Its name, or `unknown`. */
  readonly model: string;
  /** Cores that this process may use. */
  readonly cores: number;
  /** False where TensorFlow's x64 library would end the process at load; undefined where that is not known. */
  readonly avx?: boolean;
}

export function describeProcessor(system: System): Processor {
  const flags = system.arch === 'x64' ? /^flags\s*:(.*)$/m.exec(system.read('/proc/cpuinfo') ?? '')?.[1] : undefined;
  return {
    model: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    avx: flags === undefined ? undefined : flags.split(/\s+/).includes('avx'),
  };
}

/** The processor's model and instruction sets: equal where code compiled for the one runs on the other. */
export function processorIdentity(system: System): string {
  const features = /^(?:flags|Features)\s*:(.*)$/m.exec(system.read('/proc/cpuinfo') ?? '')?.[1] ?? '';
  return `${describeProcessor(system).model}:${features.trim().split(/\s+/).sort().join(' ')}`;
}
