import { describe, expect, it } from 'vitest';
import { alternate } from './compare.js';
import { median, type IterationCost } from './measure.js';

const cost = (secondsBest: number, peakResidentBytes: number): IterationCost => ({
  secondsBest,
  secondsMedian: secondsBest + 1,
  cpuSecondsMedian: 2 * secondsBest,
  flops: 10,
  launches: 2,
  peakTensorBytes: 3,
  peakResidentBytes,
});

describe('alternating with a peer', () => {
  it('runs both in turn and takes the best time of each and the worst memory', async () => {
    const order: string[] = [];
    const costs = [cost(4, 100), cost(2, 300)];
    const peers = [
      { json: { round: 1 }, secondsBest: 3, peakResidentBytes: 200 },
      { json: { round: 2 }, secondsBest: 5, peakResidentBytes: 400 },
    ];
    const compared = await alternate(
      () => {
        order.push('ours');
        return Promise.resolve(costs.shift()!);
      },
      () => {
        order.push('peer');
        return Promise.resolve(peers.shift()!);
      },
      2,
    );
    expect(order).toEqual(['peer', 'ours', 'peer', 'ours']);
    const medians = { secondsMedian: 4, cpuSecondsMedian: 6 };
    expect(compared).toEqual({ ...cost(2, 300), ...medians, peer: { round: 1 }, ratio: 1.5, memoryRatio: 0.75 });
  });
});

describe('the median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});
