import { dispose, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { exponentialMovingAverage, linearDecay } from '@stargan/optimizers';
import { AVERAGED_NAMES, type NetworkName, type Networks } from '../model/networks.js';
import { disposeAll, splitWeights } from '../model/weights.js';
import { overParts, splitBatch } from './accumulate.js';
import type { Batch } from './batch.js';
import { disposeBatch } from './batches.js';
import { discriminatorGradients } from './discriminator-step.js';
import { generatorGradients, TRAINED_NETWORKS, type StyleSource } from './generator-step.js';
import { disposeMoments, type Optimizers, type TrainingState } from './state.js';

/** What an iteration needs to know besides networks and optimisers. */
export interface IterationConfig {
  lambdaR1: number;
  lambdaStyle: number;
  lambdaDiversity: number;
  lambdaCycle: number;
  /** Iterations over which λ_ds falls linearly to 0. */
  diversityIterations: number;
  emaDecay: number;
  /** Parts that a batch is computed in; default 1. */
  accumulate?: number;
}

/** Losses by the reference's names: `D/latent_real`, `G/ref_cyc`, `G/lambda_ds`, … */
export type Losses = Record<string, number>;

/**
 * One training iteration, as the reference orders it: discriminator on latent styles, discriminator on
 * reference styles, generator with mapping network and style encoder on latent styles, generator alone on
 * reference styles, moving averages.
 *
 * The state is changed in place: tensors that are replaced are disposed, so memory is flat over iterations.
 *
 * @param batch all images of the update; with `accumulate` it is computed part by part, which gives the same update
 */
export function trainIteration(networks: Networks, optimizers: Optimizers, state: TrainingState, batch: Batch, config: IterationConfig): Losses {
  const losses: Losses = {};
  const lambdaDiversity = linearDecay(config.lambdaDiversity, config.diversityIterations, state.iteration);

  const { accumulate = 1 } = config;
  const parts = accumulate === 1 ? [batch] : splitBatch(batch, accumulate);

  const translated = parts.map((part) => ({ ...part, fakes: translateForDiscriminator(networks, state, part) }));
  for (const guidance of ['latent', 'ref'] as const) {
    const step = overParts(translated, ({ fakes, ...part }) =>
      discriminatorGradients(networks, state.weights.discriminator, { ...part, fake: fakes[guidance] }, config));
    record(losses, `D/${guidance}`, step.auxiliary, step.value);
    update(optimizers, state, 'discriminator', step.gradients);
  }
  for (const { fakes } of translated) dispose(Object.values(fakes));

  for (const guidance of ['latent', 'reference'] as const) {
    const step = overParts(parts, ({ latent, latent2, reference, reference2, ...part }) => {
      const styles: StyleSource = guidance === 'latent' ? { guidance, latent, latent2 } : { guidance, reference, reference2 };
      return generatorGradients(networks, state.weights, { ...part, styles }, { ...config, lambdaDiversity });
    });
    record(losses, guidance === 'latent' ? 'G/latent' : 'G/ref', step.auxiliary, step.value);
    const trained = TRAINED_NETWORKS[guidance];
    const gradients = splitWeights(step.gradients, trained);
    for (const name of trained) update(optimizers, state, name, gradients[name]);
  }
  if (accumulate > 1) parts.forEach(disposeBatch);
  // As the reference logs it: the value after the decay, in force for the next iteration.
  losses['G/lambda_ds'] = linearDecay(config.lambdaDiversity, config.diversityIterations, state.iteration + 1);

  for (const name of AVERAGED_NAMES) {
    const previous = state.averages[name];
    state.averages[name] = exponentialMovingAverage(previous, state.weights[name], config.emaDecay);
    disposeAll(previous);
  }
  state.iteration += 1;
  return losses;
}

/**
 * Both translations that the discriminator is shown. No generator weight changes between its two updates, so
 * they are made together and share the generator's encoder half.
 */
function translateForDiscriminator({ generator, mappingNetwork, styleEncoder }: Networks, { weights }: TrainingState, batch: Batch): { latent: Tensor; ref: Tensor } {
  return tidy(() => {
    const features = generator.encode(weights.generator, batch.image);
    const latentStyle = mappingNetwork.apply(weights.mappingNetwork, batch.latent, batch.targetDomain);
    const referenceStyle = styleEncoder.apply(weights.styleEncoder, batch.reference, batch.targetDomain);
    return {
      latent: generator.decode(weights.generator, features, latentStyle),
      ref: generator.decode(weights.generator, features, referenceStyle),
    };
  });
}

/** One optimiser step of one network; consumes the gradients. */
function update(optimizers: Optimizers, state: TrainingState, name: NetworkName, gradients: Record<string, Tensor>): void {
  const weights = state.weights[name];
  const moments = state.moments[name];
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
