import { levelWidths } from '@stargan/layers';

/** A model whose shapes are measured. */
export interface ModelScale {
  readonly imageSize: number;
  readonly batch: number;
  readonly styleDim: number;
  readonly widthBudget: number;
}

/** What is measured, and for how long. */
export interface Scale {
  readonly models: readonly ModelScale[];
  /** JPEG files that are read: their sides in pixels, and how many there are. */
  readonly pictures: { readonly side: number; readonly count: number };
  /** Milliseconds per variant. */
  readonly time: number;
  /** Runs per variant that are timed at least. */
  readonly minimumRuns: number;
}

const reference = { styleDim: 64, widthBudget: 2 ** 14 };

/** The shapes of the reference's models, at batches that take about the same work. */
export const FULL_SCALE: Scale = {
  models: [
    { imageSize: 64, batch: 4, ...reference },
    { imageSize: 128, batch: 2, ...reference },
    { imageSize: 256, batch: 1, ...reference },
  ],
  pictures: { side: 1024, count: 12 },
  time: 150,
  minimumRuns: 5,
};

/** Seconds for everything: to see that it runs, not how fast it is. */
export const QUICK_SCALE: Scale = {
  models: [{ imageSize: 32, batch: 1, styleDim: 8, widthBudget: 256 }],
  pictures: { side: 48, count: 4 },
  time: 5,
  minimumRuns: 3,
};

/** A level of a model: its feature maps are [batch, size, size, channels]. */
export interface Level {
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  /** Channels of the next level, at half the size. */
  readonly deeper: number;
}

/** The levels of a model's trunk, from the image size down to 8×8. */
export function levelsOf({ imageSize, batch, widthBudget }: ModelScale): Level[] {
  const count = Math.log2(imageSize) - 2;
  const widths = levelWidths('benchmarks', imageSize, count, { widthBudget });
  return widths.slice(0, count).map((channels, i) => ({ batch, size: imageSize / 2 ** i, channels, deeper: widths[i + 1]! }));
}

/** `4×64×64×256` */
export const describeLevel = ({ batch, size, channels }: Level): string => `${batch}×${size}×${size}×${channels}`;
