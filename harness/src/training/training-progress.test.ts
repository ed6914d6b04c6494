import { describe, expect, it } from 'vitest';
import { describeDataWait } from './speed-meter.js';
import { summarizeLosses } from './training-progress.js';

describe('waiting for images', () => {
  it('is told as a share of the training, with a remedy from 2 % on', () => {
    expect(describeDataWait(0.25, 130)).toBe('waited 0.3 s for images, 0.2 % of 2m10s');
    expect(describeDataWait(2, 100)).toBe(
      'waited 2.0 s for images, 2.0 % of 1m40s; files that are no larger than needed, on a local disk, are read faster',
    );
    expect(describeDataWait(1, 3)).toBe('waited 1.0 s for images, 33.3 % of 3s');
  });
});

describe('progress', () => {
  it('shows the losses that tell most', () => {
    expect(
      summarizeLosses({ 'D/latent_total': 1, 'G/latent_adv': 2, 'G/latent_sty': 0.5, 'G/latent_ds': 0.25, 'G/latent_cyc': 0.125 }),
    ).toBe('D 1.00 G 2.00 sty 0.50 ds 0.25 cyc 0.13');
  });
});
