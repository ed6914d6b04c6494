import { describe, expect, it } from 'vitest';
import { renameKeys } from './renamed-keys.js';
import { trainingFields } from './training-config.js';

describe('names of earlier versions', () => {
  it('become those of today, each with a note', () => {
    expect(renameKeys({ accumulate: 2, style: 'mapped', penalty: 'wasserstein', adversarial: 'wasserstein' })).toEqual({
      values: { gradientAccumulation: 2, conditioning: 'style', penalty: 'wganGp', adversarial: 'wasserstein' },
      notes: [
        'config key accumulate is called gradientAccumulation now',
        'config key style is called conditioning now',
        'conditioning mapped is called style now',
        'penalty wasserstein is called wganGp now',
      ],
    });
  });

  it('leave all else as it is, whatever its name', () => {
    const values = { batch: 3, constructor: 'mapped', toString: 1, conditioning: 'latent', unknown: null };
    expect(renameKeys(values)).toEqual({ values, notes: [] });
  });

  it('are none of today', () => {
    const values = Object.fromEntries(Object.keys(trainingFields).map((key) => [key, 1]));
    expect(renameKeys(values)).toEqual({ values, notes: [] });
    for (const [key, field] of Object.entries(trainingFields)) expect(renameKeys({ [key]: field.default }).notes).toEqual([]);
  });

  it('cannot stand beside those of today', () => {
    expect(() => renameKeys({ variant: 'fused', convolution: 'composed' })).toThrow(
      'config keys variant and convolution are one value; give convolution alone',
    );
  });
});
