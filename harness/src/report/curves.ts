import type { LogEntry } from '../logging/metric-log.js';

/** A chart: iterations, and one line of values per label. */
export interface Chart {
  title: string;
  /** What the first list of `data` is; iterations by default. */
  x?: string;
  labels: string[];
  /** First the iterations, then one list per label; null leaves a gap. */
  data: (number | null)[][];
}

const CHARTS: readonly { title: string; series: Record<string, string> }[] = [
  { title: 'Adversarial losses', series: { 'D latent': 'D/latent_total', 'D reference': 'D/ref_total', 'G latent': 'G/latent_adv', 'G reference': 'G/ref_adv' } },
  {
    title: 'Reconstruction and diversity',
    series: { 'style (latent)': 'G/latent_sty', 'style (reference)': 'G/ref_sty', 'cycle (latent)': 'G/latent_cyc', 'diversity (latent)': 'G/latent_ds', 'diversity (reference)': 'G/ref_ds' },
  },
  { title: 'Gradient penalty', series: { 'latent step': 'D/latent_reg', 'reference step': 'D/ref_reg' } },
  { title: 'Classification of domains', series: { 'of real images': 'D/latent_cls', 'of translations': 'G/latent_cls' } },
];

/** Points that a chart shows at most. */
const POINTS = 300;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Stretches of a log, so that there are no more points than a chart shows. */
function stretchesOf(log: readonly LogEntry[]): LogEntry[][] {
  const length = Math.max(1, Math.ceil(log.length / POINTS));
  return Array.from({ length: Math.ceil(log.length / length) }, (_, i) => log.slice(i * length, (i + 1) * length));
}

const rounded = (value: number): number => Number(value.toPrecision(5));

const column = (parts: readonly LogEntry[][], key: string): number[] => parts.map((part) => rounded(mean(part.map((entry) => entry[key] ?? NaN))));

/** The log as charts; each point is the mean of a stretch of lines, since single iterations are noisy. */
export function lossCharts(log: readonly LogEntry[]): Chart[] {
  const parts = stretchesOf(log);
  return CHARTS.flatMap(({ title, series }) => {
    // Not every kind of training has every loss.
    const logged = Object.entries(series).filter(([, key]) => log.some((entry) => entry[key] !== undefined));
    if (logged.length === 0) return [];
    return [{ title, labels: logged.map(([label]) => label), data: [column(parts, 'iteration'), ...logged.map(([, key]) => column(parts, key))] }];
  });
}

const sum = (part: readonly LogEntry[], key: string): number => part.reduce((total, entry) => total + (entry[key] ?? NaN), 0);

/** Seconds of an iteration, and how many of them pass waiting for images. */
export function speedChart(speed: readonly LogEntry[]): Chart {
  const parts = stretchesOf(speed);
  const perIteration = (key: string): number[] => parts.map((part) => rounded(sum(part, key) / sum(part, 'iterations')));
  return {
    title: 'Seconds per iteration, pictures and checkpoints included',
    labels: ['all', 'waiting for images'],
    data: [column(parts, 'iteration'), perIteration('seconds'), perIteration('dataWaitSeconds')],
  };
}
