import { mul, sum, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Masks } from '@stargan/generator';
import type { ConvolutionMethod } from '@stargan/layers';
import { valueAndGradients, type Parameters } from '@stargan/ops';
import { buildNetworks, disposeAll, type NetworkName, type Networks } from '@stargan/training';
import { configLabels, findInput, requireInput } from '../case-inputs.js';
import { hashedWeights, inputTensor } from '../hashed-values.js';
import type { GoldenCase } from '../manifest.js';
import { modelConfig } from '../model-config.js';
import { computed, type Computed, type Outcome } from '../outcome.js';

const MODULES: Record<string, NetworkName> = {
  Generator: 'generator',
  MappingNetwork: 'mappingNetwork',
  StyleEncoder: 'styleEncoder',
  Discriminator: 'discriminator',
};

function applyNetwork(
  name: NetworkName,
  networks: Networks,
  golden: GoldenCase,
  weights: Parameters,
  inputs: Parameters,
  masks: Masks | undefined,
): Tensor {
  const input = (pattern: RegExp): Tensor => inputs[findInput(golden, pattern)!.name]!;
  switch (name) {
    case 'generator':
      return networks.generator.apply(weights, input(/^input\./), input(/^latent\./), masks);
    case 'mappingNetwork':
      return networks.mappingNetwork.apply(weights, input(/^latent\./), configLabels(golden, 'y'));
    case 'styleEncoder':
      return networks.styleEncoder.apply(weights, input(/^input\./), configLabels(golden, 'y'));
    case 'discriminator':
      return networks.discriminator.apply(weights, input(/^input\./), configLabels(golden, 'y'));
  }
}

/** Output of a whole network and, where a cotangent is given, the gradient for its inputs. */
export function networkCase(golden: GoldenCase, variant: ConvolutionMethod): Outcome {
  const entry = golden.weights[0]!;
  const name = MODULES[entry.module];
  if (name === undefined) throw new Error(`network module ${entry.module} is not known`);
  const { config, domains } = modelConfig(golden);
  const networks = buildNetworks({ ...config, convolution: variant }, domains);
  const weights = hashedWeights(networks[name].specs, entry.prefix, entry.seed);
  const differentiated = golden.inputs.filter(({ name: input }) => /^(input|latent)\./.test(input));
  const inputs = Object.fromEntries(differentiated.map((input) => [input.name, inputTensor(input)]));
  const maskList = golden.inputs.filter(({ rule }) => rule === 'mask').map(inputTensor);
  const masks: Masks | undefined = maskList.length === 2 ? [maskList[0]!, maskList[1]!] : undefined;
  const forward = (p: Parameters): Tensor => applyNetwork(name, networks, golden, weights, p, masks);

  const tensors: Outcome['tensors'] = {};
  if (findInput(golden, /^cotangent\./) === undefined) {
    const output = tidy(() => forward(inputs));
    Object.assign(tensors, outputTables(output));
    output.dispose();
  } else {
    const cotangent = requireInput(golden, /^cotangent\./);
    const result = valueAndGradients((p) => {
      const output = forward(p);
      return { value: sum<Scalar>(mul(output, cotangent)), auxiliary: { output } };
    }, inputs);
    Object.assign(tensors, outputTables(result.auxiliary.output!));
    for (const [input, gradient] of Object.entries(result.gradients)) tensors[`grad.${input}`] = computed(gradient);
    disposeAll(result.gradients, result.auxiliary, { cotangent, value: result.value });
  }
  disposeAll(weights, inputs, Object.fromEntries(maskList.map((mask, i) => [i, mask])));
  return { tensors, scalars: {} };
}

/** The output, and for images its statistics per channel, summed in float64. */
function outputTables(output: Tensor): Outcome['tensors'] {
  const values = computed(output);
  if (output.rank !== 4) return { output: values };
  const [batch, channels, height, width] = values.shape as [number, number, number, number];
  const pixels = height * width;
  const perChannel = (f: (value: number) => number): Computed => ({
    shape: [batch, channels],
    data: Array.from({ length: batch * channels }, (_, plane) => {
      let sum = 0;
      for (let i = 0; i < pixels; i++) sum += f(values.data[plane * pixels + i]!);
      return sum / pixels;
    }),
  });
  const meanSquare = perChannel((value) => value * value);
  return {
    output: values,
    output_channel_mean: perChannel((value) => value),
    output_channel_rms: { ...meanSquare, data: Array.from(meanSquare.data, Math.sqrt) },
  };
}
