// A program: prints, for every configuration and update, the derivative of the objective along a direction by its
// gradients, and each term's by differences, as JSON. Run with testing/float64.mjs, so that differences are exact.
import '@tensorflow/tfjs-backend-cpu';
import { abs, add, clipByValue, mean, mul, scalar, setBackend, softplus, sub, sum, tensor, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { augment, augmentationUniforms, UNIFORMS_PER_IMAGE } from '@stargan/augmentation';
import { adversarialFamilies, classificationLoss, r1Penalty, wganGpPenalty } from '@stargan/losses';
import { normalArray, randomStream } from '@stargan/random';
import type { TrainingConfig } from '../../config/training-config.js';
import { ABLATION_NAMES, ablationConfig } from '../../config/ablation.js';
import { buildNetworks, NETWORK_NAMES, type NetworkName, type Networks, type WeightsOf } from '../../networks/networks.js';
import { initialWeights, mapNames } from '../../networks/weights.js';
import { smallConfig } from '../../testing/small-config.js';
import type { AugmentationDraw } from '../augmentation.js';
import { discriminatorGradients } from '../discriminator-step.js';
import { generatorGradients, trainedNetworks, type GeneratorInputs, type StyleSource } from '../generator-step.js';

// The whole objectives, equations (5) and (6), written out here a second time from their terms.

/** All different, and none of them 1. */
const WEIGHTS = { lambdaR1: 6, lambdaGradientPenalty: 7, lambdaClassification: 4, lambdaStyle: 3, lambdaDiversity: 0.3, lambdaCycle: 5 };

const small = (values: Partial<TrainingConfig> = {}): TrainingConfig => smallConfig({ widthBudget: 32, maxWidth: 3, batch: 2, ...values });

const CONFIGURATIONS: Readonly<Record<string, TrainingConfig>> = {
  'the default': small(),
  ...Object.fromEntries(ABLATION_NAMES.map((name) => [`configuration ${name}`, ablationConfig(small(), name)])),
  'a conditional mapping network': small({ mappingNetwork: 'conditional' }),
  'a conditional style encoder': small({ styleEncoder: 'conditional' }),
  'a projection discriminator': small({ discriminator: 'projection' }),
  'a discriminator of label maps': small({ discriminator: 'labelMaps' }),
  'a patch classifier with R1': small({ discriminator: 'patchClassifier' }),
  'hinge losses': small({ adversarial: 'hinge' }),
  'least squares': small({ adversarial: 'leastSquares' }),
  'the saturating game': small({ adversarial: 'saturating' }),
  "WGAN-GP's penalty with branches": small({ adversarial: 'wasserstein', penalty: 'wganGp' }),
  'styles as maps': small({ injection: 'concatenation' }),
  'hinge losses with R1 and R2': small({ adversarial: 'hinge', penalty: 'r1r2' }),
  'the relativistic game with R1 and R2': small({ adversarial: 'relativistic', penalty: 'r1r2' }),
  "the relativistic game with WGAN-GP's penalty and patches": small({
    ...{ adversarial: 'relativistic', penalty: 'wganGp', discriminator: 'patchClassifier' },
  }),
  'augmentation with R1': small({ augmentation: 'color,translation,cutout' }),
  'adaptive augmentation of relativistic pairs with R1 and R2': small({
    ...{ adversarial: 'relativistic', penalty: 'r1r2', augmentation: 'color,translation', augmentationTarget: 0.6 },
  }),
  "augmentation with WGAN-GP's penalty and patches": small({
    ...{ adversarial: 'wasserstein', penalty: 'wganGp', discriminator: 'patchClassifier', augmentation: 'translation,cutout' },
  }),
};

const DOMAIN = [0, 1];
const TARGET = [1, 0];

/** Numbers of a stream of their own, the same in every run. */
const drawn = (stream: string, shape: number[]): Tensor =>
  tensor(
    normalArray(
      shape.reduce((product, size) => product * size, 1),
      randomStream(5, stream),
    ),
    shape,
  );
const images = (stream: string): Tensor => tidy(() => clipByValue(mul(drawn(stream, [2, 16, 16, 3]), 0.5), -1, 1));

const uniforms = (stream: string): Tensor =>
  tensor2d(augmentationUniforms(2, randomStream(5, `${stream} augmentation`)), [2, UNIFORMS_PER_IMAGE]);

const distance = (a: Tensor, b: Tensor): Tensor => mean(abs(sub(a, b)));
type Terms = Record<string, Tensor>;
type Values = Record<string, number>;

/** What an update works on. */
interface Inputs {
  image: Tensor;
  reference: Tensor;
  reference2: Tensor;
  fake: Tensor;
  latent: Tensor;
  latent2: Tensor;
  position: Tensor;
  augmentation: AugmentationDraw;
}

/** What the discriminator sees of real and of generated images. */
function seenBy(
  { augmentation }: TrainingConfig,
  { real, fake, probability }: AugmentationDraw,
): Record<'real' | 'fake', (x: Tensor) => Tensor> {
  if (augmentation === 'off') return { real: (x) => x, fake: (x) => x };
  const operations = (['color', 'translation', 'cutout'] as const).filter((operation) => augmentation.includes(operation));
  return {
    real: (x) => augment(x, real, { operations, probability }),
    fake: (x) => augment(x, fake, { operations, probability }),
  };
}

/** Terms of equation (6) as functions of the weights `p`; what carries no gradient is made with the weights `still`. */
function generatorTerms(
  { generator: G, mappingNetwork: F, styleEncoder: E, discriminator: D }: Networks,
  config: TrainingConfig,
  { image, reference, augmentation }: Inputs,
  styles: StyleSource,
  p: WeightsOf,
  still: WeightsOf,
): Terms {
  const style =
    styles.guidance === 'latent' ? F.apply(p.mappingNetwork, styles.latent, TARGET) : E.apply(p.styleEncoder, styles.reference, TARGET);
  const translated = G.apply(p.generator, image, style);
  const cycle = distance(image, G.apply(p.generator, translated, E.apply(p.styleEncoder, image, DOMAIN)));
  const seen = seenBy(config, augmentation);
  const logits = D.apply(p.discriminator, seen.fake(translated), TARGET);
  const adversarial: Terms = {
    ...(config.adversarial === 'relativistic'
      ? { pairs: mean(softplus(sub(D.apply(p.discriminator, seen.real(reference), TARGET), logits))) }
      : { adversarial: adversarialFamilies[config.adversarial].generator(logits) }),
    ...(D.classify !== undefined && {
      classification: classificationLoss(D.classify(p.discriminator, seen.fake(translated)).classes, TARGET),
    }),
  };
  if (config.conditioning === 'label') return { ...adversarial, cycle };
  const style2 =
    styles.guidance === 'latent'
      ? F.apply(still.mappingNetwork, styles.latent2, TARGET)
      : E.apply(still.styleEncoder, styles.reference2, TARGET);
  return {
    ...adversarial,
    style: distance(style, E.apply(p.styleEncoder, translated, TARGET)),
    diversity: distance(translated, G.apply(still.generator, image, style2)),
    cycle,
  };
}

/** Terms of equation (5). */
function discriminatorTerms(
  { discriminator: D }: Networks,
  config: TrainingConfig,
  { image, reference, fake, position, augmentation }: Inputs,
  { discriminator: p }: WeightsOf,
): Terms {
  const seen = seenBy(config, augmentation);
  const isRelativistic = config.adversarial === 'relativistic';
  const [real, domain] = isRelativistic ? [reference, TARGET] : [image, DOMAIN];
  const readReal = (x: Tensor): Tensor => D.apply(p, seen.real(x), domain);
  const readFake = (x: Tensor): Tensor => D.apply(p, seen.fake(x), TARGET);
  return {
    ...(config.adversarial === 'relativistic'
      ? { pairs: mean(softplus(sub(readFake(fake), readReal(real)))) }
      : {
          real: adversarialFamilies[config.adversarial].real(readReal(real)),
          fake: adversarialFamilies[config.adversarial].fake(readFake(fake)),
        }),
    ...(D.classify !== undefined && { classification: classificationLoss(D.classify(p, seen.real(image)).classes, DOMAIN) }),
    ...(config.penalty === 'wganGp'
      ? { wasserstein: wganGpPenalty(readFake, reference, fake, position) }
      : { r1: r1Penalty(readReal, real) }),
    ...(config.penalty === 'r1r2' && { r2: r1Penalty(readFake, fake) }),
  };
}

const FACTORS: Values = {
  real: 1,
  fake: 1,
  pairs: 1,
  r1: WEIGHTS.lambdaR1,
  r2: WEIGHTS.lambdaR1,
  wasserstein: WEIGHTS.lambdaGradientPenalty,
  adversarial: 1,
  classification: WEIGHTS.lambdaClassification,
  style: WEIGHTS.lambdaStyle,
  diversity: -WEIGHTS.lambdaDiversity,
  cycle: WEIGHTS.lambdaCycle,
};

type Directions = Partial<Record<NetworkName, Record<string, Tensor>>>;

/** A direction in all parameters of some networks. */
const directionsIn = (weights: WeightsOf, networks: readonly NetworkName[]): Directions =>
  Object.fromEntries(
    networks.map((network) => [
      network,
      Object.fromEntries(Object.entries(weights[network]).map(([name, { shape }]) => [name, drawn(`${network} ${name}`, shape)])),
    ]),
  );

/** The weights moved a little at random, biases too. */
function scattered(weights: WeightsOf): WeightsOf {
  const directions = directionsIn(weights, NETWORK_NAMES);
  return mapNames(NETWORK_NAMES, (network) =>
    Object.fromEntries(Object.entries(weights[network]).map(([name, w]) => [name, add(w, mul(directions[network]![name]!, 0.1))])),
  );
}

// Small enough that hardly an activation comes to its corner on the way.
const STEP = 1e-7;

/** Derivative of each term along the direction, by central differences. */
function differences(terms: (weights: WeightsOf) => Terms, weights: WeightsOf, directions: Directions): Values {
  const at = (step: number): Values =>
    tidy(() => {
      const moved = Object.fromEntries(
        Object.entries(directions).map(([network, direction]) => [
          network,
          Object.fromEntries(
            Object.entries(direction).map(([name, u]) => [name, add(weights[network as NetworkName][name]!, mul(u, step))]),
          ),
        ]),
      );
      return Object.fromEntries(Object.entries(terms({ ...weights, ...moved })).map(([name, term]) => [name, term.dataSync()[0]!]));
    });
  const [before, after] = [at(-STEP), at(STEP)];
  return Object.fromEntries(Object.keys(before).map((name) => [name, (after[name]! - before[name]!) / (2 * STEP)]));
}

/** One objective along one direction. */
export interface Comparison {
  /** Which configuration and update. */
  name: string;
  /** By the gradients that training uses. */
  gradient: number;
  /** Each term's derivative by differences, and its weight in the objective. */
  terms: Record<string, { derivative: number; weight: number }>;
}

function compare(
  name: string,
  gradients: Record<string, Tensor>,
  directions: Directions,
  derivatives: Values,
  prefixed: boolean,
): Comparison {
  let gradient = 0;
  for (const [network, direction] of Object.entries(directions)) {
    for (const [parameter, u] of Object.entries(direction))
      gradient += sum(mul(gradients[prefixed ? `${network}.${parameter}` : parameter]!, u)).dataSync()[0]!;
  }
  return {
    name,
    gradient,
    terms: Object.fromEntries(Object.entries(derivatives).map(([term, derivative]) => [term, { derivative, weight: FACTORS[term]! }])),
  };
}

function* comparisons(): Generator<Comparison> {
  const inputs: Inputs = {
    ...{ image: images('image'), reference: images('reference'), reference2: images('reference2'), fake: images('fake') },
    ...{ latent: drawn('latent', [2, 4]), latent2: drawn('latent2', [2, 4]), position: tensor([0.2, 0.7]) },
    // A probability between 0 and 1: some operations are done to an image and others are not.
    augmentation: { real: uniforms('real'), fake: uniforms('fake'), probability: scalar(0.7) },
  };
  const { image, fake, reference, reference2, latent, latent2, position, augmentation } = inputs;
  for (const [name, config] of Object.entries(CONFIGURATIONS)) {
    const networks = buildNetworks(config, 2);
    const initial = initialWeights(networks, NETWORK_NAMES, 3);
    // In a hole of zeros, biases that are 0 put every activation at its corner.
    const weights = config.augmentation === 'off' ? initial : scattered(initial);
    const ofDiscriminator = discriminatorGradients(
      networks,
      weights.discriminator,
      { image, domain: DOMAIN, fake, targetDomain: TARGET, reference, position, augmentation },
      { ...config, ...WEIGHTS },
    );
    const direction = directionsIn(weights, ['discriminator']);
    yield compare(
      `${name}, discriminator`,
      ofDiscriminator.gradients,
      direction,
      differences((p) => discriminatorTerms(networks, config, inputs, p), weights, direction),
      false,
    );

    const sources: StyleSource[] = [
      { guidance: 'latent', latent, latent2 },
      ...(config.guidance === 'both' ? [{ guidance: 'reference', reference, reference2 } as const] : []),
    ];
    for (const styles of sources) {
      const updated: GeneratorInputs = { image, domain: DOMAIN, targetDomain: TARGET, styles, reference, augmentation };
      const { gradients } = generatorGradients(networks, weights, updated, { ...config, ...WEIGHTS });
      const directions = directionsIn(weights, trainedNetworks(networks, styles.guidance));
      const derivatives = differences((p) => generatorTerms(networks, config, inputs, styles, p, weights), weights, directions);
      yield compare(`${name}, ${styles.guidance} guided`, gradients, directions, derivatives, true);
    }
  }
}

await setBackend('cpu');
console.log(JSON.stringify([...comparisons()]));
