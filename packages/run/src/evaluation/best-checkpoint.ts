import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { listCheckpoints, saveCheckpoint, writeWholeFile, type Checkpoint } from '@stargan/checkpoints';
import { PIXELS_VERSION } from '@stargan/evaluation';
import { metricKey, metricTable, type Metric } from '@stargan/metrics';
import { z } from 'zod';
import { runPaths } from '../run-directory.js';
import { UsageError } from '@stargan/command-line';
import { identityOf, type EvaluationRecord } from './evaluation-record.js';
import type { Missing } from '@stargan/training/evaluation';

const record = z.object({
  formatVersion: z.literal(1),
  /** Name as in evaluations: `fid-stargan2`. */
  metric: z.string(),
  /** Its mean over both guidances. */
  value: z.number(),
  iteration: z.number(),
  /** Hash of options, images and pretrained weights: values under another are not compared. */
  conditions: z.string(),
});

/** The best checkpoint of a run, as `best/best.json` names it. */
export type BestRecord = z.infer<typeof record>;

const recordFile = (run: string): string => path.join(runPaths(run).best, 'best.json');

/**
 * The best checkpoint of a run so far; undefined when there is none.
 *
 * @param run folder of the run
 */
export async function findBest(run: string): Promise<BestRecord | undefined> {
  try {
    return record.parse(JSON.parse(await readFile(recordFile(run), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * The best checkpoint itself.
 *
 * @param run folder of the run
 * @throws UsageError when there is none
 */
export async function findBestCheckpoint(run: string): Promise<Checkpoint> {
  const best = await findBest(run);
  const { whole, broken } = await listCheckpoints(runPaths(run).best, { verify: 'sha256' });
  const damaged = broken.find(({ iteration }) => iteration === best?.iteration);
  if (damaged !== undefined)
    throw new UsageError(`the best checkpoint, ${damaged.path}, cannot be used: ${damaged.reason}; take another one with --checkpoint`);
  const checkpoint = whole.find(({ iteration }) => iteration === best?.iteration);
  if (checkpoint === undefined) throw new UsageError(`${run} has no best checkpoint: it is kept by a training with evaluateEvery above 0`);
  return checkpoint;
}

/**
 * Keeps a copy of a checkpoint in `best/` when its evaluation is better than that of the one there. The copy is whole
 * before `best.json` names it, and the earlier one is removed last.
 *
 * @param run folder of the run
 * @param checkpoint that was evaluated
 * @param evaluation of that checkpoint, completed
 * @param name key of the metric that decides
 * @returns its record when it is kept, why it cannot be judged, or undefined when the earlier one is better
 */
export async function keepBest(
  run: string,
  checkpoint: Checkpoint,
  evaluation: EvaluationRecord,
  name: string,
): Promise<{ readonly best: BestRecord } | Missing | undefined> {
  const { means, options, data, weights, iteration } = evaluation;
  const metric = metricTable.find((row) => row.key === name);
  if (metric === undefined) return { reason: `bestMetric must be a metric, got ${name}` };
  const key = metricKey(metric, options.fid);
  const [latent, reference] = [means.latent.values[key] ?? null, means.reference.values[key] ?? null];
  if (latent === null || reference === null)
    return { reason: `${key} has no value: ${means.latent.reasons[key] ?? means.reference.reasons[key] ?? 'it was not computed'}` };
  // Left out where it would part scores that compare: those of stargan2 did not change.
  const pixels = options.fid === 'stargan2' ? undefined : PIXELS_VERSION;
  const candidate: BestRecord = {
    formatVersion: 1,
    metric: key,
    value: (latent + reference) / 2,
    iteration,
    conditions: identityOf({ options, data: data.sha256, weights, pixels }),
  };
  const previous = await findBest(run);
  if (previous !== undefined && !isBetter(candidate, previous, metric)) return undefined;
  const files = Object.fromEntries(
    checkpoint.manifest.files.map(({ name }) => [name, (file: string) => copyFile(path.join(checkpoint.path, name), file)]),
  );
  const { best } = runPaths(run);
  const kept = await saveCheckpoint(best, iteration, files, { metric: key, value: candidate.value });
  await writeWholeFile(recordFile(run), `${JSON.stringify(candidate, null, 2)}\n`);
  for (const name of await readdir(best))
    if (/^\d{7,15}$/.test(name) && name !== path.basename(kept.path)) await rm(path.join(best, name), { recursive: true });
  return { best: candidate };
}

/** Values of another metric, or of other options and images, do not compare: the newer one is kept. */
function isBetter(candidate: BestRecord, previous: BestRecord, { direction }: Metric): boolean {
  if (candidate.metric !== previous.metric || candidate.conditions !== previous.conditions) return true;
  return direction === 'lower' ? candidate.value < previous.value : candidate.value > previous.value;
}
