import type { LogEntry } from '../logging/metric-log.js';

/** A chart: iterations, and one line of values per label. */
export interface Chart {
  title: string;
  labels: string[];
  /** First the iterations, then one list per label. */
  data: number[][];
}

const CHARTS: readonly { title: string; series: Record<string, string> }[] = [
  { title: 'Adversarial losses', series: { 'D latent': 'D/latent_total', 'D reference': 'D/ref_total', 'G latent': 'G/latent_adv', 'G reference': 'G/ref_adv' } },
  {
    title: 'Reconstruction and diversity',
    series: { 'style (latent)': 'G/latent_sty', 'style (reference)': 'G/ref_sty', 'cycle (latent)': 'G/latent_cyc', 'diversity (latent)': 'G/latent_ds', 'diversity (reference)': 'G/ref_ds' },
  },
  { title: 'R1 penalty', series: { 'R1 (latent step)': 'D/latent_reg', 'R1 (reference step)': 'D/ref_reg' } },
];

/** Points that a chart shows at most. */
const POINTS = 300;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The log as charts; each point is the mean of a stretch of lines, since single iterations are noisy. */
export function lossCharts(log: readonly LogEntry[]): Chart[] {
  const stretch = Math.max(1, Math.ceil(log.length / POINTS));
  const parts = Array.from({ length: Math.ceil(log.length / stretch) }, (_, i) => log.slice(i * stretch, (i + 1) * stretch));
  const column = (key: string): number[] => parts.map((part) => Number(mean(part.map((entry) => entry[key] ?? NaN)).toPrecision(5)));
  return CHARTS.map(({ title, series }) => ({ title, labels: Object.keys(series), data: [column('iteration'), ...Object.values(series).map(column)] }));
}
