import { reshape, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { addBias, affine, averagePool2x2, conv2d, instanceNormalization, leakyRelu } from '@stargan/ops';
import { gradient64 } from './numbers.js';

// A realistic critic, small enough for finite differences: 3×3 convolution, instance norm, lrelu, 2×2
// average pooling, 3×3 convolution, lrelu, linear. Once of tfjs operations, once in float64 arrays.

/** Height and width of its images. */
export const SIZE = 4;
/** Channels of its images. */
export const CHANNELS = 2;
/** Values of one image. */
export const PIXELS = SIZE * SIZE * CHANNELS;
const WIDTH = 3;
const HALF = SIZE / 2;
const SLOPE = 0.2;
const EPSILON = 1e-5;

const SHAPES = [[3, 3, CHANNELS, WIDTH], [WIDTH], [WIDTH], [3, 3, WIDTH, WIDTH], [WIDTH], [HALF * HALF * WIDTH, 1], [1]];
const SIZES = SHAPES.map((shape) => shape.reduce((product, n) => product * n, 1));

/** Number of its parameters, which come as one flat list. */
export const PARAMETERS = SIZES.reduce((total, n) => total + n, 0);

function split(flat: readonly number[]): number[][] {
  let start = 0;
  return SIZES.map((size) => flat.slice(start, (start += size)));
}

/** Values in [−1, 1] that are the same in every run and have no pattern. */
export function scattered(length: number, seed: number): number[] {
  return Array.from({ length }, (_, i) => Math.fround((Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453) % 1));
}

/** The critic's tensors, to be differentiated with respect to. */
export function criticTensors(flat: readonly number[]): Tensor[] {
  return split(flat).map((values, i) => tensor(values, SHAPES[i]));
}

/** image [batch, SIZE, SIZE, CHANNELS] → values [batch, 1]. */
export function critic([first, scale, shift, second, bias, weight, offset]: readonly Tensor[], image: Tensor): Tensor {
  const normalized = instanceNormalization(conv2d(image, first!), scale!, shift!, { slope: SLOPE, epsilon: EPSILON });
  const h = leakyRelu(addBias(conv2d(averagePool2x2(normalized), second!), bias!), SLOPE);
  return affine(reshape(h, [-1, HALF * HALF * WIDTH]), weight!, offset!);
}

/** 3×3 `same` convolution of an image [size, size, inChannels]. */
function convolve64(x: readonly number[], size: number, filter: readonly number[], inChannels: number): number[] {
  const output: number[] = [];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      for (let to = 0; to < WIDTH; to++) {
        let total = 0;
        for (let tap = 0; tap < 9; tap++) {
          const r = row + Math.floor(tap / 3) - 1;
          const c = column + (tap % 3) - 1;
          if (r < 0 || c < 0 || r >= size || c >= size) continue;
          for (let from = 0; from < inChannels; from++) {
            total += x[(r * size + c) * inChannels + from]! * filter[(tap * inChannels + from) * WIDTH + to]!;
          }
        }
        output.push(total);
      }
    }
  }
  return output;
}

/** The inputs of both activations for one image: 16 · 3 and 4 · 3 values. */
function activationInputs64(flat: readonly number[], image: readonly number[]): { first: number[]; second: number[] } {
  const [filter, scale, shift, filter2, bias] = split(flat);
  const h = convolve64(image, SIZE, filter!, CHANNELS);
  const first = [...h];
  for (let channel = 0; channel < WIDTH; channel++) {
    const values = h.filter((_, i) => i % WIDTH === channel);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    h.forEach((value, i) => {
      if (i % WIDTH === channel) first[i] = ((value - mean) / Math.sqrt(variance + EPSILON)) * scale![channel]! + shift![channel]!;
    });
  }
  const active = first.map(rectify);
  const pooled: number[] = [];
  for (let row = 0; row < HALF; row++) {
    for (let column = 0; column < HALF; column++) {
      for (let channel = 0; channel < WIDTH; channel++) {
        const at = (r: number, c: number): number => active[((2 * row + r) * SIZE + 2 * column + c) * WIDTH + channel]!;
        pooled.push((at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4);
      }
    }
  }
  return { first, second: convolve64(pooled, HALF, filter2!, WIDTH).map((value, i) => value + bias![i % WIDTH]!) };
}

function rectify(x: number): number {
  return x > 0 ? x : SLOPE * x;
}

/** The critic's value of one image, in float64. */
export function critic64(flat: readonly number[], image: readonly number[]): number {
  const [, , , , , weight, offset] = split(flat);
  return activationInputs64(flat, image).second.reduce((total, value, i) => total + rectify(value) * weight![i]!, offset![0]!);
}

/** How close an image comes to a corner of an activation, where differences would not be derivatives. */
export function nearestCorner64(flat: readonly number[], image: readonly number[]): number {
  const { first, second } = activationInputs64(flat, image);
  return Math.min(...[...first, ...second].map(Math.abs));
}

/** ‖∂D/∂x‖² of one image, in float64. */
export function squaredGradientNorm64(flat: readonly number[], image: readonly number[]): number {
  return gradient64((x) => critic64(flat, x), image, 1e-4).reduce((total, g) => total + g * g, 0);
}
