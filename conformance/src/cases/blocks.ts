import { mul, sum } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { adain, residualBlock, styledResidualBlock, torchShape, type ParameterSpec, type ConvolutionMethod } from '@stargan/layers';
import { highPass, valueAndGradients, type Parameters } from '@stargan/ops';
import { disposeAll } from '@stargan/training';
import { configNumber, findInput, requireConstant, requireInput } from '../case-inputs.js';
import { hashedWeights } from '../hashed-values.js';
import type { GoldenCase } from '../manifest.js';
import { computed, type Outcome } from '../outcome.js';
import { torchValues } from '../parameter-statistics.js';

interface Block {
  specs: readonly ParameterSpec[];
  apply: (parameters: Parameters, x: Tensor, style: Tensor | undefined) => Tensor;
}

const needStyle = (style: Tensor | undefined): Tensor => {
  if (style === undefined) throw new Error('the case has no latent input for the style');
  return style;
};

function buildBlock(golden: GoldenCase, variant: ConvolutionMethod): Block {
  const number = (key: string): number => configNumber(golden, key);
  const flag = (key: string): boolean => golden.config[key] === true;
  const channels = (): { inChannels: number; outChannels: number } => ({ inChannels: number('dim_in'), outChannels: number('dim_out') });
  const module = golden.weights[0]?.module ?? '(none)';
  switch (module) {
    case 'AdaIN': {
      const layer = adain('', { channels: number('num_features'), styleDim: number('style_dim') });
      return { specs: layer.specs, apply: (parameters, x, style) => layer.apply(parameters, x, needStyle(style)) };
    }
    case 'AdainResBlk': {
      const shortcut = number('w_hpf') === 0;
      const layer = styledResidualBlock('', {
        ...channels(),
        styleDim: number('style_dim'),
        upsample: flag('upsample'),
        shortcut,
        convolution: variant,
      });
      return { specs: layer.specs, apply: (parameters, x, style) => layer.apply(parameters, x, needStyle(style)) };
    }
    case 'ResBlk': {
      const layer = residualBlock('', {
        ...channels(),
        normalize: flag('normalize'),
        downsample: flag('downsample'),
        convolution: variant,
      });
      return { specs: layer.specs, apply: (parameters, x) => layer.apply(parameters, x) };
    }
    case 'HighPass': {
      const weight = number('w_hpf');
      return { specs: [], apply: (_, x) => highPass(x, weight) };
    }
    default:
      throw new Error(`block module ${module} is not known`);
  }
}

/** Output of a block, and the gradient of Σ output · cotangent for inputs and parameters. */
export function blockCase(golden: GoldenCase, variant: ConvolutionMethod): Outcome {
  requireConstant(golden, 'eps', 1e-5);
  requireConstant(golden, 'leaky_slope', 0.2);
  const block = buildBlock(golden, variant);
  const { prefix, seed } = golden.weights[0]!;
  const weights = hashedWeights(block.specs, prefix, seed);
  const image = findInput(golden, /^input\./)!;
  const latent = findInput(golden, /^latent\./);
  const inputs: Record<string, Tensor> = { [image.name]: requireInput(golden, /^input\./) };
  if (latent !== undefined) inputs[latent.name] = requireInput(golden, /^latent\./);
  const cotangent = requireInput(golden, /^cotangent\./);

  const result = valueAndGradients(
    (p) => {
      const output = block.apply(p, p[image.name]!, latent === undefined ? undefined : p[latent.name]);
      return { value: sum<Scalar>(mul(output, cotangent)), auxiliary: { output } };
    },
    { ...weights, ...inputs },
  );
  const tensors: Outcome['tensors'] = { output: computed(result.auxiliary.output!) };
  for (const name of Object.keys(inputs)) tensors[`grad.${name}`] = computed(result.gradients[name]!);
  for (const spec of block.specs) {
    tensors[`grad.param.${spec.name}`] = { shape: torchShape(spec), data: torchValues(spec, result.gradients[spec.name]!) };
  }
  disposeAll(weights, inputs, result.gradients, result.auxiliary, { cotangent, value: result.value });
  return { tensors, scalars: {} };
}
