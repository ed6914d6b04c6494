import type { KernelCount } from '@stargan/profiling';
import { formatBytes, alignColumns, threeDigits } from '../table.js';
import type { PeerComparison } from './compare.js';
import type { IterationCost } from './measure.js';

/** The cost for people. */
export function formatCost(cost: IterationCost | PeerComparison): string {
  const rows = [
    ['seconds, best', threeDigits(cost.secondsBest)],
    ['seconds, median', threeDigits(cost.secondsMedian)],
    ['processor seconds of all threads, median', threeDigits(cost.cpuSecondsMedian)],
    ['GFLOP of convolutions and matrix products', threeDigits(cost.flops / 1e9)],
    ['GFLOP/s, best', threeDigits(cost.flops / cost.secondsBest / 1e9)],
    ['kernel launches', String(cost.launches)],
    ['peak tensor memory', formatBytes(cost.peakTensorBytes)],
    ['peak resident memory', formatBytes(cost.peakResidentBytes)],
  ];
  if (cost.eager !== undefined) {
    rows.push(
      ['operation by operation: seconds, best', threeDigits(cost.eager.secondsBest)],
      ['operation by operation: seconds, median', threeDigits(cost.eager.secondsMedian)],
      ['operation by operation: peak resident memory', formatBytes(cost.eager.peakResidentBytes)],
      ['times as fast as operation by operation', threeDigits(cost.compileRatio!)],
    );
  }
  if (!('peer' in cost)) return alignColumns(rows);
  const peer = Object.entries(cost.peer).map(([name, value]) => [
    `peer ${name}`,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const memory = cost.memoryRatio === undefined ? [] : [["peak resident memory, times the peer's", threeDigits(cost.memoryRatio)]];
  const speed = ['times as fast as the peer', threeDigits(cost.ratio)];
  return alignColumns([...rows, ...peer.filter(([, value]) => value!.length < 40), speed, ...memory]);
}

/** Kernels by what they cost, most arithmetic first. */
export function formatKernels(kernels: readonly KernelCount[]): string {
  const rows = kernels.map(({ kernel, shapes, launches, flops }) => [`${kernel} ${shapes}`, String(launches), threeDigits(flops / 1e9)]);
  return alignColumns([['kernel', 'launches', 'GFLOP'], ...rows]);
}
