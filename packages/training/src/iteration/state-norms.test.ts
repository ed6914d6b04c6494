import { memory, tensor } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { buildNetworks, NETWORK_NAMES } from '../networks/networks.js';
import { disposeAll } from '../networks/weights.js';
import { smallConfig } from '../testing/small-config.js';
import { stateValues } from './finite.js';
import { buildOptimizers, disposeState, initialState } from './state.js';
import { stateNorms } from './state-norms.js';

const config = smallConfig({ learningRate: 1e-3, weightDecay: 0 });
const networks = buildNetworks(config, 2);
const optimizers = buildOptimizers(config);
const state = initialState(networks, optimizers, 5);
afterAll(() => disposeState(state));

/** In float64, from the values one by one. */
function normOf(role: string, network: string): number {
  let squares = 0;
  for (const part of stateValues(state))
    if (part.role === role && part.network === network) for (const value of part.values) squares += value * value;
  return Math.sqrt(squares);
}

describe('norms of a state', () => {
  it('are those of all weights of each network, and of the gradient of its last update', () => {
    for (const name of NETWORK_NAMES) {
      const weights = state.weights[name];
      const gradients = Object.fromEntries(
        Object.entries(weights).map(([key, { shape, size }], i) => [
          key,
          tensor(
            Float32Array.from({ length: size }, (_, j) => Math.sin(i + j)),
            shape,
          ),
        ]),
      );
      const before = state.moments[name]!;
      const next = optimizers[name].update(weights, gradients, before);
      disposeAll(gradients, weights);
      before.first.dispose();
      before.second.dispose();
      state.weights[name] = next.parameters;
      state.moments[name] = next.state;
    }
    const norms = stateNorms(state);
    expect(Object.keys(norms).sort()).toEqual(NETWORK_NAMES.flatMap((name) => [`gradientNorm/${name}`, `weightNorm/${name}`]).sort());
    for (const name of NETWORK_NAMES) {
      expect(norms[`weightNorm/${name}`]! / normOf('weight', name)).toBeCloseTo(1, 5);
      expect(norms[`gradientNorm/${name}`]! / normOf('mean gradient', name)).toBeCloseTo(1, 5);
      expect(norms[`gradientNorm/${name}`]).toBeGreaterThan(1);
    }
  });

  it('change nothing of the state and leave nothing in memory', () => {
    const before = [...stateValues(state)].map(({ values }) => Float32Array.from(values));
    const { numTensors } = memory();
    stateNorms(state);
    expect(memory().numTensors).toBe(numTensors);
    expect([...stateValues(state)].map(({ values }) => values)).toEqual(before);
  });
});
