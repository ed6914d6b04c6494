import type { Tensor } from '@tensorflow/tfjs-core';
import {
  initializeParameters,
  residualBlock,
  convolutionMethods,
  styledResidualBlock,
  type ParameterSpec,
  type ConvolutionMethod,
} from '@stargan/layers';
import type { Parameters } from '@stargan/ops';
import { normal } from '../inputs.js';
import { layerCases } from '../layer-cases.js';
import { describeLevel, levelsOf, type Level, type ModelScale } from '../scale.js';
import type { Suite, TensorCase } from '../suite.js';

/**
 * Every block of the models, by every one of `convolutionMethods`: the discriminator's plain blocks from the image
 * down to 8×8, the generator's blocks down to 16×16 and up again, and those between that keep the resolution.
 */
export const suite: Suite = {
  name: 'residual blocks',
  cases: ({ models }) =>
    models.flatMap((model) => {
      const levels = levelsOf(model);
      const ofGenerator = levels.filter(({ size }) => size > BOTTLENECK);
      const bottleneck = levels.filter(({ size }) => size === BOTTLENECK);
      return [
        ...levels.flatMap((level) => casesOf('plain down', down(false), level, model)),
        ...ofGenerator.flatMap((level) => casesOf('normalised down', down(true), level, model)),
        ...bottleneck.flatMap((level) => casesOf('normalised', same, level, model)),
        ...bottleneck.flatMap((level) => casesOf('styled', styledSame, level, model)),
        ...ofGenerator.flatMap((level) => casesOf('styled up', styledUp, level, model)),
      ];
    }),
};

/** Side of the feature maps between the generator's halves. */
const BOTTLENECK = 16;

interface Block {
  specs: readonly ParameterSpec[];
  apply: (parameters: Parameters, x: Tensor, style: Tensor) => Tensor;
  /** Shape of the input. */
  input: number[];
}

type Kind = (level: Level, model: ModelScale, convolution: ConvolutionMethod) => Block;

const down =
  (normalize: boolean): Kind =>
  ({ batch, size, channels, deeper }, _, convolution) => {
    const block = residualBlock('', { inChannels: channels, outChannels: deeper, normalize, downsample: true, convolution });
    return { specs: block.specs, apply: (p, x) => block.apply(p, x), input: [batch, size, size, channels] };
  };

const same: Kind = ({ batch, size, channels }, _, convolution) => {
  const block = residualBlock('', { inChannels: channels, outChannels: channels, normalize: true, convolution });
  return { specs: block.specs, apply: (p, x) => block.apply(p, x), input: [batch, size, size, channels] };
};

const styledSame: Kind = ({ batch, size, channels }, { styleDim }, convolution) => {
  const block = styledResidualBlock('', { inChannels: channels, outChannels: channels, styleDim, convolution });
  return { specs: block.specs, apply: (p, x, style) => block.apply(p, x, style), input: [batch, size, size, channels] };
};

const styledUp: Kind = ({ batch, size, channels, deeper }, { styleDim }, convolution) => {
  const block = styledResidualBlock('', { inChannels: deeper, outChannels: channels, styleDim, upsample: true, convolution });
  return { specs: block.specs, apply: (p, x, style) => block.apply(p, x, style), input: [batch, size / 2, size / 2, deeper] };
};

function casesOf(called: string, kind: Kind, level: Level, model: ModelScale): TensorCase[] {
  const names = Object.keys(convolutionMethods) as ConvolutionMethod[];
  const { specs, input } = kind(level, model, 'fused');
  return layerCases({
    name: `${called} at ${describeLevel(level)}`,
    arithmetic: true,
    variants: Object.fromEntries(names.map((name) => [name, kind(level, model, name)])),
    inputs: () => ({ ...initializeParameters(specs, 1, 'benchmark'), x: normal(input), style: normal([model.batch, model.styleDim], 2) }),
    apply: (block, p) => block.apply(p, p.x!, p.style!),
    fused: 'fused',
  });
}
