import path from 'node:path';
import { openDataset } from '@stargan/data';
import { trainCandidate, type Candidate } from '../comparison/candidate.js';
import { prepareJudging, withSampler, type Judging } from '../comparison/measure.js';
import { comparisonPage } from '../comparison/page.js';
import { formatTable, percent, type Table } from '../report/text-table.js';
import type { Config } from '../config/schema.js';
import { evaluateTranslations, type TranslationReport } from '../evaluation/evaluate-translations.js';
import { writeWhole } from '../training/run-directory.js';
import { UsageError } from '../usage-error.js';
import { classifierOf, domainPairs, imagesOf, linkDomains, samplerOf, type DomainPair } from './domain-pairs.js';

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

/** A model of two domains, or of all. */
interface Model extends Candidate {
  readonly pair?: DomainPair;
}

/** What two models make of the translations between two domains. */
interface Comparison {
  domains: [string, string];
  /** The model trained for these two alone. */
  pair: TranslationReport;
  /** The model of all domains. */
  all: TranslationReport;
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
  if (names.length < 3) throw new UsageError(`pairs: --data must hold at least 3 domains, got ${names.join(', ')}; two are one pair, which stargan train handles`);
  const pairs = domainPairs(names.length);
  const iterations = Math.floor(base.iterations / pairs.length);
  if (iterations < 1) throw new UsageError(`pairs: iterations must be at least one for each of the ${pairs.length} pairs, got ${base.iterations}`);

  const all: Model = { name: 'all', title: names.join(', '), run: path.join(out, 'all'), data, config: base };
  const models = [all, ...pairs.map((pair) => pairModel(pair, names, out, { ...base, iterations }))];
  for (const model of models) {
    say(`${model.name}: ${model.config.iterations} iterations`);
    if (model.pair !== undefined) await linkDomains(data, model.pair.map((label) => names[label]!), model.data);
    const outcome = await trainCandidate(model, { signal, progress });
    if (outcome === 'stopped') return { completed: false, model: model.name };
    if (outcome === 'kept') say(`${model.name} is there already`);
  }
  say('measuring on held-out images');
  const judging = await prepareJudging(data, base);
  try {
    return { completed: true, ...(await writePairs(out, await compare(models, names, judging), models)) };
  } finally {
    judging.dispose();
  }
}

function pairModel(pair: DomainPair, names: readonly string[], out: string, config: Config): Model {
  const [first, second] = pair.map((label) => names[label]!);
  // Numbers, for two names joined may be those of another pair.
  const folder = path.join(out, 'pairs', pair.join('-'));
  return { name: `${first} ↔ ${second}`, title: 'two domains', run: path.join(folder, 'run'), data: path.join(folder, 'images'), config, pair };
}

async function compare([all, ...pairs]: readonly Model[], names: readonly string[], judging: Judging): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const model of pairs) {
    const labels = model.pair!;
    const measure = (sampler: Parameters<typeof samplerOf>[0]): TranslationReport =>
      evaluateTranslations(sampler, classifierOf(judging.classifier, labels), imagesOf(judging.heldOut, labels), { domains: 2, latentDim: model.config.latentDim, seed: model.config.seed });
    comparisons.push({
      domains: [names[labels[0]]!, names[labels[1]]!],
      pair: await withSampler(model, 2, measure),
      all: await withSampler(all!, names.length, (sampler) => measure(samplerOf(sampler, labels))),
    });
  }
  return comparisons;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean over the pairs, for each kind of model. */
function summarize(comparisons: readonly Comparison[]): Record<'pair' | 'all', Record<'latent' | 'reference', TranslationReport['latent']>> {
  const over = (kind: 'pair' | 'all', guidance: 'latent' | 'reference'): TranslationReport['latent'] => ({
    domainAccuracy: mean(comparisons.map((comparison) => comparison[kind][guidance].domainAccuracy)),
    styleDistance: mean(comparisons.map((comparison) => comparison[kind][guidance].styleDistance)),
  });
  const both = (kind: 'pair' | 'all'): Record<'latent' | 'reference', TranslationReport['latent']> => ({ latent: over(kind, 'latent'), reference: over(kind, 'reference') });
  return { pair: both('pair'), all: both('all') };
}

function tableOf(comparisons: readonly Comparison[], means: ReturnType<typeof summarize>): Table {
  const cells = ({ latent, reference }: Pick<TranslationReport, 'latent' | 'reference'>): string[] => [
    percent(latent.domainAccuracy),
    percent(reference.domainAccuracy),
    latent.styleDistance.toFixed(3),
    reference.styleDistance.toFixed(3),
  ];
  const lines = (name: string, { pair, all }: Record<'pair' | 'all', Pick<TranslationReport, 'latent' | 'reference'>>): string[][] => [
    [name, 'two domains', ...cells(pair)],
    [name, 'all domains', ...cells(all)],
  ];
  return {
    headings: ['domains', 'model of', 'accuracy, latent', 'reference', 'diversity, latent', 'reference'],
    rows: [...comparisons.flatMap((comparison) => lines(comparison.domains.join(' ↔ '), comparison)), ...lines('mean', means)],
  };
}

async function writePairs(directory: string, comparisons: readonly Comparison[], models: readonly Model[]): Promise<{ json: string; html: string; text: string }> {
  const means = summarize(comparisons);
  const table = tableOf(comparisons, means);
  const [json, html] = [path.join(directory, 'pairs.json'), path.join(directory, 'pairs.html')];
  const iterations = { all: models[0]!.config.iterations, pair: models[1]!.config.iterations };
  await writeWhole(json, `${JSON.stringify({ formatVersion: 1, iterations, pairs: comparisons, mean: means }, null, 2)}\n`);
  const note =
    `The model of all domains was trained for ${iterations.all} iterations, each of two domains for ${iterations.pair}: together as many. ` +
    'Accuracy: share of translations of held-out images that one classifier of all domains takes for their target. Diversity: mean distance between ten translations of one source into one domain.';
  await writeWhole(html, await comparisonPage({ title: 'A model for every pair of domains, and one for all', note, table, runs: models }));
  return { json, html, text: formatTable(table) };
}
