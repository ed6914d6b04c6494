import { capture, whyNotCaptured } from '@stargan/backend';
import type { Compile } from '@stargan/training';

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
