// A program: prints, for every configuration and update, the derivative of the objective along a direction by its
// gradients, and each term's by differences, as JSON. Run with testing/float64.mjs, so that differences are exact.
import '@tensorflow/tfjs-backend-cpu';
import { abs, add, clipByValue, mean, mul, setBackend, sub, sum, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { adversarialFamilies, classificationLoss, r1Penalty, wganGpPenalty } from '@stargan/losses';
import { normalArray, randomStream } from '@stargan/random';
import type { TrainingConfig } from '../../config/training-config.js';
import { ABLATION_NAMES, ablationConfig } from '../../config/ablation.js';
import { buildNetworks, NETWORK_NAMES, type NetworkName, type Networks, type WeightsOf } from '../../networks/networks.js';
import { initialWeights } from '../../networks/weights.js';
import { smallConfig } from '../../testing/small-config.js';
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
}

/** Terms of equation (6) as functions of the weights `p`; what carries no gradient is made with the weights `still`. */
function generatorTerms(
  { generator: G, mappingNetwork: F, styleEncoder: E, discriminator: D }: Networks,
  config: TrainingConfig,
  { image }: Inputs,
  styles: StyleSource,
  p: WeightsOf,
  still: WeightsOf,
): Terms {
  const style =
    styles.guidance === 'latent' ? F.apply(p.mappingNetwork, styles.latent, TARGET) : E.apply(p.styleEncoder, styles.reference, TARGET);
  const translated = G.apply(p.generator, image, style);
  const cycle = distance(image, G.apply(p.generator, translated, E.apply(p.styleEncoder, image, DOMAIN)));
  const { generator: loss } = adversarialFamilies[config.adversarial];
  const adversarial: Terms =
    D.classify === undefined
      ? { adversarial: loss(D.apply(p.discriminator, translated, TARGET)) }
      : {
          adversarial: loss(D.classify(p.discriminator, translated).logits),
          classification: classificationLoss(D.classify(p.discriminator, translated).classes, TARGET),
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
  { image, reference, fake, position }: Inputs,
  { discriminator: p }: WeightsOf,
): Terms {
  const { real, fake: fakeLoss } = adversarialFamilies[config.adversarial];
  const critic = (domain: readonly number[]) => (x: Tensor) => D.apply(p, x, domain);
  return {
    real: real(critic(DOMAIN)(image)),
    fake: fakeLoss(critic(TARGET)(fake)),
    ...(D.classify !== undefined && { classification: classificationLoss(D.classify(p, image).classes, DOMAIN) }),
    ...(config.penalty === 'r1'
      ? { r1: r1Penalty(critic(DOMAIN), image) }
      : { wasserstein: wganGpPenalty(critic(TARGET), reference, fake, position) }),
  };
}

const FACTORS: Values = {
  real: 1,
  fake: 1,
  r1: WEIGHTS.lambdaR1,
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
  };
  const { image, fake, reference, reference2, latent, latent2, position } = inputs;
  for (const [name, config] of Object.entries(CONFIGURATIONS)) {
    const networks = buildNetworks(config, 2);
    const weights = initialWeights(networks, NETWORK_NAMES, 3);
    const ofDiscriminator = discriminatorGradients(
      networks,
      weights.discriminator,
      { image, domain: DOMAIN, fake, targetDomain: TARGET, reference, position },
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
      const updated: GeneratorInputs = { image, domain: DOMAIN, targetDomain: TARGET, styles };
      const { gradients } = generatorGradients(networks, weights, updated, { ...config, ...WEIGHTS });
      const directions = directionsIn(weights, trainedNetworks(networks, styles.guidance));
      const derivatives = differences((p) => generatorTerms(networks, config, inputs, styles, p, weights), weights, directions);
      yield compare(`${name}, ${styles.guidance} guided`, gradients, directions, derivatives, true);
    }
  }
}

await setBackend('cpu');
console.log(JSON.stringify([...comparisons()]));
