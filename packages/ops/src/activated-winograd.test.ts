import { engine, mul, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  activate,
  valueAndGradients,
  winogradConv2d,
  winogradConv2dThenAveragePool,
  winogradConv2dThenResidualSum,
  winogradUpsampleThenConv2d,
  type InputActivation,
} from './index.js';
import { availableBackends, useBackend } from './testing/backends.js';
import { randomArray } from './testing/nd-array.js';
import { evaluate, toArray, toTensor } from './testing/tensors.js';
import { expectEqual, point, type Case } from './testing/winograd-comparison.js';

interface Kind {
  name: string;
  shapes: (input: number[]) => number[][];
  of: (tensors: Tensor[]) => InputActivation;
}

const kinds: Kind[] = [
  { name: 'a leaky ReLU', shapes: () => [], of: () => ({ slope: 0.2 }) },
  { name: 'a bias', shapes: (input) => [input.slice(-1)], of: ([bias]) => ({ bias, slope: 0.2 }) },
  {
    name: 'an instance norm',
    shapes: (input) => [input.slice(-1), input.slice(-1)],
    of: ([scale, shift]) => ({ scale: scale!, shift: shift!, slope: 0.2, epsilon: 1e-3 }),
  },
  {
    name: 'an adaptive instance norm',
    shapes: ([batch, , , channels]) => [
      [batch!, channels!],
      [batch!, channels!],
    ],
    of: ([scale, shift]) => ({ scale: scale!, shift: shift!, adaptive: true, slope: 0.2 }),
  },
];

interface Convolution {
  name: string;
  run: (x: Tensor, filter: Tensor, others: Tensor[], activation?: InputActivation) => Tensor;
  step: number;
  scale: number;
  others?: (output: number[]) => number[][];
}

const convolutions: Convolution[] = [
  { name: 'winogradConv2d', run: (x, filter, _, activation) => winogradConv2d(x, filter, activation), step: 2, scale: 1 },
  {
    name: 'winogradConv2dThenAveragePool',
    run: (x, filter, _, activation) => winogradConv2dThenAveragePool(x, filter, activation),
    step: 2,
    scale: 0.5,
  },
  {
    name: 'winogradUpsampleThenConv2d',
    run: (x, filter, _, activation) => winogradUpsampleThenConv2d(x, filter, activation),
    step: 2,
    scale: 2,
  },
  {
    name: 'winogradConv2dThenResidualSum',
    run: (x, filter, [bias, shortcut], activation) => winogradConv2dThenResidualSum(x, filter, bias!, shortcut!, Math.SQRT1_2, activation),
    step: 2,
    scale: 1,
    others: (output) => [output.slice(-1), output],
  },
];

/** A convolution with an activation, and one after the other. */
function caseOf({ name, run, step, scale, others = () => [] }: Convolution, kind: Kind): Case {
  const ofConvolution = others([]).length;
  const parts = (tensors: Tensor[]): [Tensor[], InputActivation] => [
    tensors.slice(0, ofConvolution),
    kind.of(tensors.slice(ofConvolution)),
  ];
  return {
    name: `${name} after ${kind.name}`,
    step,
    scale,
    others: (output, input) => [...others(output), ...kind.shapes(input)],
    winograd: (x, filter, ...rest) => run(x, filter, ...parts(rest)),
    textbook: (x, filter, ...rest) => {
      const [tensors, activation] = parts(rest);
      return run(activate(x, activation), filter, tensors);
    },
  };
}

const cases = convolutions.flatMap((convolution) => kinds.map((kind) => caseOf(convolution, kind)));

describe.each(availableBackends())('on the %s backend', (backend) => {
  beforeAll(() => useBackend(backend));

  // Other backends activate first, where `many` channels would take long.
  const many = backend === 'tensorflow';

  test.each(cases)('$name is one after the other to second order', (operation) => {
    fc.assert(
      fc.property(point(operation, !many), (at) => expectEqual(operation, at)),
      { numRuns: 2 },
    );
  });

  test.each(cases)(
    '$name has the bits of one after the other, and of its gradients',
    ({ winograd, textbook, others = () => [], scale }) => {
      const shape = [2, 10, 14, 64];
      const output = [2, 10 * scale, 14 * scale, 32];
      const shapes = [shape, [3, 3, 64, 32], ...others(output, shape)];
      const bits = (run: Case['winograd']): unknown =>
        evaluate(() => {
          const inputs = shapes.map((one, i) => toTensor(randomArray(one, i)));
          const weights = toTensor(randomArray(output, 100));
          const named = Object.fromEntries(inputs.entries());
          const { gradients, auxiliary } = valueAndGradients((tensors) => {
            const y = run(...Object.keys(named).map((name) => tensors[name]!));
            return { value: sum(mul(y, weights)), auxiliary: { y } };
          }, named);
          return [...Object.values(gradients), ...Object.values(auxiliary), run(...inputs)].map(toArray);
        });
      expect(bits(winograd)).toEqual(bits(textbook));
    },
  );

  test('nothing but the result is left', () => {
    const [x, filter, shift] = [[1, 8, 8, 32], [3, 3, 32, 32], [32]].map((shape, i) => toTensor(randomArray(shape, i)));
    const before = engine().memory().numTensors;
    winogradConv2d(x!, filter!, { scale: shift!, shift: shift!, slope: 0.2 }).dispose();
    expect(engine().memory().numTensors).toBe(before);
  });
});
