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
  const flags = system.arch === 'x64' ? processorFlags(system) : new Set<string>();
  return {
    model: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    avx: flags.size === 0 ? undefined : flags.has('avx'),
  };
}

/** Names of the instruction sets of the first processor, as Linux gives them; none where it does not. */
export function processorFlags(system: System): ReadonlySet<string> {
  const line = /^(?:flags|Features)[^\S\n]*:(.*)$/m.exec(system.read('/proc/cpuinfo') ?? '')?.[1] ?? '';
  return new Set(line.split(/\s+/).filter((flag) => flag !== ''));
}

/** The processor's model and instruction sets: equal where code compiled for the one runs on the other. */
export function processorIdentity(system: System): string {
  return `${describeProcessor(system).model}:${[...processorFlags(system)].sort().join(' ')}`;
}
