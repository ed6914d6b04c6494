import { tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { adam } from './adam.js';
import { adamStateFromTensors, adamStateToTensors } from './adam-state.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { reversed, tensorsOf, twins, valuesOf } from './testing/records.js';

describe('adam state by name', () => {
  beforeAll(() => selectBackend('cpu'));

  test('goes out and back exactly, and training goes on to the bit, in whatever order the names come back', () => {
    fc.assert(
      fc.property(twins, ([start, gradient]) => {
        tidy(() => {
          const optimizer = adam({ learningRate: 0.1, beta1: 0.5 });
          const g = tensorsOf(gradient);
          const origin = tensorsOf(start);
          const { parameters, state } = optimizer.update(origin, g, optimizer.init(origin));
          const named = adamStateToTensors(state, parameters);
          const restored = adamStateFromTensors(
            { step: named.step, first: reversed(named.first), second: named.second },
            reversed(parameters),
          );
          expect(restored.step).toBe(1);
          const again = adamStateToTensors(restored, parameters);
          expect(valuesOf(again.first)).toEqual(valuesOf(named.first));
          expect(valuesOf(again.second)).toEqual(valuesOf(named.second));
          const resumed = optimizer.update(parameters, g, restored);
          expect(valuesOf(resumed.parameters)).toEqual(valuesOf(optimizer.update(parameters, g, state).parameters));
        });
      }),
      { numRuns: 25 },
    );
  });

  test('moments have their parameters’ shapes', () => {
    tidy(() => {
      const parameters = { scalar: tensor(1), matrix: tensor([1, 2, 3, 4], [2, 2]) };
      const { first, second } = adamStateToTensors(adam({ learningRate: 1 }).init(parameters), parameters);
      expect([first.scalar?.shape, second.matrix?.shape]).toEqual([[], [2, 2]]);
    });
  });

  test('nothing but the results is left in memory', () => {
    const parameters = { a: tensor([1]), b: tensor([1, 2]) };
    const state = adam({ learningRate: 1 }).init(parameters);
    expect(tensorsLeft(() => adamStateToTensors(state, parameters))).toBe(4);
    const named = adamStateToTensors(state, parameters);
    expect(tensorsLeft(() => adamStateFromTensors(named, parameters))).toBe(2);
  });

  test('what does not fit is refused by name', () => {
    tidy(() => {
      const parameters = { a: tensor([1]) };
      const named = adamStateToTensors(adam({ learningRate: 1 }).init(parameters), parameters);
      expect(() => adamStateFromTensors({ ...named, step: -1 }, parameters)).toThrow(
        'adamStateFromTensors: step must be an integer ≥ 0, got -1',
      );
      expect(() => adamStateFromTensors({ ...named, first: {} }, parameters)).toThrow(
        "first must have the names the state was made for; missing 'a'",
      );
      expect(() => adamStateFromTensors({ ...named, second: { a: tensor([1, 2]) } }, parameters)).toThrow(
        "second 'a' must have the parameter's shape [1], got [2]",
      );
      expect(() => adamStateToTensors(adam({ learningRate: 1 }).init(parameters), { b: tensor([1]) })).toThrow(
        "missing 'a'; unexpected 'b'",
      );
    });
  });
});
