import path from 'node:path';
import { decodeImage, resizeBilinear, type RgbImage } from '@stargan/data';
import { z } from 'zod';
import type { GoldenCase, TensorEntry } from '../manifest.js';
import type { Computed, Outcome } from '../outcome.js';

const cropBox = z.object({ top: z.number(), left: z.number(), height: z.number(), width: z.number() });

const IMAGENET_MEAN = [0.485, 0.456, 0.406];
const IMAGENET_DEVIATION = [0.229, 0.224, 0.225];
/** The reference brings images to this size before it resizes them for FID. */
const FID_SOURCE_SIZE = 256;

/** An image's channels as planes, each value mapped by `normalize`. */
function planes({ width, height, data }: RgbImage, normalize: (byte: number, channel: number) => number): Computed {
  const values = new Float32Array(3 * height * width);
  for (let i = 0; i < height * width; i++) {
    for (let channel = 0; channel < 3; channel++) values[channel * height * width + i] = normalize(data[3 * i + channel]!, channel);
  }
  return { shape: [1, 3, height, width], data: values };
}

const toUnitRange = (byte: number): number => (byte / 255 - 0.5) / 0.5;
const imageNet = (byte: number, channel: number): number => (byte / 255 - IMAGENET_MEAN[channel]!) / IMAGENET_DEVIATION[channel]!;

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
  const sizeOf = (entry: TensorEntry): number => (entry.full_shape ?? entry.shape)[2]!;
  const crop = (size: number): RgbImage => resizeBilinear(source, size, size, cropBox.parse(golden.config.crop_box));

  const tensors: Outcome['tensors'] = {};
  for (const entry of golden.tensors) {
    const size = sizeOf(entry);
    if (entry.name === 'crop') tensors[entry.name] = planes(crop(size), toUnitRange);
    else if (entry.name === 'crop_flipped') tensors[entry.name] = planes(flip(crop(size)), toUnitRange);
    else if (entry.name === 'fid_input') {
      const small = resizeBilinear(source, FID_SOURCE_SIZE, FID_SOURCE_SIZE);
      tensors[entry.name] = planes(resizeBilinear(small, size, size), imageNet);
    } else if (entry.name.startsWith('resize')) tensors[entry.name] = planes(resizeBilinear(source, size, size), toUnitRange);
  }
  return { tensors, scalars: {} };
}
