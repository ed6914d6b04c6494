import { dispose, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { DomainLabels } from '@stargan/layers';
import type { AdamState } from '@stargan/optimizers';
import { withDefaults } from '@stargan/config';
import { withoutFrozen, type Frozen } from '../networks/freeze.js';
import type { NetworkName, Networks, WeightsOf } from '../networks/networks.js';
import { disposeAll, mapNames, splitWeights } from '../networks/weights.js';
import { drawAugmentation, followDiscriminator, type AugmentationDraw } from './augmentation.js';
import type { Batch } from './batch.js';
import type { Compile } from '@stargan/ops';
import { objectiveFields } from './config-fields.js';
import { discriminatorGradients } from './discriminator-step.js';
import { generatorGradients, trainedNetworks, type StyleSource } from './generator-step.js';
import { overParts } from './gradients.js';
import type { IterationConfig, Losses } from './iteration-config.js';
import type { Objective } from './objective.js';
import { disposeMoments, frozenOf, type Optimizers, type TrainingState } from './state.js';
import { factorsOf, type Factors } from './terms.js';

/** Where the styles of updates come from, by the names that the reference logs them under. */
const GUIDANCE = { latent: 'latent', ref: 'reference' } as const;

/** Where the styles of an update come from, as the reference logs it. */
export type GuidanceName = keyof typeof GUIDANCE;

/** The updates of an iteration: each changes the state in place, and adds its losses. */
export interface Updates {
  /** An update of the discriminator for each kind of guidance; none where it is frozen. */
  discriminator(state: TrainingState, parts: readonly Batch[], config: IterationConfig, losses: Losses): void;
  /** An update of the generator, and of what is trained with it, for each kind of guidance that trains anything. */
  generator(state: TrainingState, parts: readonly Batch[], config: IterationConfig, losses: Losses): void;
  /** Frees what was compiled. */
  dispose(): void;
}

interface UpdateOptions {
  readonly config: IterationConfig;
  readonly objective: Objective;
  readonly names: readonly GuidanceName[];
  readonly compile: Compile;
}

/** One optimiser's tensors before a step, and the numbers of the step. */
interface Moments {
  readonly first: Tensor1D;
  readonly second: Tensor1D;
  readonly constants: Tensor1D;
}

/** One network after a step. */
interface Updated {
  /** Those that are trained. */
  readonly weights: Record<string, Tensor>;
  readonly first: Tensor1D;
  readonly second: Tensor1D;
}

type TrainedMoments = Partial<Record<NetworkName, Moments>>;

/** A step's losses by name, its total among them, and the networks that it changed. */
interface Step {
  readonly terms: Record<string, Tensor>;
  readonly updated: Partial<Record<NetworkName, Updated>>;
}

/** What a part of a discriminator update sees. */
interface DiscriminatorPart {
  readonly image: Tensor;
  readonly domain: DomainLabels;
  readonly targetDomain: DomainLabels;
  readonly fake: Tensor;
  readonly reference: Tensor;
  readonly position?: Tensor;
  readonly augmentation?: AugmentationDraw | undefined;
}

/** What a part of a generator update sees. */
type TranslatedPart = Omit<Batch, 'augmentationNumbers'> & { readonly augmentation?: AugmentationDraw | undefined };

/**
 * The updates of an iteration as functions of tensors alone, each compiled by itself: what an update replaces is then freed before
 * the next, as it is without compiling.
 */
export function compiledUpdates(networks: Networks, optimizers: Optimizers, { config, objective, names, compile }: UpdateOptions): Updates {
  const options = { saveMemory: config.gradientCheckpointing === 'blocks' };
  const augmentation = withDefaults(objectiveFields, config);
  // Of the first state that is seen: what a training trains does not change.
  let layouts: Partial<Record<NetworkName, AdamState['layout']>> | undefined;
  let frozen: Frozen = {};

  function see(state: TrainingState): void {
    if (layouts !== undefined) return;
    layouts = Object.fromEntries(Object.entries(state.moments).map(([name, { layout }]) => [name, layout]));
    frozen = frozenOf(state);
  }

  /** The networks that an update trains, as far as they are not frozen. */
  const trainedBy = (name: GuidanceName): NetworkName[] =>
    trainedNetworks(networks, GUIDANCE[name]).filter((network) => layouts?.[network] !== undefined);

  function stepOf(
    name: NetworkName,
    weights: Record<string, Tensor>,
    gradients: Record<string, Tensor>,
    { first, second, constants }: Moments,
  ): Updated {
    const state = { step: 0, layout: layouts![name]!, first, second };
    const { parameters, state: next } = optimizers[name].update(withoutFrozen(weights, frozen[name]), gradients, state, constants);
    disposeAll(gradients);
    return { weights: parameters, first: next.first, second: next.second };
  }

  const translateForDiscriminator = compile(
    (weights: Omit<WeightsOf, 'discriminator'>, part: Batch) => translations(networks, weights, part, names),
    options,
  );

  const updateDiscriminator = compile(
    (weights: Record<string, Tensor>, moments: Moments, parts: readonly DiscriminatorPart[], factors: Factors): Step => {
      const step = overParts(parts, (part) =>
        discriminatorGradients(networks, weights, part, config, objective.discriminator, factors, frozen),
      );
      const updated = { discriminator: stepOf('discriminator', weights, step.gradients, moments) };
      return { terms: { ...step.auxiliary, total: step.value }, updated };
    },
    options,
  );

  const updateGenerator = compile(
    (name: GuidanceName, weights: WeightsOf, moments: TrainedMoments, parts: readonly TranslatedPart[], factors: Factors): Step => {
      const guidance = GUIDANCE[name];
      const trained = trainedBy(name);
      const step = overParts(parts, ({ latent, latent2, reference, reference2, ...part }) => {
        const styles: StyleSource = guidance === 'latent' ? { guidance, latent, latent2 } : { guidance, reference, reference2 };
        return generatorGradients(networks, weights, { ...part, reference, styles }, config, trained, objective.generator, factors, frozen);
      });
      const gradients = splitWeights(step.gradients, trained);
      const updated = mapNames(trained, (network) => stepOf(network, weights[network], gradients[network], moments[network]!));
      return { terms: { ...step.auxiliary, total: step.value }, updated };
    },
    options,
  );

  /** Calls a compiled update with the moments of the networks that it trains, and puts what it gives into the state. */
  function apply(
    state: TrainingState,
    trained: readonly NetworkName[],
    factors: Record<string, Scalar>,
    call: (moments: TrainedMoments) => Step,
  ): Step['terms'] {
    const constants = mapNames(trained, (name) => optimizers[name].stepConstants(state.moments[name]!.step + 1));
    const moments = mapNames(trained, (name): Moments => {
      const { first, second } = state.moments[name]!;
      return { first, second, constants: constants[name] };
    });
    const { terms, updated } = call(moments);
    for (const name of trained) {
      const { weights, first, second } = updated[name]!;
      const previous = state.moments[name]!;
      disposeAll(withoutFrozen(state.weights[name], frozen[name]));
      disposeMoments(previous);
      state.weights[name] = { ...state.weights[name], ...weights };
      state.moments[name] = { step: previous.step + 1, layout: previous.layout, first, second };
    }
    dispose([...Object.values(constants), ...Object.values(factors)]);
    return terms;
  }

  return {
    discriminator(state, parts, current, losses) {
      see(state);
      if (state.moments.discriminator === undefined) return;
      const { generator, mappingNetwork, styleEncoder } = state.weights;
      const others = { generator, mappingNetwork, styleEncoder };
      const translated = parts.map((part) => ({ part, fakes: translateForDiscriminator(others, part) }));
      for (const name of names) {
        const judged = translated.map(({ part, fakes }): DiscriminatorPart => {
          const { image, domain, targetDomain, reference, position } = part;
          const draw = drawAugmentation(augmentation, part, state, `D/${name}`);
          return {
            ...{ image, domain, targetDomain, reference, fake: fakes[name]! },
            ...(position && { position }),
            ...(draw && { augmentation: draw }),
          };
        });
        const factors = factorsOf(objective.discriminator, current, networks);
        const terms = apply(state, ['discriminator'], factors, ({ discriminator }) =>
          updateDiscriminator(state.weights.discriminator, discriminator!, judged, factors),
        );
        followDiscriminator(augmentation, state, terms.sign, numberOfImages(parts));
        record(losses, `D/${name}`, terms);
        disposeDraws(judged);
      }
      for (const { fakes } of translated) dispose(Object.values(fakes));
    },
    generator(state, parts, current, losses) {
      see(state);
      for (const name of names) {
        const trained = trainedBy(name);
        if (trained.length === 0) continue;
        const factors = factorsOf(objective.generator, current, networks);
        const drawn = parts.map((part): TranslatedPart => {
          const { augmentationNumbers, ...images } = part;
          const draw = drawAugmentation(augmentation, { ...(augmentationNumbers && { augmentationNumbers }) }, state, `G/${name}`);
          return { ...images, ...(draw && { augmentation: draw }) };
        });
        record(
          losses,
          `G/${name}`,
          apply(state, trained, factors, (moments) => updateGenerator(name, state.weights, moments, drawn, factors)),
        );
        disposeDraws(drawn);
      }
    },
    dispose() {
      for (const compiled of [translateForDiscriminator, updateDiscriminator, updateGenerator]) compiled.dispose();
    },
  };
}

const numberOfImages = (parts: readonly Batch[]): number => parts.reduce((total, { image }) => total + image.shape[0], 0);

/** Disposes what was drawn for an update. */
function disposeDraws(parts: readonly { readonly augmentation?: AugmentationDraw | undefined }[]): void {
  for (const { augmentation } of parts) if (augmentation !== undefined) dispose({ ...augmentation });
}

/**
 * The translations that the discriminator is shown. No generator weight changes between its updates, so
 * they are made together and share the generator's encoder half.
 */
function translations(
  { generator, mappingNetwork, styleEncoder }: Networks,
  weights: Omit<WeightsOf, 'discriminator'>,
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

/** Reads a step's terms into the losses; consumes the tensors. */
function record(losses: Losses, prefix: string, terms: Record<string, Tensor>): void {
  for (const [name, term] of Object.entries(terms)) {
    losses[`${prefix}_${name}`] = term.dataSync()[0]!;
    term.dispose();
  }
}
