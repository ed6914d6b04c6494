import type { Config } from '../config/schema.js';
import { planTraining } from './plan-training.js';

/**
 * Arithmetic of an average kernel below which a second thread costs more than it brings: TensorFlow hands every kernel
 * to its threads, which takes longer than a small one. Measured on two cores: 1.9 MFLOP per launch are 1.4 times as
 * fast on one thread, 18 MFLOP a little faster on two.
 */
const WORTH_THREADS = 10e6;

/** Threads of the native runtime that this training is fastest with: one for small networks, else undefined, all cores. */
export function chooseThreads(config: Config): number | undefined {
  const { flops, launches } = planTraining(config);
  return flops / launches < WORTH_THREADS ? 1 : undefined;
}
