import { freeBytes } from '@stargan/backend';
import { describeGridBounds, shownDomainsOf } from '@stargan/training';
import type { StateBytes } from '@stargan/training/planning';
import type { Config } from '@stargan/run';
import { LATENT_ROWS } from '../sampling/write-samples.js';

/** Bytes for people: `3.9 GiB`, or MiB where that is less than a tenth of one. */
const binaryBytes = (bytes: number): string =>
  bytes < 0.1 * 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** Most bytes that the checkpoints of a run take at once: those that are kept, the one being written, the best one. */
export function checkpointBytes(
  { keepCheckpoints, evaluateEvery }: Pick<Config, 'keepCheckpoints' | 'evaluateEvery'>,
  { weights, moments, averages }: StateBytes,
): number {
  return (weights + moments + averages) * (keepCheckpoints + 1 + (evaluateEvery > 0 ? 1 : 0));
}

/** Checkpoints below this are not worth a line while there is room for them. */
const WORTH_SAYING = 2 ** 30;

/** What checkpoints take of the disk, when that is much or more than there is. */
export function describeDisk(needed: number, free: number | undefined): string[] {
  const room = free === undefined ? '' : `; ${binaryBytes(free)} of the disk are free`;
  if (free !== undefined && needed > free)
    return [
      `warning: checkpoints take up to ${binaryBytes(needed)}${room}; make room, name another disk with --out, or keep fewer with --set keepCheckpoints=1`,
    ];
  return needed < WORTH_SAYING ? [] : [`checkpoints take up to ${binaryBytes(needed)}${room}`];
}

/** Tasks of an evaluation from which on its length is worth a word: eleven domains have 220. */
const MANY_TASKS = 200;

/** What is planned. */
export interface PlannedRuns {
  readonly config: Config;
  /** Number of domains. */
  readonly domains: number;
  /** Folder that results go to. */
  readonly out: string;
  /** Bytes of a model's state. */
  readonly state: StateBytes;
  /** Models that are trained one after another, 1 by default; all are kept. */
  readonly models?: number;
}

/** What of a training is large or slow by its configuration and its number of domains, said before it begins. */
export async function describeRuns({ config, domains, out, state, models = 1 }: PlannedRuns): Promise<string[]> {
  const { imageSize, sampleDomains, sampleSources, evaluateEvery } = config;
  const extent = {
    domains,
    shown: shownDomainsOf(domains, sampleDomains),
    sources: sampleSources,
    rows: LATENT_ROWS,
    latentGrids: 1,
    imageSize,
  };
  const tasks = 2 * domains * (domains - 1);
  const length = evaluateEvery > 0 || models > 1;
  return [
    ...(models > MANY_MODELS ? [`${models} models are trained one after another, each a run of its own`] : []),
    ...describeDisk(models * checkpointBytes(config, state), await freeBytes(out).catch(() => undefined)),
    ...describeGridBounds(extent, '--set sampleDomains=0'),
    ...(length && tasks > MANY_TASKS
      ? [
          `evaluating all domains takes ${tasks} tasks, one for every pair and kind of guidance; evaluateSources and evaluateOutputs bound what each takes`,
        ]
      : []),
  ];
}

/** Models from which on their number is worth a word. */
const MANY_MODELS = 10;

/** Translations from which on an evaluation is worth a word: hours on a processor. */
const MANY_TRANSLATIONS = 20_000;

/** What an evaluation takes, when that is much: it translates between all pairs of domains, latent and reference guided. */
export function describeEvaluationWork(sources: readonly number[], outputs: number): string[] {
  const domains = sources.length;
  const translations = 2 * (domains - 1) * outputs * sources.reduce((sum, count) => sum + count, 0);
  if (translations <= MANY_TRANSLATIONS) return [];
  return [
    `${2 * domains * (domains - 1)} tasks with up to ${translations} translations; --sources and --outputs make them fewer, and an evaluation that is stopped goes on`,
  ];
}
