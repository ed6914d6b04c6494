import { processorFlags } from './processor.js';
import type { System } from './system.js';

/**
 * Levels of the x64 instruction set as its psABI defines them and compilers name them, the widest vectors first. The narrowest has AVX
 * here too, which TensorFlow's library does not load without.
 */
export const instructionLevels = ['x86-64-v4', 'x86-64-v3', 'x86-64-v2'] as const;

/** One of {@link instructionLevels}. */
export type InstructionLevel = (typeof instructionLevels)[number];

// What each level adds to the next narrower one, in the words of Linux: LZCNT is `abm` there, and SSE3 `pni`.
const added: Readonly<Record<InstructionLevel, readonly string[]>> = {
  'x86-64-v4': ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
  'x86-64-v3': ['avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe'],
  'x86-64-v2': ['cx16', 'lahf_lm', 'popcnt', 'pni', 'sse4_1', 'sse4_2', 'ssse3', 'xsave', 'avx'],
};

/** The levels whose code this processor runs, widest first; none elsewhere than on x64, and where Linux does not say. */
export function processorLevels(system: System): readonly InstructionLevel[] {
  if (system.arch !== 'x64') return [];
  const flags = processorFlags(system);
  const has = (level: InstructionLevel): boolean => added[level].every((flag) => flags.has(flag));
  // A level includes those below it.
  return instructionLevels.filter((_, i) => instructionLevels.slice(i).every(has));
}
