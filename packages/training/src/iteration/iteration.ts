import type { Tensor } from '@tensorflow/tfjs-core';
import { exponentialMovingAverage, linearDecay } from '@stargan/optimizers';
import { withDefaults } from '@stargan/config';
import { withoutFrozen, type Frozen } from '../networks/freeze.js';
import { EMA_NETWORKS, type EmaNetwork, type Networks } from '../networks/networks.js';
import { disposeAll } from '../networks/weights.js';
import { disposeBatch, splitBatch, type Batch } from './batch.js';
import { plainly, type Compile } from '@stargan/ops';
import { batchFields, objectiveFields, optimizerFields } from './config-fields.js';
import { findNonFiniteUpdate, sumsOf, type NonFiniteTensor } from './finite.js';
import type { IterationConfig, Losses } from './iteration-config.js';
import { OBJECTIVE, type Objective } from './objective.js';
import { frozenOf, type Optimizers, type TrainingState } from './state.js';
import { compiledUpdates, type GuidanceName } from './updates.js';

/** Iterations of one training. */
export interface TrainingIteration {
  /**
   * One iteration, as {@link trainIteration} does it.
   *
   * @param state changed in place
   * @param batch stays as it is; with labels in lists nothing can be compiled
   */
  run(state: TrainingState, batch: Batch): Losses;
  /**
   * The first tensor that the last update left not finite, as {@link findNonFiniteUpdate} finds it.
   *
   * @param state stays as it is
   */
  findNonFinite(state: TrainingState): NonFiniteTensor | undefined;
  /** Frees what was compiled. */
  dispose(): void;
}

/** What a {@link TrainingIteration} is made of. */
export interface IterationOptions {
  /** Weights of the terms, schedules, and which updates there are. */
  config?: IterationConfig;
  /** Terms of both objectives. */
  objective?: Objective;
  /** Compiles the updates; default: they run operation by operation. */
  compile?: Compile;
}

/**
 * One training iteration, as the reference orders it: discriminator on latent styles, discriminator on
 * reference styles, generator with mapping network and style encoder on latent styles, generator alone on
 * reference styles, moving averages. With several critic steps the discriminator's part is done as often, each time on
 * images of its own; the generator is updated on the last ones.
 *
 * The state is changed in place: tensors that are replaced are disposed, so memory is flat over iterations.
 *
 * @param networks all four
 * @param optimizers one per network
 * @param state weights, their moving averages, moments and the number of the iteration
 * @param batch all images of the iteration; with `gradientAccumulation` each update is computed part by part, which gives
 *   the same update
 * @param config weights of the terms, schedules, and which updates there are
 * @param objective terms of both objectives
 */
export function trainIteration(
  networks: Networks,
  optimizers: Optimizers,
  state: TrainingState,
  batch: Batch,
  config: IterationConfig = {},
  objective: Objective = OBJECTIVE,
): Losses {
  return trainingIteration(networks, optimizers, { config, objective }).run(state, batch);
}

/**
 * The same for many iterations, whose updates can be compiled. Each update is a function of tensors: weights, moments, images, labels,
 * and the few numbers that change from iteration to iteration.
 *
 * @param networks all four
 * @param optimizers one per network
 * @param options configuration, objective and what compiles the updates
 */
export function trainingIteration(
  networks: Networks,
  optimizers: Optimizers,
  { config = {}, objective = OBJECTIVE, compile = plainly }: IterationOptions = {},
): TrainingIteration {
  const { lambdaDiversity: initialLambda, diversityIterations, criticSteps, guidance } = withDefaults(objectiveFields, config);
  const { gradientAccumulation } = withDefaults(batchFields, config);
  const { emaDecay } = withDefaults(optimizerFields, config);
  const names: GuidanceName[] = guidance === 'both' ? ['latent', 'ref'] : ['latent'];
  const updates = compiledUpdates(networks, optimizers, { config, objective, names, compile });
  const average = compile((previous: SomeWeights, weights: SomeWeights): SomeWeights =>
    Object.fromEntries(
      Object.entries(previous).map(([name, averages]) => [
        name,
        exponentialMovingAverage(averages, weights[name as EmaNetwork]!, emaDecay),
      ]),
    ),
  );
  // Of the first state that is seen: what a training trains does not change.
  let frozen: Frozen | undefined;
  const sums = compile(sumsOf);

  return {
    run(state, batch) {
      const losses: Losses = {};
      const current = { ...config, lambdaDiversity: linearDecay(initialLambda, diversityIterations, state.iteration) };
      const rounds = inParts(batch, criticSteps);
      for (const round of rounds) {
        const parts = inParts(round, gradientAccumulation);
        updates.discriminator(state, parts, current, losses);
        if (round === rounds.at(-1)) updates.generator(state, parts, current, losses);
        if (gradientAccumulation > 1) parts.forEach(disposeBatch);
        if (criticSteps > 1) disposeBatch(round);
      }
      // As the reference logs it: the value after the decay, in force for the next iteration.
      losses['G/lambda_ds'] = linearDecay(initialLambda, diversityIterations, state.iteration + 1);
      if (state.augmentation !== undefined) losses['D/augmentation'] = state.augmentation.dataSync()[0]!;

      frozen ??= frozenOf(state);
      const previous = trainedWeights(state.ema, frozen);
      if (Object.keys(previous).length > 0) {
        for (const [name, averages] of Object.entries(average(previous, trainedWeights(state.weights, frozen)))) {
          disposeAll(previous[name as EmaNetwork]!);
          state.ema[name as EmaNetwork] = { ...state.ema[name as EmaNetwork], ...averages };
        }
      }
      state.iteration += 1;
      return losses;
    },
    findNonFinite: (state) => findNonFiniteUpdate(state, sums),
    dispose() {
      for (const compiled of [updates, average, sums]) compiled.dispose();
    },
  };
}

/** Weights of those networks that have any to average. */
type SomeWeights = Partial<Record<EmaNetwork, Record<string, Tensor>>>;

/** Those of the networks with moving averages that are trained: the moving averages of all others are what they were. */
function trainedWeights(weights: Readonly<Record<EmaNetwork, Record<string, Tensor>>>, frozen: Frozen): SomeWeights {
  const trained = EMA_NETWORKS.map((name) => [name, withoutFrozen(weights[name], frozen[name])] as const);
  return Object.fromEntries(trained.filter(([, tensors]) => Object.keys(tensors).length > 0));
}

/** The batch itself, or parts that the caller owns. */
const inParts = (batch: Batch, parts: number): Batch[] => (parts === 1 ? [batch] : splitBatch(batch, parts));
