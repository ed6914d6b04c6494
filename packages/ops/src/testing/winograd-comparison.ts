import fc from 'fast-check';
import { expect } from 'vitest';
import { randomArray, type NdArray } from './nd-array.js';
import type { OperationCase } from './operation-case.js';
import { tapeFirstDerivatives, tapeSecondDerivatives } from './tensor-derivatives.js';
import { evaluate, relativeError, toArray, toTensor } from './tensors.js';

/** Runs an operation on tensors. */
export type Run = OperationCase['run'];

/** A convolution by minimal filtering, and what it has to be. */
export interface Case {
  name: string;
  winograd: Run;
  textbook: Run;
  /** Sides of the input are multiples of it. */
  step: number;
  /** Sides of the output, of one of the input. */
  scale: number;
  /** Shapes of inputs after map and filter. */
  others?: (output: number[], input: number[]) => number[][];
}

/** Where an operation and its derivatives are compared. */
export interface Point {
  inputs: NdArray[];
  c: NdArray;
  /** One per input. */
  directions: NdArray[];
}

/** Channels that fill the kernels' vectors, or `odd` ones that do not; sides that leave part of the last tiles empty. */
export function point({ step, scale, others = () => [] }: Case, odd: boolean): fc.Arbitrary<Point> {
  const side = fc.integer({ min: 1, max: 5 }).map((n) => n * step);
  const channels = odd ? fc.integer({ min: 1, max: 5 }) : fc.constantFrom(32, 64, 96);
  return fc
    .record({ height: side, width: side, inChannels: channels, outChannels: channels, seed: fc.nat(1000) })
    .map(({ height, width, inChannels, outChannels, seed }) => {
      const batch = odd ? 2 : 16;
      const input = [batch, height, width, inChannels];
      const output = [batch, height * scale, width * scale, outChannels];
      const shapes = [input, [3, 3, inChannels, outChannels], ...others(output, input)];
      return {
        inputs: shapes.map((shape, i) => randomArray(shape, seed + i)),
        c: randomArray(output, seed + 10),
        directions: shapes.map((shape, i) => randomArray(shape, seed + 20 + i)),
      };
    });
}

/** The value, all gradients and all second derivatives. */
function everything(run: Run, point: Point): NdArray[] {
  return evaluate(() => {
    const inputs = point.inputs.map(toTensor);
    const weighted = [...inputs, toTensor(point.c)];
    const second = point.directions.flatMap((direction, i) => tapeSecondDerivatives(run, weighted, i, toTensor(direction)));
    return [toArray(run(...inputs)), ...tapeFirstDerivatives(run, weighted), ...second];
  });
}

/** Compares the values, all gradients and all second derivatives. */
export function expectEqual({ winograd, textbook }: Case, at: Point): void {
  const expected = everything(textbook, at);
  everything(winograd, at).forEach((array, i) => expect(relativeError(array, expected[i]!)).toBeLessThan(1e-5));
}
