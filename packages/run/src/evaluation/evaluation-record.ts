import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeWholeFile } from '@stargan/checkpoints';
import { FID_NAMES } from '@stargan/evaluation';
import { WEIGHT_KINDS } from '@stargan/pretrained';
import { z } from 'zod';
import { runPaths } from '../run-directory.js';
import { GUIDANCES } from '@stargan/training/evaluation';

const scores = z.object({ values: z.record(z.string(), z.number().nullable()), reasons: z.record(z.string(), z.string()) });

const task = z.object({
  guidance: z.enum(GUIDANCES),
  /** Names of domains. */
  source: z.string(),
  target: z.string(),
  /** Images that were made. */
  translations: z.number(),
  scores,
});

const record = z.object({
  formatVersion: z.literal(1),
  /** Hash of everything that settles the results: weights, options, images, pretrained weights. */
  identity: z.string(),
  iteration: z.number(),
  /** ISO 8601, UTC: when it was begun. */
  created: z.string(),
  /** Whether all tasks are done. */
  completed: z.boolean(),
  /** FID's convention, which KID, precision, recall, density and coverage share. */
  convention: z.string(),
  options: z.object({
    outputs: z.number(),
    sources: z.number(),
    reals: z.number(),
    // What it was before it could be chosen.
    classifierSteps: z.number().default(300),
    fid: z.enum(FID_NAMES),
    seed: z.number(),
  }),
  /** SHA-256 of each file of the run's networks. */
  networks: z.record(z.string(), z.string()),
  /** Pretrained weights that were there. */
  weights: z.array(z.object({ kind: z.enum(WEIGHT_KINDS), sha256: z.string() })),
  data: z.object({
    sha256: z.string(),
    domains: z.array(z.object({ name: z.string(), sources: z.number(), references: z.number(), reals: z.number() })),
  }),
  /** Share of real held-out images whose domain the classifier recognises. */
  realAccuracy: z.number(),
  notes: z.array(z.string()),
  tasks: z.array(task),
  /** Means over all tasks of a guidance; empty until all are done. */
  means: z.object({ latent: scores, reference: scores }),
});

/** What one task came to. */
export type TaskResult = z.infer<typeof task>;

/** An evaluation as it is kept, done or under way. */
export type EvaluationRecord = z.infer<typeof record>;

/** Scores of no task. */
export const emptyScores = (): z.infer<typeof scores> => ({ values: {}, reasons: {} });

/**
 * One hash of whatever settles an evaluation.
 *
 * @param parts what JSON can hold; the order of keys counts
 */
export function identityOf(parts: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Where an evaluation is kept: named by iteration and identity, so that none overwrites another.
 *
 * @param run folder of the run
 * @param iteration of the checkpoint
 * @param identity hash of what settles the results
 */
export function evaluationFile(run: string, iteration: number, identity: string): string {
  return path.join(runPaths(run).evaluations, `${`${iteration}`.padStart(7, '0')}-${identity.slice(0, 8)}.json`);
}

/**
 * Keeps an evaluation, whole or not at all.
 *
 * @param run folder of the run
 * @param content the evaluation
 */
export function writeEvaluation(run: string, content: EvaluationRecord): Promise<void> {
  return writeWholeFile(evaluationFile(run, content.iteration, content.identity), `${JSON.stringify(content, null, 2)}\n`);
}

/** An evaluation of a file; undefined when there is none or it is damaged. */
async function readEvaluation(file: string): Promise<EvaluationRecord | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : record.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * The evaluation of this identity, done or under way.
 *
 * @param run folder of the run
 * @param iteration of the checkpoint
 * @param identity hash of what settles the results
 */
export async function findEvaluation(run: string, iteration: number, identity: string): Promise<EvaluationRecord | undefined> {
  const found = await readEvaluation(evaluationFile(run, iteration, identity));
  return found?.identity === identity ? found : undefined;
}

/**
 * All evaluations of a run that are done, by iteration, then by time.
 *
 * @param run folder of the run
 */
export async function listEvaluations(run: string): Promise<EvaluationRecord[]> {
  const { evaluations } = runPaths(run);
  const names = (await readdir(evaluations).catch(() => [] as string[])).filter((name) => /^\d+-[0-9a-f]{8}\.json$/.test(name));
  const read = await Promise.all(names.map((name) => readEvaluation(path.join(evaluations, name))));
  const done = read.filter((evaluation) => evaluation?.completed === true) as EvaluationRecord[];
  return done.sort((a, b) => a.iteration - b.iteration || a.created.localeCompare(b.created));
}
