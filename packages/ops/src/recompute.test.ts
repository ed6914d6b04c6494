import { add, engine, memory, mul, square, sum, tensor1d, tensor2d, matMul, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addBiasLeakyRelu, recompute, softplus, valueAndGradients, withoutGradients } from './index.js';
import { availableBackends, useBackend } from './testing/backends.js';

type Named = Record<string, Tensor>;
const block = ({ x, weight, bias }: Named): Tensor => tidy(() => matMul(addBiasLeakyRelu(softplus(x!), bias!), weight!));

/** Three blocks, whose parameters are used elsewhere too, and a sum of squares. */
function chain(apply: (inputs: Named) => Tensor, { x, weight, bias }: Named): Scalar {
  let h = x!;
  for (let i = 1; i <= 3; i++) h = apply({ x: h, weight: mul(weight!, i), bias: mul(bias!, i) });
  return sum(square(h));
}

const read = (tensors: Record<string, Tensor>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, [...tensor.dataSync()]]));

describe.each(availableBackends())('on the %s backend', (backend) => {
  let inputs: Named;
  let before: number;
  beforeAll(() => useBackend(backend));
  beforeEach(() => {
    before = memory().numTensors;
    inputs = { x: tensor2d([1, -2, 0.5, 3], [2, 2]), weight: tensor2d([0.3, -0.5, 0.8, 0.1], [2, 2]), bias: tensor1d([0.2, -0.4]) };
  });
  afterEach(() => {
    for (const tensor of Object.values(inputs)) tensor.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('has the same value and bit for bit the same gradients', () => {
    const plain = valueAndGradients((p) => chain(block, p), inputs);
    const again = valueAndGradients((p) => chain((named) => recompute(block, named), p), inputs);
    expect(read({ value: again.value, ...again.gradients })).toEqual(read({ value: plain.value, ...plain.gradients }));
    for (const { value, gradients } of [plain, again]) for (const tensor of [value, ...Object.values(gradients)]) tensor.dispose();
  });

  test('adds up the gradient of a tensor that has two names', () => {
    const product = ({ a, b, c }: Named): Tensor => mul(mul(a!, softplus(b!)), c!);
    const gradients = (apply: (named: Named) => Tensor): Record<string, number[]> => {
      const result = valueAndGradients(({ x, weight }) => sum<Scalar>(apply({ a: x, b: x, c: weight })), {
        x: inputs.x!,
        weight: inputs.weight!,
      });
      const values = read(result.gradients);
      for (const tensor of [result.value, ...Object.values(result.gradients)]) tensor.dispose();
      return values;
    };
    const again = gradients((named) => recompute(product, named));
    Object.entries(gradients(product)).forEach(([name, values]) =>
      values.forEach((value, i) => expect(again[name]![i]).toBeCloseTo(value, 5)),
    );
  });

  test('computes each block once more for its gradient, and not at all where none is wanted', () => {
    let calls = 0;
    const counted = (named: Named): Tensor => {
      calls += 1;
      return block(named);
    };
    const run = (wanted: Named): void =>
      tidy(() => {
        valueAndGradients(
          (p) =>
            add<Scalar>(
              sum(p.bias!),
              chain((named) => recompute(counted, named), { ...inputs, ...p }),
            ),
          wanted,
        );
      });
    run({ bias: inputs.bias! });
    expect(calls).toBe(6);
    calls = 0;
    const other = tensor1d([1]);
    valueAndGradientsOfConstant(other);
    expect(calls).toBe(3);
    other.dispose();

    function valueAndGradientsOfConstant(x: Tensor): void {
      tidy(() => {
        valueAndGradients(
          ({ x }) =>
            add<Scalar>(
              sum(x),
              chain((named) => recompute(counted, named), inputs),
            ),
          { x },
        );
      });
    }
  });

  test('keeps less for the backward pass', () => {
    const peak = (apply: (named: Named) => Tensor): number => {
      let kept = 0;
      tidy(() => {
        valueAndGradients((p) => {
          const value = chain(apply, p);
          kept = memory().numTensors;
          return value;
        }, inputs);
      });
      return kept;
    };
    expect(peak((named) => recompute(block, named))).toBeLessThan(peak(block));
  });

  test('is the plain function where nothing is recorded, and where a gradient is differentiated again', () => {
    const once = recompute(block, inputs);
    const plain = block(inputs);
    expect([...once.dataSync()]).toEqual([...plain.dataSync()]);
    once.dispose();
    plain.dispose();

    /** ‖∂ chain / ∂x‖², by the weight. */
    const second = (apply: (named: Named) => Tensor): Record<string, number[]> =>
      tidy(() => {
        const { gradients } = valueAndGradients(
          ({ weight }) =>
            sum<Scalar>(square(engine().gradients(() => chain(apply, { ...inputs, weight }), [inputs.x!], undefined, true).grads[0]!)),
          { weight: inputs.weight! },
        );
        return read(gradients);
      });
    expect(second((named) => recompute(block, named))).toEqual(second(block));
  });

  test('needs inputs no longer than the forward pass', () => {
    const through = (apply: (named: Named) => Tensor): Record<string, number[]> =>
      tidy(() =>
        read(
          valueAndGradients(
            ({ weight }) => {
              const x = withoutGradients(() => mul(inputs.x!, 2));
              const h = apply({ ...inputs, weight, x });
              x.dispose();
              return sum(h);
            },
            { weight: inputs.weight! },
          ).gradients,
        ),
      );
    expect(through((named) => recompute(block, named))).toEqual(through(block));
  });
});
