import { OBJECTIVE, type Objective } from '@stargan/training';
import { isOnFeatures, metricTable, type Metric } from '@stargan/metrics';
import { GUIDANCES } from '@stargan/training/evaluation';
import type { LogEntry } from '../logging/metric-log.js';
import { LOSS_CHARTS } from './loss-charts.js';

/** A chart: one curve per label over iterations. */
export interface Chart {
  title: string;
  /** What the first list of `data` holds; iterations by default. */
  x?: string;
  labels: string[];
  /** First the iterations, then the values of each label; null leaves a gap. */
  data: (number | null)[][];
  /** Whether a curve crosses gaps in a straight line. */
  spanGaps?: boolean;
  /** Index of each label's colour, for labels that have the same colour in several charts; by default in order. */
  colours?: number[];
  /** Range of the values; by default that of the data. */
  range?: [number, number];
}

/** Curves of one chart: keys of the log by label. */
interface LossChart {
  readonly title: string;
  readonly series: Readonly<Record<string, string>>;
}

/** The charts of an objective's terms. That of the adversarial losses has the whole of the discriminator's objective in it. */
function chartsOf({ discriminator, generator }: Objective): LossChart[] {
  const adversarial = 'Adversarial losses';
  const curves = [
    { title: adversarial, label: 'D latent', key: 'D/latent_total' },
    { title: adversarial, label: 'D reference', key: 'D/ref_total' },
    ...Object.entries({ D: discriminator, G: generator }).flatMap(([side, terms]) =>
      terms.flatMap(({ name, chart }) =>
        (['latent', 'ref'] as const).flatMap((guidance) => {
          const label = chart?.[guidance];
          return label === undefined ? [] : [{ title: chart!.title, label, key: `${side}/${guidance}_${name}` }];
        }),
      ),
    ),
  ];
  const titles = new Set([...generator, ...discriminator].flatMap(({ chart }) => chart?.title ?? []));
  return [...titles].map((title) => ({
    title,
    series: Object.fromEntries(curves.filter((curve) => curve.title === title).map(({ label, key }) => [label, key])),
  }));
}

/** Points that a chart shows at most. */
const POINTS = 300;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A log in stretches of equal length, no more of them than a chart shows points. */
function stretchesOf(log: readonly LogEntry[]): LogEntry[][] {
  const length = Math.max(1, Math.ceil(log.length / POINTS));
  return Array.from({ length: Math.ceil(log.length / length) }, (_, i) => log.slice(i * length, (i + 1) * length));
}

const rounded = (value: number): number => Number(value.toPrecision(5));

const column = (parts: readonly LogEntry[][], key: string): number[] =>
  parts.map((part) => rounded(mean(part.map((entry) => entry[key] ?? NaN))));

/** The log as charts; each point is the mean of a stretch of lines, since single iterations are noisy. */
export function lossCharts(log: readonly LogEntry[], objective: Objective = OBJECTIVE): Chart[] {
  const parts = stretchesOf(log);
  return chartsOf(objective).flatMap(({ title, series }) => {
    // Not every kind of training has every loss.
    const logged = Object.entries(series).filter(([, key]) => log.some((entry) => entry[key] !== undefined));
    if (logged.length === 0) return [];
    return [
      { title, labels: logged.map(([label]) => label), data: [column(parts, 'iteration'), ...logged.map(([, key]) => column(parts, key))] },
    ];
  });
}

const sum = (part: readonly LogEntry[], key: string): number => part.reduce((total, entry) => total + (entry[key] ?? NaN), 0);

/** Seconds per iteration, and how many of them are spent waiting for images. */
export function speedChart(speed: readonly LogEntry[]): Chart {
  const parts = stretchesOf(speed);
  const perIteration = (key: string): number[] => parts.map((part) => rounded(sum(part, key) / sum(part, 'iterations')));
  return {
    title: 'Seconds per iteration, pictures and checkpoints included',
    labels: ['all', 'waiting for images'],
    data: [column(parts, 'iteration'), perIteration('seconds'), perIteration('dataWaitSeconds')],
  };
}

/**
 * Metrics over iterations, a chart for each and one line per guidance. Of several evaluations of one iteration the
 * last counts; conventions of FID get charts of their own, since they do not compare.
 *
 * @param log lines `{ iteration, 'latent/fid-stargan2', … }`, in any order
 * @param table metrics that are shown
 */
export function metricCharts(log: readonly LogEntry[], table: readonly Metric[] = metricTable): Chart[] {
  const byIteration = new Map<number, LogEntry>();
  for (const entry of log) byIteration.set(entry.iteration, { ...byIteration.get(entry.iteration), ...entry });
  const entries = [...byIteration.values()].sort((a, b) => a.iteration - b.iteration);
  const keys = entries.flatMap((entry) => Object.keys(entry).flatMap((key) => /^(?:latent|reference)\/(.+)$/.exec(key)?.[1] ?? []));
  const names = [...new Set(keys)].sort((a, b) => a.localeCompare(b));
  return table.flatMap((metric) => {
    const isOf = (name: string): boolean => name === metric.key || (isOnFeatures(metric) && name.startsWith(`${metric.key}-`));
    return names.filter(isOf).map((name) => metricChart(metric, name, entries));
  });
}

function metricChart(metric: Metric, name: string, entries: readonly LogEntry[]): Chart {
  const there = entries.filter((entry) => GUIDANCES.some((guidance) => entry[`${guidance}/${name}`] !== undefined));
  const value = (entry: LogEntry, key: string): number | null => (entry[key] === undefined ? null : rounded(entry[key]));
  const convention = name === metric.key ? '' : `, fid-${name.slice(metric.key.length + 1)}`;
  return {
    ...(metric.range && { range: [...metric.range] }),
    title: metric.title + convention,
    labels: GUIDANCES.map((guidance) => `${guidance} guided`),
    data: [
      there.map(({ iteration }) => iteration),
      ...GUIDANCES.map((guidance) => there.map((entry) => value(entry, `${guidance}/${name}`))),
    ],
  };
}
