import { readFile } from 'node:fs/promises';
import { openDataset } from '@stargan/data';
import { z } from 'zod';
import type { Config } from '../config/schema.js';
import { trainDomainClassifier, type DomainClassifier } from '../evaluation/domain-classifier.js';
import { evaluateTranslations, type TranslationReport } from '../evaluation/evaluate-translations.js';
import { buildNetworks } from '../model/networks.js';
import { disposeAll } from '../model/weights.js';
import type { LabelledImages } from '../sampling/grids.js';
import { loadDomainImages } from '../sampling/load-domain-images.js';
import type { Sampler } from '../sampling/translate.js';
import { readAverages } from '../training/checkpoint.js';
import { findCheckpoint, runPaths, writeWhole } from '../training/run-directory.js';
import type { Candidate } from './candidate.js';

/** What all candidates are measured with: one classifier, one set of held-out images. */
export interface Judging {
  readonly classifier: DomainClassifier;
  readonly heldOut: LabelledImages;
  readonly domains: number;
  dispose(): void;
}

/** Images that the classifier is trained on, and that are translated, at most, per domain. */
const TRAINING_IMAGES = 1000;
const HELD_OUT_IMAGES = 100;
/** Numbers that the classifier's images may take: 1 GiB. */
const TRAINING_VALUES = 2 ** 28;

/** Trains the classifier on real images and loads the held-out ones; training images where there are none. */
export async function prepareJudging(data: string, { imageSize, seed }: Pick<Config, 'imageSize' | 'seed'>): Promise<Judging> {
  const { train, validation } = await openDataset(data);
  const domains = train.domains.length;
  const affordable = Math.floor(TRAINING_VALUES / (domains * imageSize * imageSize * 3));
  const images = await loadDomainImages(train, imageSize, Math.min(TRAINING_IMAGES, affordable));
  const classifier = trainDomainClassifier(images, { domains, seed });
  const heldOut = await loadDomainImages(validation ?? train, imageSize, HELD_OUT_IMAGES);
  return { classifier, heldOut, domains, dispose: () => classifier.dispose() };
}

const scores = z.object({ domainAccuracy: z.number(), styleDistance: z.number() });
const storedReport = z.object({
  iteration: z.number(),
  latent: scores,
  reference: scores,
  real: z.object({ domainAccuracy: z.number(), imageDistance: z.number() }),
  translations: z.number(),
});

/** What was measured of a run at this iteration before, if anything. */
export async function readMeasurement(run: string, iteration: number): Promise<TranslationReport | undefined> {
  const text = await readFile(runPaths(run).metrics, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { iteration: measured, ...report } = storedReport.parse(JSON.parse(text));
    return measured === iteration ? report : undefined;
  } catch {
    return undefined;
  }
}

/** Runs `f` with the networks of a candidate's last checkpoint. @throws when there is none */
export async function withSampler<Result>({ run, config }: Pick<Candidate, 'run' | 'config'>, domains: number, f: (sampler: Sampler) => Result): Promise<Result> {
  const { checkpoint } = await findCheckpoint(run);
  if (checkpoint === undefined) throw new Error(`${run} has no checkpoint to measure`);
  const networks = buildNetworks(config, domains);
  const weights = await readAverages(networks, checkpoint);
  try {
    return f({ networks, weights });
  } finally {
    disposeAll(...Object.values(weights));
  }
}

/** Measures a candidate on held-out images and keeps the result in its `metrics.json`. */
export async function measureCandidate(candidate: Candidate, { classifier, heldOut, domains }: Judging): Promise<TranslationReport> {
  const { config, run } = candidate;
  const report = await withSampler(candidate, domains, (sampler) =>
    evaluateTranslations(sampler, classifier, heldOut, { domains, latentDim: config.latentDim, seed: config.seed }));
  await writeWhole(runPaths(run).metrics, `${JSON.stringify({ iteration: config.iterations, ...report }, null, 2)}\n`);
  return report;
}
