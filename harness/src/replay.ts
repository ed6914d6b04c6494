import { capture, whyNotCaptured } from '@stargan/backend';
import { compileSampler, type Compile, type CompiledSampler, type Sampler } from '@stargan/training';

/**
 * How far operations may run ahead of the recorded order, in which memory is freed as soon as it is without compiling: enough to find
 * those that can run beside each other, many where they are small; little where memory is to be saved.
 */
const LOOK_AHEAD = {
  usual: { lookAhead: 64, lookAheadBytes: 16 * 2 ** 20 },
  saving: { lookAhead: 8 },
} as const;

/** Compiles by recording and replaying. */
export const replayed: Compile = (f, { saveMemory = false } = {}) =>
  capture(f, { ...(saveMemory ? LOOK_AHEAD.saving : LOOK_AHEAD.usual), keepRepeated: saveMemory });

/** Compiles by recording and replaying; undefined where the runtime cannot. */
export const replayedIfPossible = (): Compile | undefined => (whyNotCaptured() === undefined ? replayed : undefined);

/** The same sampler, whose generator is replayed wherever the runtime can. */
export function replayedSampler(sampler: Sampler): CompiledSampler {
  const compile = replayedIfPossible();
  return compile === undefined ? { sampler, dispose: () => undefined } : compileSampler(sampler, compile);
}
