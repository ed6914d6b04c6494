import { capture, whyNotCaptured } from '@stargan/backend';
import type { Compile } from '@stargan/training';

/**
 * How far operations may run ahead of the recorded order, in which memory is freed as soon as it is without compiling: large ones not at
 * all, small ones enough to find those that can run beside each other.
 */
const LOOK_AHEAD = { lookAhead: 1, lookAheadBytes: 16 * 2 ** 20 } as const;

/** Compiles by recording and replaying. */
export const replayed: Compile = (f, { saveMemory = false } = {}) => capture(f, { ...LOOK_AHEAD, keepRepeated: saveMemory });

/** Compiles by recording and replaying; undefined where the runtime cannot. */
export const replayedIfPossible = (): Compile | undefined => (whyNotCaptured() === undefined ? replayed : undefined);
