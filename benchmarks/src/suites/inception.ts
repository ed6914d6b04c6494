import { mean, randomUniform, stack, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { lpips, type InceptionLayout } from '@stargan/metrics';
import { madeUpInception } from '@stargan/testing/made-up-weights';
import type { Scale } from '../scale.js';
import type { Case, Suite } from '../suite.js';

/** The networks of evaluation: Inception's features for FID, and LPIPS of all pairs of a source's translations. */
export const suite: Suite = {
  name: 'inception',
  cases: (scale) => [...LAYOUTS.map((layout) => featuresCase(layout, scale)), pairsCase(scale)],
};

const LAYOUTS: readonly InceptionLayout[] = ['torchvision', 'fid'];

/** As in evaluation, or as small as the networks allow. */
function shapesOf({ models }: Scale): {
  features: [number, number, number, number];
  pairs: [number, number, number, number];
  samples: number;
} {
  const quick = models.every(({ imageSize }) => imageSize < 64);
  return quick
    ? { features: [1, 75, 75, 3], pairs: [1, 31, 31, 3], samples: 3 }
    : { features: [32, 299, 299, 3], pairs: [8, 256, 256, 3], samples: 10 };
}

const image = (shape: [number, number, number, number], seed = 1): Tensor => randomUniform(shape, -1, 1, 'float32', seed);

function featuresCase(layout: InceptionLayout, scale: Scale): Case {
  const { features: shape } = shapesOf(scale);
  return {
    name: `features of layout ${layout} at ${shape.join('×')}`,
    arithmetic: true,
    prepare: () => {
      const { network, parameters } = madeUpInception(layout);
      const x = image(shape);
      return { folded: () => network.apply(parameters, x) };
    },
  };
}

/** The mean over all pairs of samples: through their mean features, or one pair after the other. */
function pairsCase(scale: Scale): Case {
  const { pairs: shape, samples: count } = shapesOf(scale);
  return {
    name: `LPIPS of all pairs of ${count} at ${shape.join('×')}`,
    arithmetic: true,
    prepare: () => {
      const distance = lpips();
      const parameters = distance.init(1);
      const samples = Array.from({ length: count }, (_, i) => image(shape, i + 1));
      return {
        'to the mean': () => distance.meanOverPairs(parameters, samples),
        'pair by pair': () => {
          const features = samples.map((sample) => distance.features(parameters, sample));
          return mean(
            stack(
              features.flatMap((a, i) => features.slice(i + 1).map((b) => tidy(() => sum(distance.layerDistances(parameters, a, b), 1)))),
            ),
            0,
          );
        },
      };
    },
  };
}
