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

/** The iterations of a training of this many domains, compiled where that is wanted and possible. */
export function compiledIteration(networks: Networks, optimizers: Optimizers, config: Config, domains: number): CompiledIteration {
  const labels = labelForm(domains);
  const notCompiled = whyNotCompiled(config, domains);
  const compile = notCompiled === undefined ? { compile: replayed } : {};
  return { iteration: trainingIteration(networks, optimizers, { config, ...compile }), labels, notCompiled };
}

function whyNotCompiled({ compile }: Pick<Config, 'compile'>, domains: number): string | undefined {
  if (compile === 'off') return 'compile is off';
  if (labelForm(domains) === 'lists') return `each of the ${domains} domains has its own branches, which only its own samples go through`;
  return whyNotCaptured();
}
