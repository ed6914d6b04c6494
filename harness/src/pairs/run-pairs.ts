import path from 'node:path';
import { openDataset } from '@stargan/data';
import { trainCandidate, type Candidate } from '../comparison/candidate.js';
import { measureCandidate, openJudging, type Attendance } from '../comparison/measure.js';
import type { Config } from '../config/schema.js';
import type { EvaluationRecord } from '../evaluation/evaluation-record.js';
import { writeReport } from '../report/write-report.js';
import { UsageError } from '../usage-error.js';
import { domainPairs, linkDomains, samplerOf, type DomainPair } from './domain-pairs.js';
import { writePairs, type Comparison } from './write-pairs.js';

/** What to train, on what, and where to keep it. */
export interface PairsOptions {
  data: string;
  /** Folder of the comparison; every model is a run below it. */
  out: string;
  /** What all models share; its iterations are those of the model of all domains, and of all pairs together. */
  base: Config;
  /** Takes lines of text about how far it is. */
  say: (line: string) => void;
  progress?: 'stdout' | 'stderr';
  /** Aborting it saves the model that is being trained and ends. */
  signal?: AbortSignal;
}

/** What came of it: files and the table as text, or where it was stopped. */
export type PairsResult = { completed: true; json: string; html: string; text: string } | { completed: false; model: string };

/** A model of two domains. */
interface PairModel extends Candidate {
  readonly labels: DomainPair;
  readonly domains: readonly [string, string];
  /** Where the evaluation of the model of all domains on these two is kept. */
  readonly allKeptIn: string;
}

/**
 * Trains one model of all domains, and one for every pair of them with as many iterations in total, and compares what
 * they make of each pair, as the paper compares with methods that handle two domains. What is done already is kept, so
 * the same call goes on where one was stopped.
 *
 * @throws UsageError when there are fewer than three domains, fewer iterations than pairs, or a folder holds a run of other settings
 */
export async function runPairs({ data, out, base, say, progress, signal }: PairsOptions): Promise<PairsResult> {
  const names = (await openDataset(data)).train.domains.map(({ name }) => name);
  if (names.length < 3)
    throw new UsageError(
      `pairs: --data must hold at least 3 domains, got ${names.join(', ')}; two are one pair, which stargan train handles`,
    );
  const labels = domainPairs(names.length);
  const iterations = Math.floor(base.iterations / labels.length);
  if (iterations < 1)
    throw new UsageError(`pairs: iterations must be at least one for each of the ${labels.length} pairs, got ${base.iterations}`);

  const all: Candidate = { name: 'all', title: names.join(', '), run: path.join(out, 'all'), data, config: base };
  const pairs = labels.map((pair) => pairModel(pair, names, out, { ...base, iterations }));
  for (const { data: images, domains } of pairs) await linkDomains(data, domains, images);
  for (const model of [all, ...pairs]) {
    say(`${model.name}: ${model.config.iterations} iterations`);
    const outcome = await trainCandidate(model, { signal, progress });
    if (outcome === 'stopped') return { completed: false, model: model.name };
    if (outcome === 'kept') say(`${model.name} is there already`);
    await writeReport(model.run);
  }
  const comparisons: Comparison[] = [];
  for (const pair of pairs) {
    say(`${pair.name}: measuring on held-out images`);
    const comparison = await compare(pair, all, { say, signal });
    if (comparison === undefined) return { completed: false, model: pair.name };
    comparisons.push(comparison);
  }
  return { completed: true, ...(await writePairs(out, comparisons, [all, ...pairs])) };
}

function pairModel(labels: DomainPair, names: readonly string[], out: string, config: Config): PairModel {
  const domains = [names[labels[0]]!, names[labels[1]]!] as const;
  // Numbers, for two names joined may be those of another pair.
  const folder = path.join(out, 'pairs', labels.join('-'));
  return {
    name: domains.join(' ↔ '),
    title: 'two domains',
    run: path.join(folder, 'run'),
    data: path.join(folder, 'images'),
    config,
    labels,
    domains,
    allKeptIn: path.join(folder, 'all'),
  };
}

/** Both models on the same images of the pair, with one classifier of the two; undefined when it was stopped. */
async function compare(pair: PairModel, all: Candidate, { say, signal }: Attendance): Promise<Comparison | undefined> {
  const judging = await openJudging(pair.data, pair.config, { say, signal });
  const whole = (evaluation: EvaluationRecord): EvaluationRecord | undefined => (evaluation.completed ? evaluation : undefined);
  try {
    const ofPair = whole(await measureCandidate(pair, judging, { say, signal }));
    const ofAll =
      ofPair &&
      whole(
        await measureCandidate(all, judging, {
          keepIn: pair.allKeptIn,
          as: (sampler) => samplerOf(sampler, pair.labels),
          say,
          signal,
        }),
      );
    return ofPair && ofAll && { domains: pair.domains, pair: ofPair, all: ofAll };
  } finally {
    judging.dispose();
  }
}
