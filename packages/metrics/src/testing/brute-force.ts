import type { FeatureRows } from '../features.js';

/** Sample i as an array. */
const sample = ({ data, shape: [, dimension] }: FeatureRows, i: number): number[] =>
  Array.from(data.subarray(i * dimension, (i + 1) * dimension));

const samples = (features: FeatureRows): number[][] => Array.from({ length: features.shape[0] }, (_, i) => sample(features, i));

const squaredDistance = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0);

/** Whether [ball][point] lies in the ball around each centre that reaches to its k-th nearest other centre. */
function inside(centres: number[][], points: number[][], neighbors: number): boolean[][] {
  return centres.map((centre, i) => {
    const distances = centres.filter((_, j) => j !== i).map((other) => squaredDistance(centre, other));
    const radius = distances.sort((a, b) => a - b)[neighbors - 1]!;
    return points.map((point) => squaredDistance(centre, point) <= radius);
  });
}

const share = (flags: readonly boolean[]): number => flags.filter(Boolean).length / flags.length;

/** Precision, recall, density and coverage by their definitions, in float64. */
export function manifoldMetrics(
  real: FeatureRows,
  generated: FeatureRows,
  neighbors: number,
): Record<'precision' | 'recall' | 'density' | 'coverage', number> {
  const [r, g] = [samples(real), samples(generated)];
  const inReal = inside(r, g, neighbors);
  const inGenerated = g.length > neighbors ? inside(g, r, neighbors) : [];
  return {
    precision: share(g.map((_, j) => inReal.some((ball) => ball[j]))),
    recall: share(r.map((_, i) => inGenerated.some((ball) => ball[i]))),
    density: inReal.flat().filter(Boolean).length / (neighbors * g.length),
    coverage: share(inReal.map((ball) => ball.some(Boolean))),
  };
}

/** The unbiased squared maximum mean discrepancy by its definition, in float64. */
export function squaredDiscrepancy(first: FeatureRows, second: FeatureRows): number {
  const [x, y] = [samples(first), samples(second)];
  const kernel = (a: readonly number[], b: readonly number[]): number =>
    (a.reduce((sum, value, k) => sum + value * b[k]!, 0) / a.length + 1) ** 3;
  const within = (set: number[][]): number =>
    set.reduce((sum, a, i) => sum + set.reduce((inner, b, j) => inner + (i === j ? 0 : kernel(a, b)), 0), 0) /
    (set.length * (set.length - 1));
  const between = x.reduce((sum, a) => sum + y.reduce((inner, b) => inner + kernel(a, b), 0), 0) / (x.length * y.length);
  return within(x) + within(y) - 2 * between;
}
