import type { AdamOptions } from '../adam.js';
import type { Values } from './records.js';

/** Adam as its paper writes it, in float64 and one number at a time; `gradients` has one record per step. */
export function adam64(
  { learningRate, beta1 = 0, beta2 = 0.99, epsilon = 1e-8, weightDecay = 1e-4 }: AdamOptions,
  start: Values,
  gradients: readonly Values[],
): Values {
  const trace = (name: string, index: number, initial: number): number => {
    let [p, m, v] = [initial, 0, 0];
    gradients.forEach((record, before) => {
      const g = (record[name]?.[index] ?? NaN) + weightDecay * p;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const [mHat, vHat] = [m / (1 - beta1 ** (before + 1)), v / (1 - beta2 ** (before + 1))];
      p -= (learningRate * mHat) / (Math.sqrt(vHat) + epsilon);
    });
    return p;
  };
  return Object.fromEntries(
    Object.entries(start).map(([name, numbers]) => [name, numbers.map((value, index) => trace(name, index, value))]),
  );
}
