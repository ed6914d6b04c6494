import fc from 'fast-check';

/**
 * A finite float32 in [−bound, bound]: mostly evenly spread, sometimes any, down to the subnormals, which `fc.float` by itself would
 * nearly always draw.
 */
export function float32(bound: number): fc.Arbitrary<number> {
  const even = fc.integer({ min: -4096, max: 4096 }).map((n) => Math.fround((n / 4096) * bound));
  const any = fc.float({ min: -bound, max: bound, noNaN: true, noDefaultInfinity: true });
  return fc.oneof({ arbitrary: even, weight: 4 }, { arbitrary: any, weight: 1 });
}

/** Values of one or more tensors of one shape. */
export interface Batch {
  readonly shape: [batch: number, features: number];
  readonly tensors: number[][];
}

/** `count` tensors [batch, features] of one shape, with values in [−bound, bound]. */
export function batchOf(count: number, bound: number): fc.Arbitrary<Batch> {
  return fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 }))
    .chain(([batch, features]) =>
      fc
        .array(fc.array(float32(bound), { minLength: batch * features, maxLength: batch * features }), {
          minLength: count,
          maxLength: count,
        })
        .map((tensors) => ({ shape: [batch, features], tensors }) as const),
    )
    .map(({ shape, tensors }) => ({ shape: [shape[0], shape[1]], tensors }));
}

/** The rows of a flat [batch, features] array in reverse order. */
export function reversedRows(values: readonly number[], features: number): number[] {
  const rows: number[][] = [];
  for (let start = 0; start < values.length; start += features) rows.unshift(values.slice(start, start + features));
  return rows.flat();
}
