import { dispose, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { exponentialMovingAverage, linearDecay } from '@stargan/optimizers';
import type { TrainingConfig } from '../config/schema.js';
import { AVERAGED_NAMES, withParameters, type NetworkName, type Networks } from '../networks/networks.js';
import { disposeAll, mapNames, splitWeights } from '../networks/weights.js';
import { overParts, splitBatch } from './accumulate.js';
import type { Batch } from './batch.js';
import { disposeBatch } from './batches.js';
import { discriminatorGradients } from './discriminator-step.js';
import { generatorGradients, trainedNetworks, type StyleSource } from './generator-step.js';
import { disposeMoments, type Optimizers, type TrainingState } from './state.js';

/** What an iteration needs to know besides networks and optimisers; what is left out is the reference's. */
export interface IterationConfig extends Partial<
  Pick<
    TrainingConfig,
    'accumulate' | 'criticSteps' | 'guidance' | 'style' | 'adversarial' | 'penalty' | 'lambdaWasserstein' | 'lambdaClassification'
  >
> {
  /** λ_reg ≥ 0. */
  lambdaR1: number;
  /** λ_sty ≥ 0. */
  lambdaStyle: number;
  /** λ_ds ≥ 0 at iteration 0. */
  lambdaDiversity: number;
  /** λ_cyc ≥ 0. */
  lambdaCycle: number;
  /** Iterations over which λ_ds falls linearly to 0. */
  diversityIterations: number;
  /** Decay of the moving averages, in [0, 1]. */
  emaDecay: number;
}

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
 * @param state weights, their averages, moments and the number of the iteration
 * @param batch all images of the iteration; with `accumulate` each update is computed part by part, which gives the same update
 * @param config weights of the terms, schedules, and which updates there are
 */
export function trainIteration(
  networks: Networks,
  optimizers: Optimizers,
  state: TrainingState,
  batch: Batch,
  config: IterationConfig,
): Losses {
  const losses: Losses = {};
  const lambdaDiversity = linearDecay(config.lambdaDiversity, config.diversityIterations, state.iteration);
  const { accumulate = 1, criticSteps = 1, guidance = 'both' } = config;
  const names: GuidanceName[] = guidance === 'both' ? ['latent', 'ref'] : ['latent'];
  const rounds = inParts(batch, criticSteps);

  for (const round of rounds) {
    const isLast = round === rounds.at(-1);
    const parts = inParts(round, accumulate);
    updateDiscriminator(networks, optimizers, state, parts, { config, names, losses });
    if (isLast) updateGenerator(networks, optimizers, state, parts, { config: { ...config, lambdaDiversity }, names, losses });
    if (accumulate > 1) parts.forEach(disposeBatch);
    if (criticSteps > 1) disposeBatch(round);
  }
  // As the reference logs it: the value after the decay, in force for the next iteration.
  losses['G/lambda_ds'] = linearDecay(config.lambdaDiversity, config.diversityIterations, state.iteration + 1);

  for (const name of withParameters(networks, AVERAGED_NAMES)) {
    const previous = state.averages[name];
    state.averages[name] = exponentialMovingAverage(previous, state.weights[name], config.emaDecay);
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
  names: readonly GuidanceName[];
  losses: Losses;
}

/** An update of the discriminator for each kind of guidance. */
function updateDiscriminator(
  networks: Networks,
  optimizers: Optimizers,
  state: TrainingState,
  parts: readonly Batch[],
  { config, names, losses }: UpdateOptions,
): void {
  const translated = parts.map((part) => ({ ...part, fakes: translateForDiscriminator(networks, state, part, names) }));
  for (const name of names) {
    const step = overParts(translated, ({ fakes, ...part }) =>
      discriminatorGradients(networks, state.weights.discriminator, { ...part, fake: fakes[name]! }, config),
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
  { config, names, losses }: UpdateOptions,
): void {
  for (const name of names) {
    const guidance = GUIDANCE[name];
    const step = overParts(parts, ({ latent, latent2, reference, reference2, ...part }) => {
      const styles: StyleSource = guidance === 'latent' ? { guidance, latent, latent2 } : { guidance, reference, reference2 };
      return generatorGradients(networks, state.weights, { ...part, styles }, config);
    });
    record(losses, `G/${name}`, step.auxiliary, step.value);
    const trained = trainedNetworks(networks, guidance);
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
