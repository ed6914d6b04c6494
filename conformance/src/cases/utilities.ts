import { tensor } from '@tensorflow/tfjs-core';
import { mappingNetwork } from '@stargan/mapping-network';
import { z } from 'zod';
import {
  averageStyle,
  disposeAll,
  easedWeights,
  type FloatPixels,
  interpolate,
  slidingColumn,
  tileImages,
  truncateStyle,
} from '@stargan/training';
import { configNumber, findInput, requireInput } from '../case-inputs.js';
import { hashedWeights, inputValues } from '../hashed-values.js';
import type { GoldenCase } from '../manifest.js';
import { modelConfig } from '../model-config.js';
import { computed, type Computed, type Outcome } from '../outcome.js';

/** Stacks frames [height, width, 3] into one tensor in the goldens' layout. */
function stackFrames(frames: readonly FloatPixels[]): Computed {
  const { height, width } = frames[0]!;
  const data = new Float32Array(frames.length * height * width * 3);
  frames.forEach((frame, i) => data.set(frame.data, i * height * width * 3));
  const stacked = tensor(data, [frames.length, height, width, 3]);
  const result = computed(stacked);
  stacked.dispose();
  return result;
}

function floatImage(golden: GoldenCase, pattern: RegExp): FloatPixels {
  const image = requireInput(golden, pattern);
  const [, height, width] = image.shape as [number, number, number];
  const data = image.dataSync<'float32'>();
  image.dispose();
  return { height, width, data };
}

/** Weights, styles and the sliding reference column of an interpolation. */
export function interpolationCase(golden: GoldenCase): Outcome {
  const alphas = easedWeights();
  const s0 = findInput(golden, /\.s0$/)!;
  const from = inputValues(s0);
  const to = inputValues(findInput(golden, /\.s1$/)!);
  const styles = alphas.flatMap((alpha) => [...interpolate(from, to, alpha)]);
  const slide = slidingColumn(floatImage(golden, /\.prev$/), floatImage(golden, /\.next$/), configNumber(golden, 'margin'));
  return {
    tensors: {
      alphas: { shape: [alphas.length], data: alphas },
      slide: stackFrames(slide),
      styles: { shape: [alphas.length, ...s0.shape], data: styles },
    },
    scalars: {},
  };
}

/** Images to the pixels of a grid. */
export function saveImageCase(golden: GoldenCase): Outcome {
  const images = requireInput(golden, /^input\./);
  const scale = Math.fround(configNumber(golden, 'scale'));
  const [, height, width] = images.shape as [number, number, number];
  const pixels = tileImages(
    images.dataSync<'float32'>().map((value) => Math.fround(value * scale)),
    height,
    width,
    configNumber(golden, 'ncol'),
  );
  images.dispose();
  return { tensors: { pixels: { shape: [pixels.height, pixels.width, 3], data: pixels.data } }, scalars: {} };
}

/** Truncation of styles towards the average of many. */
export function truncationCase(golden: GoldenCase): Outcome {
  const { config, domains } = modelConfig(golden);
  const network = mappingNetwork({ ...config, domains });
  const weights = hashedWeights(network.specs, golden.weights[0]!.prefix, golden.weights[0]!.seed);
  const domain = configNumber(golden, 'y');
  const many = requireInput(golden, /\.many$/);
  const latent = requireInput(golden, /\.z$/);
  const average = averageStyle(network, weights, many, domain);
  const style = network.apply(
    weights,
    latent,
    Array.from({ length: latent.shape[0] }, () => domain),
  );
  const psi = z.array(z.number()).parse(golden.config.psi);
  const styles = psi.flatMap((p) => {
    const truncated = truncateStyle(style, average, p);
    const values = [...truncated.dataSync()];
    truncated.dispose();
    return values;
  });
  const outcome: Outcome = {
    tensors: { average: computed(average), styles: { shape: [psi.length, ...style.shape], data: styles } },
    scalars: {},
  };
  disposeAll(weights, { many, latent, average, style });
  return outcome;
}
