import { concat, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Parameters } from '@stargan/ops';
import { foldedConvolution, type FoldedConvolution } from './folded-convolution.js';
import { maxPoolSame, maxPoolStride2, type AveragePool } from './pooling.js';
import type { RectifiedConvolutionOptions } from './rectified-convolution.js';

/** A part of Inception-v3: the layers that have weights and what becomes of a feature map. */
export interface InceptionBlock {
  /** Parameters in the order of the state dictionary. */
  readonly layers: readonly FoldedConvolution[];
  /** @param x [batch, height, width, in] */
  apply(parameters: Parameters, x: Tensor): Tensor4D;
}

/** Makes the layers of one block, whose names begin with the block's. */
const layersOf =
  (block: string) =>
  (
    name: string,
    inChannels: number,
    outChannels: number,
    size: readonly [number, number],
    walk: RectifiedConvolutionOptions = {},
  ): FoldedConvolution =>
    foldedConvolution(`${block}.${name}`, { inChannels, outChannels, size, ...walk });

/** One layer after the other; what lies between is freed at once. */
function chain(parameters: Parameters, x: Tensor, ...layers: readonly FoldedConvolution[]): Tensor4D {
  let y = layers[0]!.apply(parameters, x);
  for (const layer of layers.slice(1)) {
    const next = layer.apply(parameters, y);
    y.dispose();
    y = next;
  }
  return y;
}

const HALVE = { stride: 2, padding: 'valid' } as const;

/** Branches of 1×1, 5×5 and twice 3×3 filters. 35×35×in → 35×35×(224 + poolChannels). */
export function blockA(
  name: string,
  { inChannels, poolChannels, average }: { inChannels: number; poolChannels: number; average: AveragePool },
): InceptionBlock {
  const layer = layersOf(name);
  const branch1x1 = layer('branch1x1', inChannels, 64, [1, 1]);
  const branch5x5 = [layer('branch5x5_1', inChannels, 48, [1, 1]), layer('branch5x5_2', 48, 64, [5, 5])];
  const branch3x3dbl = [
    layer('branch3x3dbl_1', inChannels, 64, [1, 1]),
    layer('branch3x3dbl_2', 64, 96, [3, 3]),
    layer('branch3x3dbl_3', 96, 96, [3, 3]),
  ];
  const branchPool = layer('branch_pool', inChannels, poolChannels, [1, 1], { average });
  return {
    layers: [branch1x1, ...branch5x5, ...branch3x3dbl, branchPool],
    apply: (p, x) =>
      tidy(() => concat([branch1x1.apply(p, x), chain(p, x, ...branch5x5), chain(p, x, ...branch3x3dbl), branchPool.apply(p, x)], 3)),
  };
}

/** Halves the size. 35×35×in → 17×17×(480 + in). */
export function blockB(name: string, { inChannels }: { inChannels: number }): InceptionBlock {
  const layer = layersOf(name);
  const branch3x3 = layer('branch3x3', inChannels, 384, [3, 3], HALVE);
  const branch3x3dbl = [
    layer('branch3x3dbl_1', inChannels, 64, [1, 1]),
    layer('branch3x3dbl_2', 64, 96, [3, 3]),
    layer('branch3x3dbl_3', 96, 96, [3, 3], HALVE),
  ];
  return {
    layers: [branch3x3, ...branch3x3dbl],
    apply: (p, x) => tidy(() => concat([branch3x3.apply(p, x), chain(p, x, ...branch3x3dbl), maxPoolStride2(x)], 3)),
  };
}

/** Branches of 7×7 filters taken apart into 1×7 and 7×1. 17×17×768 → 17×17×768. */
export function blockC(name: string, { width, average }: { width: number; average: AveragePool }): InceptionBlock {
  const layer = layersOf(name);
  const branch1x1 = layer('branch1x1', 768, 192, [1, 1]);
  const branch7x7 = [
    layer('branch7x7_1', 768, width, [1, 1]),
    layer('branch7x7_2', width, width, [1, 7]),
    layer('branch7x7_3', width, 192, [7, 1]),
  ];
  const branch7x7dbl = [
    layer('branch7x7dbl_1', 768, width, [1, 1]),
    layer('branch7x7dbl_2', width, width, [7, 1]),
    layer('branch7x7dbl_3', width, width, [1, 7]),
    layer('branch7x7dbl_4', width, width, [7, 1]),
    layer('branch7x7dbl_5', width, 192, [1, 7]),
  ];
  const branchPool = layer('branch_pool', 768, 192, [1, 1], { average });
  return {
    layers: [branch1x1, ...branch7x7, ...branch7x7dbl, branchPool],
    apply: (p, x) =>
      tidy(() => concat([branch1x1.apply(p, x), chain(p, x, ...branch7x7), chain(p, x, ...branch7x7dbl), branchPool.apply(p, x)], 3)),
  };
}

/** Halves the size. 17×17×768 → 8×8×1280. */
export function blockD(name: string): InceptionBlock {
  const layer = layersOf(name);
  const branch3x3 = [layer('branch3x3_1', 768, 192, [1, 1]), layer('branch3x3_2', 192, 320, [3, 3], HALVE)];
  const branch7x7x3 = [
    layer('branch7x7x3_1', 768, 192, [1, 1]),
    layer('branch7x7x3_2', 192, 192, [1, 7]),
    layer('branch7x7x3_3', 192, 192, [7, 1]),
    layer('branch7x7x3_4', 192, 192, [3, 3], HALVE),
  ];
  return {
    layers: [...branch3x3, ...branch7x7x3],
    apply: (p, x) => tidy(() => concat([chain(p, x, ...branch3x3), chain(p, x, ...branch7x7x3), maxPoolStride2(x)], 3)),
  };
}

/** Branches that fork once more into 1×3 and 3×1. 8×8×in → 8×8×2048. */
export function blockE(name: string, { inChannels, pool }: { inChannels: number; pool: AveragePool | 'max' }): InceptionBlock {
  const layer = layersOf(name);
  const branch1x1 = layer('branch1x1', inChannels, 320, [1, 1]);
  const branch3x3 = layer('branch3x3_1', inChannels, 384, [1, 1]);
  const branch3x3Forks = [layer('branch3x3_2a', 384, 384, [1, 3]), layer('branch3x3_2b', 384, 384, [3, 1])];
  const branch3x3dbl = [layer('branch3x3dbl_1', inChannels, 448, [1, 1]), layer('branch3x3dbl_2', 448, 384, [3, 3])];
  const branch3x3dblForks = [layer('branch3x3dbl_3a', 384, 384, [1, 3]), layer('branch3x3dbl_3b', 384, 384, [3, 1])];
  const branchPool = layer('branch_pool', inChannels, 192, [1, 1], pool === 'max' ? {} : { average: pool });
  return {
    layers: [branch1x1, branch3x3, ...branch3x3Forks, ...branch3x3dbl, ...branch3x3dblForks, branchPool],
    apply: (p, x) =>
      tidy(() => {
        const single = branch3x3.apply(p, x);
        const double = chain(p, x, ...branch3x3dbl);
        return concat(
          [
            branch1x1.apply(p, x),
            ...branch3x3Forks.map((fork) => fork.apply(p, single)),
            ...branch3x3dblForks.map((fork) => fork.apply(p, double)),
            branchPool.apply(p, pool === 'max' ? maxPoolSame(x) : x),
          ],
          3,
        );
      }),
  };
}
