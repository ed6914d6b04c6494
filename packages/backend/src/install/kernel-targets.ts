import { createHash } from 'node:crypto';
import { instructionLevels, processorLevels, type InstructionLevel } from '../machine/instruction-levels.js';
import { processorIdentity } from '../machine/processor.js';
import type { System } from '../machine/system.js';

/**
 * What a build of the kernels runs on: every processor of a level of x64, or one alone. The latter is `native-` and a hash of its model
 * and instruction sets, and is made where there are no levels: on other architectures, and by compilers that do not know them.
 */
export type KernelsTarget = InstructionLevel | `native-${string}`;

/** Why there is no target. */
interface NoTarget {
  readonly why: string;
}

// Which instructions there are is the level's, and their order and choice is for the processor that compiles, where the kernels most
// likely run: small convolutions take up to a tenth longer with what compilers take for any processor. It runs on all others too.
const tuned = '-mtune=native';

const levelFlags: Readonly<Record<InstructionLevel | 'native', readonly string[]>> = {
  // Compilers take a level for a processor that slows down in 512 bits, and would vectorise with 256.
  'x86-64-v4': ['-march=x86-64-v4', tuned, '-mprefer-vector-width=512'],
  'x86-64-v3': ['-march=x86-64-v3', tuned],
  // With AVX they take three quarters of the time, and nothing that runs TensorFlow lacks it.
  'x86-64-v2': ['-march=x86-64-v2', tuned, '-mavx'],
  native: ['-march=native'],
};

/** The compiler's flags for a target. */
export const targetFlags = (target: KernelsTarget): readonly string[] => levelFlags[levelOf(target)];

/** The flags of all targets, which belong to the kernels' key: the same everywhere. */
export const allTargetFlags: unknown = levelFlags;

/** What people are told of a target, one word: the level, or `native` for code that was made for this processor. */
export const levelOf = (target: KernelsTarget): InstructionLevel | 'native' => (isLevel(target) ? target : 'native');

export const isLevel = (target: string): target is InstructionLevel => instructionLevels.some((level) => level === target);

/** The target that is this processor alone. */
export const nativeTarget = (system: System): KernelsTarget =>
  `native-${createHash('sha256').update(processorIdentity(system)).digest('hex').slice(0, 8)}`;

/** Whether this processor runs code for a target. Any other code would end the process that loads it. */
export const runsHere = (target: KernelsTarget, system: System): boolean => runnableTargets(system).includes(target);

/** Targets whose code this processor runs, the best first. */
const runnableTargets = (system: System): readonly KernelsTarget[] => [nativeTarget(system), ...processorLevels(system)];

/** Targets whose kernels may be loaded, the best first: what this processor runs, or what `STARGAN_KERNELS_LEVEL` asks for. */
export function loadableTargets(system: System): readonly KernelsTarget[] | NoTarget {
  const asked = askedFor(system);
  if (asked === undefined) return runnableTargets(system);
  return 'why' in asked ? asked : [asked.target];
}

/** The target that an installation compiles for: what `STARGAN_KERNELS_LEVEL` asks for, else the widest level, else this processor. */
export function ownTarget(system: System): { readonly target: KernelsTarget; readonly asked: boolean } | NoTarget {
  const asked = askedFor(system);
  if (asked === undefined) return { target: processorLevels(system)[0] ?? nativeTarget(system), asked: false };
  return 'why' in asked ? asked : { ...asked, asked: true };
}

function askedFor(system: System): { readonly target: KernelsTarget } | NoTarget | undefined {
  const level = system.env.STARGAN_KERNELS_LEVEL;
  if (level === undefined || level === '') return undefined;
  if (level === 'native') return { target: nativeTarget(system) };
  if (!isLevel(level)) return { why: `STARGAN_KERNELS_LEVEL must be one of ${instructionLevels.join(', ')}, native, got ${level}` };
  if (runsHere(level, system)) return { target: level };
  return { why: `STARGAN_KERNELS_LEVEL=${level} asks for what this processor does not have: ${describeLevels(system)}` };
}

/** What this processor has, for people. */
export function describeLevels(system: System): string {
  const [widest] = processorLevels(system);
  return widest === undefined ? 'it has none of the levels of x86-64' : `it has ${widest}`;
}
