import { capture, whyNotCaptured } from '@stargan/backend';
import { trainingIteration, type Compile, type LabelForm, type Networks, type Optimizers, type TrainingIteration } from '@stargan/training';
import type { Config } from '../config/schema.js';

/** The iterations of a training, how their batches hold domains, and whether updates are replayed. */
export interface CompiledIteration {
  readonly iteration: TrainingIteration;
  readonly labels: LabelForm;
  /** Why updates run operation by operation; undefined where they are recorded and replayed. */
  readonly notCompiled: string | undefined;
}

/**
 * With labels in tensors every sample goes through the branches of all domains, which costs nothing beside the rest as long as they
 * are few. The same with and without compiling, so that both give the same bits.
 */
const MOST_BRANCHES = 16;

/** Operations that wait for the one that many before them, where memory must be saved: about the order in which they run by themselves. */
const LOOK_AHEAD = 8;

/** Compiles by recording and replaying. */
const replayed: Compile = (f, { saveMemory = false } = {}) => capture(f, saveMemory ? { lookAhead: LOOK_AHEAD, keepRepeated: true } : {});

/** The iterations of a training of this many domains, compiled where that is wanted and possible. */
export function compiledIteration(networks: Networks, optimizers: Optimizers, config: Config, domains: number): CompiledIteration {
  const labels: LabelForm = domains <= MOST_BRANCHES ? 'tensors' : 'lists';
  const notCompiled =
    config.compile === 'off'
      ? 'compile is off'
      : labels === 'lists'
        ? `there are ${domains} domains, more than ${MOST_BRANCHES}: each sample goes through its own branches alone`
        : whyNotCaptured();
  const compile = notCompiled === undefined ? { compile: replayed } : {};
  return { iteration: trainingIteration(networks, optimizers, { config, ...compile }), labels, notCompiled };
}
