import { whyNotCaptured } from '@stargan/backend';
import { labelForm, trainingIteration, type LabelForm, type Networks, type Optimizers, type TrainingIteration } from '@stargan/training';
import type { Config } from '@stargan/run';
import { replayed } from '../replay.js';

/** The iterations of a training, how their batches hold domains, and whether updates are replayed. */
export interface CompiledIteration {
  readonly iteration: TrainingIteration;
  readonly labels: LabelForm;
  /** Why updates run operation by operation; undefined where they are recorded and replayed. */
  readonly notCompiled: string | undefined;
}

/**
 * Recording two iterations, and preparing what is replayed in the third, takes as long as replaying saves in the next two: measured at
 * 16² with 8 channels, with the preset `demo`, and at 32² with 128 channels.
 */
const FEWEST_ITERATIONS = 5;

/**
 * The iterations of a training, compiled where that is wanted and possible, and pays.
 *
 * @param domains number of them
 * @param left how many iterations there are to do
 */
export function compiledIteration(
  networks: Networks,
  optimizers: Optimizers,
  config: Config,
  { domains, left }: { readonly domains: number; readonly left: number },
): CompiledIteration {
  const labels = labelForm(domains);
  const notCompiled = whyNotCompiled(config, domains, left);
  const compile = notCompiled === undefined ? { compile: replayed } : {};
  return { iteration: trainingIteration(networks, optimizers, { config, ...compile }), labels, notCompiled };
}

function whyNotCompiled({ compile }: Pick<Config, 'compile'>, domains: number, left: number): string | undefined {
  if (compile === 'off') return 'compile is off';
  if (left < FEWEST_ITERATIONS) return `fewer than ${FEWEST_ITERATIONS} iterations are left, and recording takes longer than it would save`;
  if (labelForm(domains) === 'lists') return `each of the ${domains} domains has its own branches, which only its own samples go through`;
  return whyNotCaptured();
}
