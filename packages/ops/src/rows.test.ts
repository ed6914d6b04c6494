import { mul, sum, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { selectRows, valueAndGradients } from './index.js';
import { arrayOf } from './testing/arbitraries.js';
import { useBackend } from './testing/backends.js';
import { toArray, toTensor } from './testing/tensors.js';

beforeAll(() => useBackend('cpu'));

test('each row gets the sum of the gradients of all its selections, and zeros when it has none', () => {
  const drawn = fc
    .record({ rows: fc.integer({ min: 1, max: 5 }), width: fc.integer({ min: 1, max: 3 }) })
    .chain(({ rows, width }) => fc.tuple(fc.array(fc.nat(rows - 1), { minLength: 1, maxLength: 8 }), arrayOf([rows, width])))
    .chain(([indices, x]) => fc.record({ indices: fc.constant(indices), x: fc.constant(x), c: arrayOf([indices.length, x.shape[1]!]) }));
  fc.assert(
    fc.property(drawn, ({ indices, x, c }) => {
      const width = x.shape[1]!;
      const expected = new Float64Array(x.data.length);
      indices.forEach((row, i) => {
        for (let p = 0; p < width; p++) expected[row * width + p]! += c.data[i * width + p]!;
      });
      tidy(() => {
        const { gradients } = valueAndGradients((at) => sum<Scalar>(mul(selectRows(at.x as Tensor2D, indices), toTensor(c))), {
          x: toTensor(x),
        });
        toArray(gradients.x).data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
      });
    }),
  );
});

test('a row that is not selected gets gradient zero even where it holds NaN', () => {
  const x = tensor2d([
    [1, 2],
    [Number.NaN, Number.POSITIVE_INFINITY],
  ]);
  const { value, gradients } = valueAndGradients((at) => sum<Scalar>(selectRows(at.x, [0])), { x });
  expect(value.dataSync()[0]).toBe(3);
  expect([...gradients.x.dataSync()]).toEqual([1, 1, 0, 0]);
});

test.each([3, -1, 0.5, Number.NaN])('selectRows refuses index %d of three rows', (index) => {
  expect(() => selectRows(zeros([3, 2]), [0, index])).toThrow(`selectRows: indices must be whole numbers from 0 to 2, got ${index}`);
});

test('selectRows refuses an empty selection', () => {
  expect(() => selectRows(zeros([3, 2]), [])).toThrow('selectRows: indices must name at least one row, got none');
});
