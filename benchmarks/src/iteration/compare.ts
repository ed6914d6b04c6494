import { median, type IterationCost } from './measure.js';
import type { PeerResult } from './peer.js';

/** Our cost beside a peer's. */
export interface PeerComparison extends IterationCost {
  /** What the peer printed in its best round. */
  peer: Record<string, unknown>;
  /** The peer's best seconds / ours: above 1 we are faster. */
  ratio: number;
  /** Our peak of resident memory / the peer's, where it says its own on a processor: below 1 we take less. */
  memoryRatio?: number;
}

/**
 * Runs the peer and ours in turn, so that both meet the same disturbances, and takes the best of each. The peer goes
 * first: it is the one that may not be able to run.
 *
 * @param rounds how often each is run, ≥ 1
 */
export async function alternate(
  ours: () => Promise<IterationCost>,
  peer: () => Promise<PeerResult>,
  rounds: number,
): Promise<PeerComparison> {
  const costs: IterationCost[] = [];
  const peers: PeerResult[] = [];
  for (let round = 0; round < rounds; round++) {
    peers.push(await peer());
    costs.push(await ours());
  }
  const bestPeer = peers.reduce((best, result) => (result.secondsBest < best.secondsBest ? result : best));
  const best = costs.reduce((least, cost) => (cost.secondsBest < least.secondsBest ? cost : least));
  const { secondsBest } = best;
  const peakResidentBytes = Math.max(...costs.map((cost) => cost.peakResidentBytes));
  const peerPeak = Math.max(...peers.map((result) => result.peakResidentBytes ?? NaN));
  return {
    ...costs[0]!,
    secondsBest,
    secondsMedian: median(costs.map((cost) => cost.secondsMedian)),
    cpuSecondsMedian: median(costs.map((cost) => cost.cpuSecondsMedian)),
    peakTensorBytes: Math.max(...costs.map((cost) => cost.peakTensorBytes)),
    peakResidentBytes,
    // Both of one process: ratios of different ones would not be paired.
    ...(best.eager && { eager: best.eager, compileRatio: best.compileRatio! }),
    peer: bestPeer.json,
    ratio: bestPeer.secondsBest / secondsBest,
    ...(peerPeak > 0 && { memoryRatio: peakResidentBytes / peerPeak }),
  };
}
