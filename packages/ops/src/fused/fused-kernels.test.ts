import { getKernel, mul, registerKernel, sum, tidy, unregisterKernel } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  adaptiveInstanceNormalization,
  addBiasLeakyRelu,
  averagePool2x2,
  instanceNormalization,
  residualSum,
  upsampleNearest2x,
  valueAndGradients,
} from '../index.js';
import { fusedOperations } from './index.js';
import { availableBackends, useBackend } from '../testing/backends.js';
import { randomArray, type NdArray } from '../testing/nd-array.js';
import { relativeError, toArray, toTensor } from '../testing/tensors.js';

// Those of whole optimizer steps are used, and tested, by the optimizers.
const KERNELS = fusedOperations.filter(({ lists }) => lists === undefined).map(({ kernelName }) => kernelName);
const NATIVE = 'tensorflow';
const native = availableBackends().includes(NATIVE);

// Read before any operation has run, which would register a composed kernel where none is.
const missing = KERNELS.filter((name) => getKernel(name, NATIVE) == null);
const present = native && missing.length === 0;
if (!present) console.warn(`The backend brings no fused kernels (${missing.join(', ')}): their tests are left out.`);

/** Runs `f` with the kernels composed, as where the backend brings none. */
function composed<T>(f: () => T): T {
  const fused = KERNELS.map((name) => getKernel(name, NATIVE));
  for (const name of KERNELS) unregisterKernel(name, NATIVE);
  try {
    return f();
  } finally {
    for (const kernel of fused) {
      if (getKernel(kernel.kernelName, NATIVE) != null) unregisterKernel(kernel.kernelName, NATIVE);
      registerKernel(kernel);
    }
  }
}

type Run = (...inputs: Tensor[]) => Tensor;

/** The result of `run`, then its gradients, weighted with random numbers. */
function evaluate(run: Run, inputs: readonly NdArray[]): NdArray[] {
  const results: NdArray[] = [];
  tidy(() => {
    const named = Object.fromEntries(inputs.map((input, i) => [`input${i}`, toTensor(input)]));
    const { auxiliary, gradients } = valueAndGradients((tensors) => {
      const output = run(...Object.values(tensors));
      const weights = toTensor(randomArray(output.shape, 5));
      return { value: sum<Scalar>(mul(output, weights)), auxiliary: { output } };
    }, named);
    results.push(...[auxiliary.output!, ...Object.values(gradients)].map(toArray));
  });
  return results;
}

// Up to 150 channels: whole blocks of the kernels, halves, and odd rests.
const maps = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 1, max: 5 }),
  channels: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(16, 32, 64, 80, 129, 150)),
  slope: fc.constantFrom(0, 0.2, 1),
  seed: fc.nat({ max: 1_000_000 }),
});
type Drawn = typeof maps extends fc.Arbitrary<infer T> ? T : never;

interface Case {
  name: string;
  inputs: (drawn: Drawn) => NdArray[];
  run: (drawn: Drawn) => Run;
}

const map = ({ batch, height, width, channels, seed }: Drawn): NdArray => randomArray([batch, height, width, channels], seed);
// Neighbouring pixels far apart: a channel that happens to be nearly constant would show its conditioning, not the
// kernels' difference.
const spreadMap = (drawn: Drawn): NdArray => {
  const { shape, data } = map(drawn);
  return { shape, data: data.map((value, i) => value + (Math.floor(i / drawn.channels) % 2 === 0 ? 2 : -2)) };
};
// Away from zero, so that rounding does not decide on which side of the kink a single pixel lies.
const away = { nearest: 0.1 };

const cases: Case[] = [
  {
    name: 'instanceNormalization',
    inputs: (drawn) => [
      spreadMap(drawn),
      randomArray([drawn.channels], drawn.seed + 1),
      randomArray([drawn.channels], drawn.seed + 2, away),
    ],
    run:
      ({ slope }) =>
      (x, scale, shift) =>
        instanceNormalization(x, scale, shift, { slope }),
  },
  {
    name: 'adaptiveInstanceNormalization',
    inputs: (drawn) => [
      spreadMap(drawn),
      randomArray([drawn.batch, drawn.channels], drawn.seed + 1),
      randomArray([drawn.batch, drawn.channels], drawn.seed + 2, away),
    ],
    run:
      ({ slope }) =>
      (x, gamma, beta) =>
        adaptiveInstanceNormalization(x, gamma, beta, { slope }),
  },
  {
    name: 'addBiasLeakyRelu',
    inputs: (drawn) => [map(drawn), randomArray([drawn.channels], drawn.seed + 1)],
    run:
      ({ slope }) =>
      (x, bias) =>
        addBiasLeakyRelu(x, bias, slope),
  },
  {
    name: 'residualSum',
    inputs: (drawn) => [map(drawn), map({ ...drawn, seed: drawn.seed + 1 })],
    run: () => (a, b) => residualSum(a, b, Math.SQRT1_2),
  },
  {
    name: 'averagePool2x2',
    inputs: (drawn) => [map({ ...drawn, height: 2 * drawn.height, width: 2 * drawn.width })],
    run: () => (x) => averagePool2x2(x),
  },
  { name: 'upsampleNearest2x', inputs: (drawn) => [map(drawn)], run: () => (x) => upsampleNearest2x(x) },
];

describe.runIf(present)('with the fused kernels of the native backend', () => {
  beforeAll(() => useBackend(NATIVE));

  test.each(cases)('$name and its gradients equal the composed form', ({ inputs, run }) => {
    fc.assert(
      fc.property(maps, (drawn) => {
        const given = inputs(drawn);
        const fused = evaluate(run(drawn), given);
        const expected = composed(() => evaluate(run(drawn), given));
        // Of all gradients together, since one may be zero by construction, as a norm's of a single pixel.
        const magnitude = Math.max(1, ...expected.flatMap(({ data }) => [...data].map(Math.abs)));
        fused.forEach((array, i) => {
          const worst = array.data.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[i]!.data[at]!)), 0);
          expect(worst / magnitude, `output ${i}`).toBeLessThan(2e-6);
        });
      }),
      { numRuns: 40 },
    );
  });

  test.each(cases)('$name gives the same bits in every run of a large input', ({ inputs, run }) => {
    const drawn: Drawn = { batch: 2, height: 64, width: 64, channels: 144, slope: 0.2, seed: 7 };
    const given = inputs(drawn);
    const first = evaluate(run(drawn), given);
    const second = evaluate(run(drawn), given);
    first.forEach((array, i) => expect(relativeError(second[i]!, array)).toBe(0));
  });
});
