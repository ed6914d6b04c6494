import path from 'node:path';
import { linkDomains, openDataset } from '@stargan/data';
import { meanScores } from '@stargan/metrics';
import type { Config, EvaluationRecord } from '@stargan/run';
import { samplerOfDomains } from '@stargan/training';
import type { Guidance } from '@stargan/training/evaluation';
import { UsageError } from '../usage-error.js';
import { domainPairs, type DomainPair } from './domain-pairs.js';
import { measureModel, openMeasurement } from './measure-model.js';
import { explainScores, scoreColumns, type Means } from './score-columns.js';
import { trainModels, type StudyControl, type StudyModel, type StudyOptions, type StudyResult } from './train-models.js';
import { writeStudy, type Study } from './write-study.js';

/** A model of two domains. */
interface PairModel extends StudyModel {
  readonly labels: DomainPair;
  readonly domains: readonly [string, string];
  /** Where the evaluation of the model of all domains on these two is kept. */
  readonly allKeptIn: string;
}

/** How two models translate between two domains. */
interface MeasuredPair {
  readonly domains: readonly [string, string];
  /** The model trained for these two alone. */
  readonly pair: EvaluationRecord;
  /** The model of all domains. */
  readonly all: EvaluationRecord;
}

/**
 * Trains one model of all domains, and one for every pair of them with as many iterations in total, and compares how they
 * translate between the two domains of each pair, as the paper compares with methods that handle two domains. Finished
 * parts are kept, so the same call resumes a study that was stopped.
 *
 * @param options the iterations of `base` are those of the model of all domains, and of all pairs together
 * @throws UsageError when there are fewer than three domains, fewer iterations than pairs, or a folder holds a run of other settings
 */
export async function runPairs(options: StudyOptions): Promise<StudyResult> {
  const { data, out, base, log } = options;
  const names = (await openDataset(data)).train.domains.map(({ name }) => name);
  if (names.length < 3)
    throw new UsageError(
      `pairs: --data must hold at least 3 domains, got ${names.join(', ')}; two are one pair, which stargan train handles`,
    );
  const labels = domainPairs(names.length);
  const iterations = Math.floor(base.iterations / labels.length);
  if (iterations < 1)
    throw new UsageError(`pairs: iterations must be at least one for each of the ${labels.length} pairs, got ${base.iterations}`);

  const all: StudyModel = { name: 'all', title: names.join(', '), run: path.join(out, 'all'), data, config: base };
  const pairs = labels.map((pair) => pairModel(pair, names, out, { ...base, iterations }));
  for (const { data: images, domains } of pairs) await linkDomains(data, domains, images);
  const stopped = await trainModels([all, ...pairs], options);
  if (stopped !== undefined) return { completed: false, model: stopped.name };

  const measured: MeasuredPair[] = [];
  for (const pair of pairs) {
    log(`${pair.name}: measuring on held-out images`);
    const one = await measurePair(pair, all, options);
    if (one === undefined) return { completed: false, model: pair.name };
    measured.push(one);
  }
  return writeStudy(out, describePairs(measured, [all, ...pairs]));
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
async function measurePair(pair: PairModel, all: StudyModel, control: StudyControl): Promise<MeasuredPair | undefined> {
  const measurement = await openMeasurement(pair.data, pair.config, control);
  try {
    const ofPair = await measureModel(pair, measurement);
    if (ofPair === undefined) return undefined;
    const ofAll = await measureModel(all, measurement, {
      keepIn: pair.allKeptIn,
      as: (sampler) => samplerOfDomains(sampler, pair.labels),
    });
    return ofAll && { domains: pair.domains, pair: ofPair, all: ofAll };
  } finally {
    measurement.dispose();
  }
}

/** The two kinds of models. */
const KINDS = { pair: 'two domains', all: 'all domains' } as const;

type Kind = keyof typeof KINDS;

function describePairs(measured: readonly MeasuredPair[], models: readonly StudyModel[]): Study {
  const [first] = measured as [MeasuredPair];
  const { convention, options } = first.pair;
  const iterations = { all: models[0]!.config.iterations, pair: models[1]!.config.iterations };
  const pairs = measured.map(({ domains, pair, all }) => ({ domains, pair: pair.means, all: all.means }));
  const mean = { pair: overPairs(measured, 'pair'), all: overPairs(measured, 'all') };
  const lines = [...pairs.map(({ domains, ...means }) => ({ name: domains.join(' ↔ '), ...means })), { name: 'mean', ...mean }];
  const scores = scoreColumns(
    lines.flatMap(({ pair, all }) => [pair, all]),
    options.fid,
  );
  const kinds = Object.entries(KINDS) as [Kind, string][];
  return {
    name: 'pairs',
    title: 'A model for every pair of domains, and one for all',
    content: { iterations, convention, options, pairs, mean },
    table: {
      headings: ['domains', 'model of', ...scores.headings],
      rows: lines.flatMap((line) => kinds.map(([kind, title]) => [line.name, title, ...scores.cells(line[kind])])),
    },
    notes: [
      `The model of all domains was trained for ${iterations.all} iterations, each of two domains for ${iterations.pair}: together as many. Both are asked for the same translations, and judged by the same classifier of the two domains.`,
      ...explainScores(first.pair),
    ],
    models,
  };
}

/** The mean over the pairs, for one kind of model. */
function overPairs(measured: readonly MeasuredPair[], kind: Kind): Means {
  const mean = (guidance: Guidance): Means[Guidance] =>
    meanScores(measured.map((one) => ({ name: one.domains.join(' ↔ '), scores: one[kind].means[guidance] })));
  return { latent: mean('latent'), reference: mean('reference') };
}
