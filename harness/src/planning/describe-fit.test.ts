import type { MemoryBudget } from '@stargan/backend';
import { fitTraining, planTraining } from '@stargan/training/planning';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '@stargan/run';
import { describeFit, optionsOf, summarizeFit } from './describe-fit.js';

const config = parseConfig({ imageSize: 16, widthBudget: 256, maxWidth: 16, styleDim: 8, latentDim: 4, hiddenDim: 16, batch: 6 });
const peak = (batch: number): number => planTraining({ ...config, batch }).peakBufferBytes;
const budget = (availableBytes: number | undefined): MemoryBudget => ({
  place: 'memory',
  availableBytes,
  runtimeBytes: 1000,
  measured: true,
  kernels: 'fused',
});

describe('a plan as text', () => {
  it('decides nothing where the memory is not known', () => {
    expect(describeFit(config, 2, fitTraining(config, 2, budget(undefined)), budget(undefined))).toContain('not known');
  });

  it('says what does not fit, and what would', () => {
    const tight = budget(peak(4) + 1000);
    const fit = { ...fitTraining(config, 2, tight), remedies: [{ gradientCheckpointing: 'blocks' as const }] };
    expect(summarizeFit(fit, tight)).toEqual([
      expect.stringMatching(/^predicted peak: .* GiB \(tensors .* GiB, runtime about .* GiB\); .* GiB of memory available$/),
      'warning: this will probably not fit; --batch 4 fits; --set gradientCheckpointing=blocks does too',
    ]);
    expect(describeFit(config, 2, fit, tight)).toContain('it does not fit: --batch 4 fits');
    expect(summarizeFit(fitTraining(config, 2, budget(1e12)), budget(1e12))).toHaveLength(1);
  });

  it('gives changes of a configuration as options of the command line', () => {
    expect(optionsOf({ batch: 2, gradientAccumulation: 3 })).toBe('--batch 2 --set gradientAccumulation=3');
    expect(optionsOf({ gradientCheckpointing: 'blocks' })).toBe('--set gradientCheckpointing=blocks');
  });
});
