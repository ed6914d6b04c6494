import type { AdamOptions } from '../adam.js';
import type { Values } from './records.js';

/** Relative rounding of a float32 operation. */
const ROUNDING = 2 ** -23;

/** One parameter's way. */
interface Trace {
  value: number;
  /**
   * How far float32's rounding of gradient + decay can carry it off: next to nothing, except where the two cancel, since
   * Adam makes a step of full size out of whatever is left.
   */
  rounding: number;
}

/** Adam as its paper writes it, in float64 and one number at a time; `gradients` has one record per step. */
export function adam64(options: AdamOptions, start: Values, gradients: readonly Values[]): Values {
  return mapTraces(options, start, gradients, ({ value }) => value);
}

/** How far float32 may be from {@link adam64}, because of what cancels: an absolute bound for each parameter. */
export function adamRounding(options: AdamOptions, start: Values, gradients: readonly Values[]): Values {
  return mapTraces(options, start, gradients, ({ rounding }) => rounding);
}

function mapTraces(
  { learningRate, beta1 = 0, beta2 = 0.99, epsilon = 1e-8, weightDecay = 1e-4 }: AdamOptions,
  start: Values,
  gradients: readonly Values[],
  pick: (trace: Trace) => number,
): Values {
  const trace = (name: string, index: number, initial: number): Trace => {
    let [p, m, v, rounding] = [initial, 0, 0, 0];
    gradients.forEach((record, before) => {
      const gradient = record[name]?.[index] ?? NaN;
      const g = gradient + weightDecay * p;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const [mHat, vHat] = [m / (1 - beta1 ** (before + 1)), v / (1 - beta2 ** (before + 1))];
      const scale = Math.sqrt(vHat) + epsilon;
      rounding += learningRate * Math.min(2, (4 * ROUNDING * (Math.abs(gradient) + Math.abs(weightDecay * p))) / scale);
      p -= (learningRate * mHat) / scale;
    });
    return { value: p, rounding };
  };
  return Object.fromEntries(
    Object.entries(start).map(([name, numbers]) => [name, numbers.map((value, index) => pick(trace(name, index, value)))]),
  );
}
