import type { GoldenCase, GoldenTensor } from './manifest.js';
import type { Computed, Outcome } from './outcome.js';

/** How far one expected value was missed: `ratio` is error over tolerance, at most 1 when it is met. */
export interface Deviation {
  readonly name: string;
  readonly error: number;
  readonly tolerance: number;
  readonly ratio: number;
  readonly measure: 'absolute' | 'relative l2' | 'missing';
}

/** Expected values of a case, by tensor name. */
export type ExpectedTensors = Readonly<Record<string, { readonly data: ArrayLike<number> }>>;

const AXES: Record<string, number> = { channels: 1, height: 2, width: 3 };

/** Every `stride`-th value along the axes that the entry thins. */
function thin({ shape, data }: Computed, entry: GoldenTensor): ArrayLike<number> {
  if (entry.stride == null) return data;
  const steps = shape.map(() => 1);
  for (const [axis, step] of Object.entries(entry.stride)) steps[AXES[axis]!] = step;
  const kept: number[] = [];
  const walk = (axis: number, offset: number): void => {
    if (axis === shape.length) {
      kept.push(data[offset]!);
      return;
    }
    for (let i = 0; i < shape[axis]!; i += steps[axis]!) walk(axis + 1, offset * shape[axis]! + i);
  };
  walk(0, 0);
  return kept;
}

const missing = (name: string): Deviation => ({ name, error: Infinity, tolerance: 0, ratio: Infinity, measure: 'missing' });

/** Error over tolerance; meeting a tolerance of 0 exactly counts as 0. */
const ratioOf = (error: number, tolerance: number): number => (error === 0 ? 0 : Number.isNaN(error) ? Infinity : error / tolerance);

function worse(a: Deviation, b: Deviation): Deviation {
  return b.ratio > a.ratio ? b : a;
}

function compareTensor(entry: GoldenTensor, actual: Computed, expected: ExpectedTensors): Deviation {
  const { name, tolerance } = entry;
  const wanted = expected[name]?.data;
  const full = entry.full_shape ?? entry.shape;
  const values = actual.shape.join() === full.join() ? thin(actual, entry) : undefined;
  if (wanted === undefined || values?.length !== wanted.length) return missing(name);

  const rtol = tolerance?.rtol ?? 0;
  const rows = tolerance?.atol_tensor == null ? undefined : expected[tolerance.atol_tensor]?.data;
  const perRow = rows === undefined ? 1 : wanted.length / rows.length;
  let worst: Deviation = { name, error: 0, tolerance: tolerance?.atol ?? 0, ratio: 0, measure: 'absolute' };
  let squaredError = 0;
  let squaredNorm = 0;
  for (let i = 0; i < wanted.length; i++) {
    const error = Math.abs(values[i]! - wanted[i]!);
    const atol = rows === undefined ? (tolerance?.atol ?? 0) : rows[Math.floor(i / perRow)]!;
    const allowed = atol + rtol * Math.abs(wanted[i]!);
    worst = worse(worst, { name, error, tolerance: allowed, ratio: ratioOf(error, allowed), measure: 'absolute' });
    squaredError += error * error;
    squaredNorm += wanted[i]! * wanted[i]!;
  }
  if (tolerance?.relative_l2 == null) return worst;
  const error = squaredError === 0 ? 0 : Math.sqrt(squaredError / squaredNorm);
  const allowed = tolerance.relative_l2;
  return worse(worst, { name, error, tolerance: allowed, ratio: ratioOf(error, allowed), measure: 'relative l2' });
}

/** Whether the manifest lets an implementation leave this value out. */
const isOptional = (entry: GoldenTensor): boolean => entry.meaning?.includes('optional') ?? false;

/** Compares all that a case expects; the worst deviation first. */
export function compareCase(golden: GoldenCase, outcome: Outcome, expected: ExpectedTensors): Deviation[] {
  const deviations: Deviation[] = [];
  for (const entry of golden.tensors) {
    if (entry.role !== 'expected') continue;
    const actual = outcome.tensors[entry.name];
    if (actual !== undefined) deviations.push(compareTensor(entry, actual, expected));
    else if (!isOptional(entry)) deviations.push(missing(entry.name));
  }
  for (const [name, { expected: wanted, tolerance }] of Object.entries(golden.scalars)) {
    const actual = outcome.scalars[name];
    if (actual === undefined) {
      deviations.push(missing(name));
      continue;
    }
    const error = Math.abs(actual - wanted);
    const allowed = tolerance.atol + tolerance.rtol * Math.abs(wanted);
    deviations.push({ name, error, tolerance: allowed, ratio: ratioOf(error, allowed), measure: 'absolute' });
  }
  return deviations.sort((a, b) => b.ratio - a.ratio);
}
