import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ConvolutionMethod } from '@stargan/layers';
import { fakeLogisticLoss, realLogisticLoss } from '@stargan/losses';
import { valueAndGradients } from '@stargan/ops';
import {
  buildNetworks,
  discriminatorGradients,
  disposeAll,
  generatorGradients,
  mapNames,
  NETWORK_NAMES,
  type NetworkName,
  type Networks,
  splitWeights,
  type WeightsOf,
} from '@stargan/training';
import { configLabels, configNumber, findInput, requireInput } from '../case-inputs.js';
import { hashedWeights } from '../hashed-values.js';
import type { GoldenCase } from '../manifest.js';
import { modelConfig } from '../model-config.js';
import { computed, type Outcome } from '../outcome.js';
import { parameterRow, parameterTables, torchValues, type ParameterRow } from '../parameter-statistics.js';

/** Prefixes of the reference's state-dict keys. */
export const TORCH_PREFIX: Record<NetworkName, string> = {
  generator: 'generator',
  mappingNetwork: 'mapping_network',
  styleEncoder: 'style_encoder',
  discriminator: 'discriminator',
};

/** The logistic losses on given logits, with their gradients. */
export function adversarialLossCase(golden: GoldenCase): Outcome {
  const logits = tensor1d(configLabels(golden, 'logits'));
  const outcome: Outcome = { tensors: {}, scalars: {} };
  for (const [target, loss] of [
    ['target1', realLogisticLoss],
    ['target0', fakeLogisticLoss],
  ] as const) {
    const result = valueAndGradients((p) => loss(p.logits), { logits });
    const each = loss(logits, { reduction: 'none' });
    outcome.scalars[target] = result.value.dataSync()[0]!;
    outcome.tensors[`grad_${target}`] = computed(result.gradients.logits);
    outcome.tensors[`each_${target}`] = computed(each);
    disposeAll(result.gradients, { value: result.value, each });
  }
  logits.dispose();
  return outcome;
}

/** Weights of the four networks of a case, made from their names. */
export function hashedNetworkWeights(networks: Networks, golden: GoldenCase): WeightsOf {
  return mapNames(NETWORK_NAMES, (name) => {
    const prefix = TORCH_PREFIX[name];
    const entry = golden.weights.find((weights) => weights.prefix === prefix);
    if (entry === undefined) throw new Error(`case ${golden.id} names no weights for ${prefix}`);
    return hashedWeights(networks[name].specs, prefix, entry.seed);
  });
}

function gradientRows(networks: Networks, name: NetworkName, gradients: Readonly<Record<string, Tensor>>, seed: number): ParameterRow[] {
  return networks[name].specs.map((spec) =>
    parameterRow(`${TORCH_PREFIX[name]}.${spec.name}`, torchValues(spec, gradients[spec.name]!), seed),
  );
}

/** Every term of an objective, its total, and the total's gradient for each parameter. */
export function objectiveCase(golden: GoldenCase, variant: ConvolutionMethod): Outcome {
  const { config, domains } = modelConfig(golden);
  const networks = buildNetworks({ ...config, convolution: variant }, domains);
  const weights = hashedNetworkWeights(networks, golden);
  const image = requireInput(golden, /x_real$/);
  const domain = configLabels(golden, 'y_org');
  const targetDomain = configLabels(golden, 'y_trg');
  const seed = golden.inputs[0]!.seed;
  const isDiscriminator = 'reg' in golden.scalars;
  const guidance = findInput(golden, /z_trg$/) === undefined ? 'reference' : 'latent';
  const first = requireInput(golden, guidance === 'latent' ? /z_trg$/ : /x_ref$/);

  const outcome: Outcome = { tensors: {}, scalars: {} };
  const finish = (rows: ParameterRow[], value: Tensor, terms: Readonly<Record<string, Tensor>>): void => {
    for (const [name, term] of Object.entries({ ...terms, loss: value })) outcome.scalars[name] = term.dataSync()[0]!;
    Object.assign(outcome.tensors, parameterTables('grad_', rows));
  };

  if (isDiscriminator) {
    const fake = tidy(() => {
      const style =
        guidance === 'latent'
          ? networks.mappingNetwork.apply(weights.mappingNetwork, first, targetDomain)
          : networks.styleEncoder.apply(weights.styleEncoder, first, targetDomain);
      return networks.generator.apply(weights.generator, image, style);
    });
    const lambdaR1 = configNumber(golden, 'lambda_reg');
    const step = discriminatorGradients(networks, weights.discriminator, { image, domain, fake, targetDomain }, { lambdaR1 });
    finish(gradientRows(networks, 'discriminator', step.gradients, seed), step.value, step.auxiliary);
    disposeAll(step.gradients, step.auxiliary, { fake, value: step.value });
  } else {
    const second = requireInput(golden, guidance === 'latent' ? /z_trg2$/ : /x_ref2$/);
    const styles =
      guidance === 'latent'
        ? ({ guidance, latent: first, latent2: second } as const)
        : ({ guidance, reference: first, reference2: second } as const);
    const lambdas = {
      lambdaStyle: configNumber(golden, 'lambda_sty'),
      lambdaDiversity: configNumber(golden, 'lambda_ds'),
      lambdaCycle: configNumber(golden, 'lambda_cyc'),
    };
    // The golden may list a network that training would not differentiate in this step.
    const listed = golden.name_lists.gradients ?? [];
    const trained = NETWORK_NAMES.filter((name) => listed.some((key) => key.startsWith(`${TORCH_PREFIX[name]}.`)));
    const step = generatorGradients(networks, weights, { image, domain, targetDomain, styles }, lambdas, trained);
    const split = splitWeights(step.gradients, trained);
    finish(
      trained.flatMap((name) => gradientRows(networks, name, split[name], seed)),
      step.value,
      step.auxiliary,
    );
    disposeAll(step.gradients, step.auxiliary, { second, value: step.value });
  }
  disposeAll(...Object.values(weights), { image, first });
  return outcome;
}
