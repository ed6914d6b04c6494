import type { Tensor } from '@tensorflow/tfjs-core';
import { initializeParameters, residualBlock, convolutionVariants, styledResidualBlock, type ParameterSpec, type ConvolutionVariant } from '@stargan/layers';
import type { Parameters } from '@stargan/ops';
import { gradientsOf, normal } from '../inputs.js';
import { describeLevel, levelsOf, type Level, type ModelScale } from '../scale.js';
import type { Case, Suite, Variants } from '../suite.js';

/** Whole blocks between the first two levels of every model, in every variant there is. */
export const suite: Suite = {
  name: 'residual blocks',
  cases: ({ models }) => models.flatMap((model) => Object.entries(kinds).flatMap(([kind, make]) => casesOf(kind, make, model))),
};

interface Block {
  specs: readonly ParameterSpec[];
  apply: (parameters: Parameters, x: Tensor, style: Tensor) => Tensor;
  /** Shape of the input. */
  input: number[];
}

type Kind = (level: Level, model: ModelScale, variant: ConvolutionVariant) => Block;

const down = (normalize: boolean): Kind => ({ batch, size, channels, deeper }, _, variant) => {
  const block = residualBlock('', { inChannels: channels, outChannels: deeper, normalize, downsample: true, variant });
  return { specs: block.specs, apply: (p, x) => block.apply(p, x), input: [batch, size, size, channels] };
};

const styled: Kind = ({ batch, size, channels, deeper }, { styleDim }, variant) => {
  const block = styledResidualBlock('', { inChannels: deeper, outChannels: channels, styleDim, upsample: true, variant });
  return { specs: block.specs, apply: (p, x, style) => block.apply(p, x, style), input: [batch, size / 2, size / 2, deeper] };
};

const kinds: Record<string, Kind> = { 'plain down': down(false), 'normalised down': down(true), 'styled up': styled };

function casesOf(kind: string, make: Kind, model: ModelScale): Case[] {
  const level = levelsOf(model)[0]!;
  const variants = (run: (block: Block, inputs: Parameters) => Variants[string]) => (): Variants =>
    Object.fromEntries(
      (Object.keys(convolutionVariants) as ConvolutionVariant[]).map((variant) => {
        const block = make(level, model, variant);
        const inputs = {
          ...initializeParameters(block.specs, 1, 'benchmark'),
          x: normal(block.input),
          style: normal([model.batch, model.styleDim], 2),
        };
        return [variant, run(block, inputs)];
      }),
    );
  const name = `${kind} at ${describeLevel(level)}`;
  return [
    { name, arithmetic: true, prepare: variants((block, p) => () => block.apply(p, p.x!, p.style!)) },
    {
      name: `${name}, with gradients`,
      arithmetic: true,
      prepare: variants((block, inputs) => () => gradientsOf((p) => block.apply(p, p.x!, p.style!), inputs)),
    },
  ];
}
