import { dispose, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { exponentialMovingAverage, linearDecay } from '@stargan/optimizers';
import { withDefaults } from '../field.js';
import { EMA_NETWORKS, withParameters, type NetworkName, type Networks } from '../networks/networks.js';
import { disposeAll, mapNames, splitWeights } from '../networks/weights.js';
import { disposeBatch, splitBatch, type Batch } from './batch.js';
import { batchFields, objectiveFields, optimizerFields, type BatchConfig, type OptimizerConfig } from './config-fields.js';
import { discriminatorGradients } from './discriminator-step.js';
import { generatorGradients, trainedNetworks, type StyleSource } from './generator-step.js';
import { overParts } from './gradients.js';
import { OBJECTIVE, type Objective } from './objective.js';
import { disposeMoments, type Optimizers, type TrainingState } from './state.js';
import type { TermConfig } from './terms.js';

/** What an iteration needs to know besides networks and optimisers; what is left out is the reference's. */
export type IterationConfig = Partial<TermConfig & Pick<BatchConfig, 'gradientAccumulation'> & Pick<OptimizerConfig, 'emaDecay'>>;

/** Losses by the reference's names: `D/latent_real`, `G/ref_cyc`, `G/lambda_ds`, … */
export type Losses = Record<string, number>;

/** Where the styles of updates come from, by the names that the reference logs them under. */
const GUIDANCE = { latent: 'latent', ref: 'reference' } as const;

type GuidanceName = keyof typeof GUIDANCE;

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
  const losses: Losses = {};
  const { lambdaDiversity: initialLambda, diversityIterations, criticSteps, guidance } = withDefaults(objectiveFields, config);
  const { gradientAccumulation } = withDefaults(batchFields, config);
  const { emaDecay } = withDefaults(optimizerFields, config);
  const lambdaDiversity = linearDecay(initialLambda, diversityIterations, state.iteration);
  const names: GuidanceName[] = guidance === 'both' ? ['latent', 'ref'] : ['latent'];
  const rounds = inParts(batch, criticSteps);

  for (const round of rounds) {
    const isLast = round === rounds.at(-1);
    const parts = inParts(round, gradientAccumulation);
    const options = { config: { ...config, lambdaDiversity }, objective, names, losses };
    updateDiscriminator(networks, optimizers, state, parts, options);
    if (isLast) updateGenerator(networks, optimizers, state, parts, options);
    if (gradientAccumulation > 1) parts.forEach(disposeBatch);
    if (criticSteps > 1) disposeBatch(round);
  }
  // As the reference logs it: the value after the decay, in force for the next iteration.
  losses['G/lambda_ds'] = linearDecay(initialLambda, diversityIterations, state.iteration + 1);

  for (const name of withParameters(networks, EMA_NETWORKS)) {
    const previous = state.ema[name];
    state.ema[name] = exponentialMovingAverage(previous, state.weights[name], emaDecay);
    disposeAll(previous);
  }
  state.iteration += 1;
  return losses;
}

/** The batch itself, or parts that the caller owns. */
const inParts = (batch: Batch, parts: number): Batch[] => (parts === 1 ? [batch] : splitBatch(batch, parts));

/** How updates are done, and where their losses go. */
interface UpdateOptions {
  config: IterationConfig;
  objective: Objective;
  names: readonly GuidanceName[];
  losses: Losses;
}

/** An update of the discriminator for each kind of guidance. */
function updateDiscriminator(
  networks: Networks,
  optimizers: Optimizers,
  state: TrainingState,
  parts: readonly Batch[],
  { config, objective, names, losses }: UpdateOptions,
): void {
  const translated = parts.map((part) => ({ ...part, fakes: translateForDiscriminator(networks, state, part, names) }));
  for (const name of names) {
    const step = overParts(translated, ({ fakes, ...part }) =>
      discriminatorGradients(networks, state.weights.discriminator, { ...part, fake: fakes[name]! }, config, objective.discriminator),
    );
    record(losses, `D/${name}`, step.auxiliary, step.value);
    update(optimizers, state, 'discriminator', step.gradients);
  }
  for (const { fakes } of translated) dispose(Object.values(fakes));
}

/** An update of the generator, and of what is trained with it, for each kind of guidance. */
function updateGenerator(
  networks: Networks,
  optimizers: Optimizers,
  state: TrainingState,
  parts: readonly Batch[],
  { config, objective, names, losses }: UpdateOptions,
): void {
  for (const name of names) {
    const guidance = GUIDANCE[name];
    const trained = trainedNetworks(networks, guidance);
    const step = overParts(parts, ({ latent, latent2, reference, reference2, ...part }) => {
      const styles: StyleSource = guidance === 'latent' ? { guidance, latent, latent2 } : { guidance, reference, reference2 };
      return generatorGradients(networks, state.weights, { ...part, styles }, config, trained, objective.generator);
    });
    record(losses, `G/${name}`, step.auxiliary, step.value);
    const gradients = splitWeights(step.gradients, trained);
    for (const network of trained) update(optimizers, state, network, gradients[network]);
  }
}

/**
 * The translations that the discriminator is shown. No generator weight changes between its updates, so
 * they are made together and share the generator's encoder half.
 */
function translateForDiscriminator(
  { generator, mappingNetwork, styleEncoder }: Networks,
  { weights }: TrainingState,
  batch: Batch,
  names: readonly GuidanceName[],
): Partial<Record<GuidanceName, Tensor>> {
  const styleOf = {
    latent: () => mappingNetwork.apply(weights.mappingNetwork, batch.latent, batch.targetDomain),
    ref: () => styleEncoder.apply(weights.styleEncoder, batch.reference, batch.targetDomain),
  };
  return tidy(() => {
    const features = generator.encode(weights.generator, batch.image);
    const styles = mapNames(names, (name) => styleOf[name]());
    return mapNames(names, (name) => generator.decode(weights.generator, features, styles[name]));
  });
}

/** One optimiser step of one network; consumes the gradients. */
function update(optimizers: Optimizers, state: TrainingState, name: NetworkName, gradients: Record<string, Tensor>): void {
  const weights = state.weights[name];
  const moments = state.moments[name]!;
  const next = optimizers[name].update(weights, gradients, moments);
  disposeAll(weights, gradients);
  disposeMoments(moments);
  state.weights[name] = next.parameters;
  state.moments[name] = next.state;
}

/** Reads a step's terms and total into the losses; consumes the tensors. */
function record(losses: Losses, prefix: string, terms: Record<string, Tensor>, total: Tensor): void {
  for (const [name, term] of Object.entries({ ...terms, total })) {
    losses[`${prefix}_${name}`] = term.dataSync()[0]!;
    term.dispose();
  }
}
