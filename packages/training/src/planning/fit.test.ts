import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../testing/parse-config.js';
import { fitTraining, largestThat, type Budget, type WayToSave } from './fit.js';
import { planTraining } from './plan-training.js';

const config = parseConfig({ imageSize: 16, widthBudget: 256, maxWidth: 16, styleDim: 8, latentDim: 4, hiddenDim: 16, batch: 6 });
const peak = (batch: number): number => planTraining({ ...config, batch }).peakBufferBytes;
const budget = (availableBytes: number | undefined): Budget => ({ availableBytes, runtimeBytes: 1000, kernels: 'fused' });

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

  it('decides nothing where the memory is not known', () => {
    const fit = fitTraining(config, 2, budget(undefined));
    expect(fit).toMatchObject({ fits: undefined, largestBatch: undefined });
  });

  it('names the smallest change of each way with which it fits, and none of a way that is not enough', () => {
    const ways: WayToSave[] = [[{ beta1: 0.5 }], [{ maxWidth: 12 }, { maxWidth: 8 }, { maxWidth: 4 }]];
    const enough = planTraining({ ...config, maxWidth: 8 }).peakBufferBytes + 1000;
    expect(fitTraining(config, 2, budget(enough), { ways }).remedies).toEqual([{ maxWidth: 8 }]);
  });

  it('knows gradient checkpointing, and the same update in parts', () => {
    // Parts of the batch leave their sum and the whole batch's images in memory: two parts of three images take more than three.
    expect(fitTraining(config, 2, budget(peak(3) + 1000)).remedies).toContainEqual({ batch: 2, gradientAccumulation: 3 });
    const wide = parseConfig({ imageSize: 64, batch: 16 });
    const { peakBufferBytes } = planTraining({ ...wide, gradientCheckpointing: 'blocks' });
    expect(fitTraining(wide, 2, budget(peakBufferBytes + 1000)).remedies).toContainEqual({ gradientCheckpointing: 'blocks' });
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
