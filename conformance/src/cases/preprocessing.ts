import path from 'node:path';
import { decodeImage, resizeBilinear, type RgbImage } from '@stargan/data';
import { fidConventions } from '@stargan/metrics';
import { z } from 'zod';
import { configNumber } from '../case-inputs.js';
import type { GoldenCase, GoldenTensor } from '../manifest.js';
import { computedFrom, type Computed, type Outcome } from '../outcome.js';

const cropBox = z.object({ top: z.number(), left: z.number(), height: z.number(), width: z.number() });

/** An image's channels as planes, in [-1, 1]. */
function planes({ width, height, data }: RgbImage): Computed {
  const values = new Float32Array(3 * height * width);
  for (let i = 0; i < height * width; i++) {
    for (let channel = 0; channel < 3; channel++) values[channel * height * width + i] = (data[3 * i + channel]! / 255 - 0.5) / 0.5;
  }
  return { shape: [1, 3, height, width], data: values };
}

/** The input of the reference's FID. @param imageSize the model's, to which it is resized first */
function fidInput(source: RgbImage, imageSize: number): Computed {
  return computedFrom(() => fidConventions['fid-stargan2'].input([source], { imageSize }));
}

function flip({ width, height, data }: RgbImage): RgbImage {
  const flipped = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 3 * (y * width + x);
      flipped.set(data.subarray(from, from + 3), 3 * (y * width + (width - 1 - x)));
    }
  }
  return { width, height, data: flipped };
}

/** Decoding, cropping, resizing and normalising a picture of the goldens folder. */
export async function preprocessingCase(golden: GoldenCase, directory: string): Promise<Outcome> {
  const source = await decodeImage(path.join(directory, z.string().parse(golden.config.source)));
  const sizeOf = (entry: GoldenTensor): number => (entry.full_shape ?? entry.shape)[2]!;
  const crop = (size: number): RgbImage => resizeBilinear(source, size, size, cropBox.parse(golden.config.crop_box));

  const tensors: Outcome['tensors'] = {};
  for (const entry of golden.tensors) {
    const size = sizeOf(entry);
    if (entry.name === 'crop') tensors[entry.name] = planes(crop(size));
    else if (entry.name === 'crop_flipped') tensors[entry.name] = planes(flip(crop(size)));
    else if (entry.name === 'fid_input') tensors[entry.name] = fidInput(source, configNumber(golden, 'eval_size'));
    else if (entry.name.startsWith('resize')) tensors[entry.name] = planes(resizeBilinear(source, size, size));
  }
  return { tensors, scalars: {} };
}
