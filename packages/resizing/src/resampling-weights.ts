/** Pillow's filters, widened by the factor of shrinking: a triangle, and Keys' cubic with a = −½. */
export type ResamplingFilter = 'bilinear' | 'bicubic';

/** What each position of a resized line reads. */
export interface ResamplingWeights<Values = Float64Array> {
  /** Input positions that one output position reads at most. */
  readonly width: number;
  /** First input position of each output position. */
  readonly starts: Int32Array;
  /** Number of input positions of each output position. */
  readonly counts: Int32Array;
  /** [output position, `width`]; those of one output position sum to 1. */
  readonly values: Values;
}

interface Kernel {
  /** Beyond this distance it is 0. */
  readonly support: number;
  /** Weight at a distance ≥ 0. */
  readonly at: (distance: number) => number;
}

// The order of the floating-point operations is Pillow's, here and below: another one would round some weights differently.
const kernels: Readonly<Record<ResamplingFilter, Kernel>> = {
  bilinear: { support: 1, at: (x) => Math.max(1 - x, 0) },
  bicubic: {
    support: 2,
    at: (x) => {
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
    },
  },
};

/**
 * The weights with which Pillow resizes a line, antialiased where it shrinks.
 *
 * @param filter which of Pillow's filters
 * @param from length of the line, ≥ 1
 * @param to length of the result, ≥ 1
 */
export function resamplingWeights(filter: ResamplingFilter, from: number, to: number): ResamplingWeights {
  const kernel = kernels[filter];
  const scale = from / to;
  const widening = Math.max(scale, 1);
  const support = kernel.support * widening;
  const width = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const values = new Float64Array(to * width);
  const inverse = 1 / widening;
  for (let position = 0; position < to; position++) {
    const centre = (position + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - support + 0.5), 0);
    const count = Math.min(Math.trunc(centre + support + 0.5), from) - start;
    const first = position * width;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      values[first + k] = kernel.at(Math.abs((k + start - centre + 0.5) * inverse));
      sum += values[first + k]!;
    }
    for (let k = 0; k < count; k++) values[first + k]! /= sum;
    starts[position] = start;
    counts[position] = count;
  }
  return { width, starts, counts, values };
}

/**
 * Whether Pillow 13 shrinks the columns before the rows: where the usual order, rows first, would be much slower.
 * The order shows in the rounding between the passes.
 *
 * @param from sides of the image, or of the part of it that is resized
 * @param to sides of the result
 */
export function columnsFirst(from: Size, to: Size): boolean {
  const lostRows = from.height - to.height;
  return lostRows > 0 && lostRows > 2 * (from.width - to.width);
}

/** Sides of an image in pixels. */
export interface Size {
  /** Pixels from left to right. */
  readonly width: number;
  /** Pixels from top to bottom. */
  readonly height: number;
}
