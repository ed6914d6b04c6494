import { createHash } from 'node:crypto';
import { fidConventions, type FidConventionName } from '@stargan/metrics';
import type { RgbImage } from '@stargan/data';
import { z } from 'zod';
import { inputValues } from '../hashed-values.js';
import type { GoldenCase, InputEntry } from '../manifest.js';
import { computedFrom, type Outcome } from '../outcome.js';

const options = z.object({
  convention: z.string().refine((name): name is FidConventionName => Object.hasOwn(fidConventions, name)),
  width: z.number(),
  height: z.number(),
  /** Side of the squares of one colour. */
  square: z.number(),
  /** What values are stretched by about the middle; above 1 some are clipped. */
  contrast: z.number(),
  image_size: z.number(),
  /** Of all values, in float32, little endian. */
  sha256: z.string(),
});

/** A picture from the values of an input, each of which colours a square. */
function pictureOf(entry: InputEntry, { width, height, square, contrast }: z.infer<typeof options>): RgbImage {
  const [, , rows, columns] = entry.shape as [number, number, number, number];
  const levels = Uint8ClampedArray.from(inputValues(entry), (unit) => Math.floor((unit - 0.5) * contrast * 256 + 128));
  const data = new Uint8Array(height * width * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = Math.floor(y / square) * columns + Math.floor(x / square);
      for (let channel = 0; channel < 3; channel++) data[to++] = levels[channel * rows * columns + from]!;
    }
  }
  return { width, height, data };
}

/** What the tool that a convention is named after shows its network, of a generated picture: a sample, and all bits by their hash. */
export function fidInputCase(golden: GoldenCase): Outcome {
  const config = options.parse(golden.config);
  const picture = pictureOf(golden.inputs[0]!, config);
  const input = computedFrom(() => fidConventions[config.convention].input([picture], { imageSize: config.image_size }));
  const hash = createHash('sha256').update(Float32Array.from(input.data)).digest('hex');
  if (hash !== config.sha256) throw new Error(`the SHA-256 of all values is ${hash}, expected ${config.sha256}`);
  return { tensors: { input }, scalars: {}, verified: 1 };
}
