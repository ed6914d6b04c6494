import { tensor, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { charbonnierLoss, l1Loss, l2Loss } from './distances.js';
import { contentReconstructionLoss, cycleConsistencyLoss, styleReconstructionLoss, type ReconstructionOptions } from './reconstruction.js';
import { batchOf } from './testing/arbitraries.js';
import { selectBackend } from './testing/backends.js';
import { describeMeanAbsoluteDifference } from './testing/mean-absolute-difference-properties.js';
import { gradientOf, valuesOf } from './testing/numbers.js';

const RECONSTRUCTIONS: { name: string; loss: (a: Tensor, b: Tensor, options?: ReconstructionOptions) => Tensor }[] = [
  { name: 'styleReconstructionLoss', loss: styleReconstructionLoss },
  { name: 'contentReconstructionLoss', loss: contentReconstructionLoss },
  { name: 'cycleConsistencyLoss', loss: cycleConsistencyLoss },
];

for (const { name, loss } of RECONSTRUCTIONS) describeMeanAbsoluteDifference(name, loss);

describe('styleReconstructionLoss', () => {
  beforeAll(() => selectBackend('cpu'));

  test('gradient reaches the given style as well as the encoded one', () => {
    const style = [1, 2];
    const encoded = [0, 5];
    expect(gradientOf((x) => styleReconstructionLoss(x, tensor2d(encoded, [1, 2])), style, [1, 2])).toEqual([0.5, -0.5]);
    expect(gradientOf((x) => styleReconstructionLoss(tensor2d(style, [1, 2]), x), encoded, [1, 2])).toEqual([-0.5, 0.5]);
  });
});

const pairs = batchOf(2, 8).map(({ shape, tensors: [a = [], b = []] }) => ({ shape, a, b }));

describe.each(RECONSTRUCTIONS)('$name with a distance of choice', ({ name, loss }) => {
  beforeAll(() => selectBackend('cpu'));

  test('is that distance', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.constantFrom(l1Loss, l2Loss, charbonnierLoss),
        fc.constantFrom('mean', 'sum', 'none'),
        ({ shape, a, b }, distance, reduction) => {
          const given = valuesOf(() => loss(tensor2d(a, shape), tensor2d(b, shape), { distance, reduction }));
          expect(given).toEqual(valuesOf(() => distance(tensor2d(a, shape), tensor2d(b, shape), { reduction })));
        },
      ),
    );
  });

  test('speaks of its own arguments when they do not fit', () => {
    expect(() => loss(tensor([1]), tensor([1, 2]), { distance: l2Loss })).toThrow(
      new RegExp(`^${name}: \\w+ and reconstructed\\w+ must have the same shape`, 'i'),
    );
  });
});
