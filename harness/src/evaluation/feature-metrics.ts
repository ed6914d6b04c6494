import {
  densityCoverage,
  featureStatistics,
  frechetDistance,
  kernelDistance,
  precisionRecall,
  type FeatureRows,
  type GaussianStatistics,
} from '@stargan/metrics';
import { joinScores, metricKey, score, withoutScores, type FidName, type Metric, type Scores } from './metrics.js';

/** Features of real images, with their statistics once there are any. */
export interface RealFeatures {
  readonly rows: FeatureRows;
  /** Undefined for fewer than two images. */
  readonly statistics: GaussianStatistics | undefined;
}

/** Neighbours of the published definitions. */
const MANIFOLD_NEIGHBORS = 3;
const DENSITY_NEIGHBORS = 5;

/** Features with their statistics. @param rows [n ≥ 1, dimension] */
export async function realFeatures(rows: FeatureRows): Promise<RealFeatures> {
  return { rows, statistics: rows.shape[0] < 2 ? undefined : await featureStatistics(rows) };
}

const tooFew = (what: string, images: number, needed: number): string | undefined =>
  images < needed ? `it needs at least ${needed} ${what} images, got ${images}` : undefined;

/**
 * FID, KID, precision, recall, density and coverage; those for which there are too few images are null, with the reason.
 *
 * @param generated [m ≥ 1, dimension]
 * @param seed of KID's subsets
 */
export async function featureMetrics(
  { rows: real, statistics }: RealFeatures,
  generated: FeatureRows,
  fid: FidName,
  seed: number,
): Promise<Scores> {
  const [reals] = real.shape;
  const [fakes] = generated.shape;
  const key = (metric: Metric): string => metricKey(metric, fid);
  const need = async (
    metrics: readonly Metric[],
    fewestReal: number,
    fewestGenerated: number,
    compute: () => number[] | Promise<number[]>,
  ): Promise<Scores> => {
    const reason = tooFew('real', reals, fewestReal) ?? tooFew('generated', fakes, fewestGenerated);
    if (reason !== undefined) return withoutScores(metrics.map(key), reason);
    const values = await compute();
    return joinScores(...metrics.map((metric, i) => score(key(metric), values[i]!)));
  };
  return joinScores(
    await need(['fid'], 2, 2, async () => [frechetDistance(statistics!, await featureStatistics(generated))]),
    await need(['kid'], 2, 2, async () => [(await kernelDistance(real, generated, { seed })).mean]),
    await need(['precision', 'recall'], MANIFOLD_NEIGHBORS + 1, MANIFOLD_NEIGHBORS + 1, async () => {
      const { precision, recall } = await precisionRecall(real, generated, { neighbors: MANIFOLD_NEIGHBORS });
      return [precision, recall];
    }),
    await need(['density', 'coverage'], DENSITY_NEIGHBORS + 1, 1, async () => {
      const { density, coverage } = await densityCoverage(real, generated, { neighbors: DENSITY_NEIGHBORS });
      return [density, coverage];
    }),
  );
}
