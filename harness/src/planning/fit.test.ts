import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/resolve.js';
import { describeFit, summarizeFit } from './describe-fit.js';
import { fitTraining, largestThat, type Remedies } from './fit.js';
import { memoryBudget, type MemoryBudget } from './memory-budget.js';
import { planTraining } from './plan-training.js';

const config = parseConfig({ imageSize: 16, widthBudget: 256, maxWidth: 16, styleDim: 8, latentDim: 4, hiddenDim: 16, batch: 6 });
const peak = (batch: number): number => planTraining({ ...config, batch }).peakBufferBytes;
const budget = (availableBytes: number | undefined): MemoryBudget => ({
  place: 'memory',
  availableBytes,
  runtimeBytes: 1000,
  measured: true,
  kernels: 'fused',
});

describe('fitting a training into memory', () => {
  it('adds the runtime to the tensors', () => {
    expect(fitTraining(config, 2, budget(peak(6) + 1000), { largerBatches: true })).toMatchObject({
      fits: true,
      neededBytes: peak(6) + 1000,
      largestBatch: 6,
      remedies: [],
    });
    expect(fitTraining(config, 2, budget(peak(6) + 999))).toMatchObject({ fits: false, largestBatch: 5 });
  });

  it('finds larger batches that fit too, and says when none does', () => {
    expect(fitTraining(config, 2, budget(peak(11) + 1000), { largerBatches: true }).largestBatch).toBe(11);
    expect(fitTraining(config, 2, budget(2000)).largestBatch).toBe(0);
    expect(fitTraining(config, 2, budget(peak(11) + 1000)).largestBatch).toBeUndefined();
  });

  it('judges nothing where the memory is not known', () => {
    const fit = fitTraining(config, 2, budget(undefined));
    expect(fit).toMatchObject({ fits: undefined, largestBatch: undefined });
    expect(describeFit(config, 2, fit, budget(undefined))).toContain('not known');
  });

  it('names the smallest change of each way with which it fits, and none of a way that is not enough', () => {
    const ways: Remedies[] = [{ slower: { beta1: 0.5 } }, { twelve: { maxWidth: 12 }, eight: { maxWidth: 8 }, four: { maxWidth: 4 } }];
    const enough = planTraining({ ...config, maxWidth: 8 }).peakBufferBytes + 1000;
    expect(fitTraining(config, 2, budget(enough), { ways }).remedies).toEqual(['eight']);
  });

  it('knows gradient checkpointing, and the same update in parts', () => {
    // Parts of the batch leave their sum and the whole batch's images in memory: two parts of three images take more than three.
    expect(fitTraining(config, 2, budget(peak(3) + 1000)).remedies).toContain('--batch 2 --set gradientAccumulation=3');
    const wide = parseConfig({ imageSize: 64, batch: 8 });
    const { peakBufferBytes } = planTraining({ ...wide, gradientCheckpointing: 'blocks' });
    expect(fitTraining(wide, 2, budget(peakBufferBytes + 1000)).remedies).toContain('--set gradientCheckpointing=blocks');
  });

  it('says what does not fit, and what would', () => {
    const tight = budget(peak(4) + 1000);
    const fit = { ...fitTraining(config, 2, tight), remedies: ['--set gradientCheckpointing=blocks'] };
    expect(summarizeFit(fit, tight)).toEqual([
      expect.stringMatching(/^predicted peak: .* GiB \(tensors .* GiB, runtime about .* GiB\); .* GiB of memory available$/),
      'warning: this will probably not fit; --batch 4 fits; --set gradientCheckpointing=blocks does too',
    ]);
    expect(describeFit(config, 2, fit, tight)).toContain('it does not fit: --batch 4 fits');
    expect(summarizeFit(fitTraining(config, 2, budget(1e12)), budget(1e12))).toHaveLength(1);
  });

  it('finds the largest accepted number, in few questions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1000 }), (threshold, limit) => {
        let asked = 0;
        const found = largestThat((count) => (asked++, count <= threshold), limit);
        expect(found).toBe(Math.min(threshold, limit));
        expect(asked).toBeLessThanOrEqual(22);
      }),
    );
  });
});

describe('the memory budget', () => {
  it('follows the runtime', async () => {
    expect(await memoryBudget({ kind: 'native-cpu', fusedKernels: { available: true } })).toMatchObject({
      kernels: 'fused',
      measured: true,
      place: 'memory',
    });
    expect(await memoryBudget({ kind: 'native-cpu', fusedKernels: { available: false } })).toMatchObject({ kernels: 'composed' });
    expect((await memoryBudget({ kind: 'wasm' })).availableBytes).toBeLessThanOrEqual(4 * 2 ** 30);
    expect(await memoryBudget({ kind: 'native-gpu' })).toMatchObject({ kernels: 'composed', measured: false });
  });
});
