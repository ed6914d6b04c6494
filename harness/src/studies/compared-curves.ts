import type { LogEntry } from '@stargan/run';
import type { Chart } from '@stargan/report';

/** Losses that are shown of every run, where it has them. */
const CHARTS: Readonly<Record<string, string>> = {
  'Adversarial loss of the generator, latent guided': 'G/latent_adv',
  'Cycle consistency': 'G/latent_cyc',
  'Distance between two latent styles of one source, while training': 'G/latent_ds',
  'Reconstruction of the style': 'G/latent_sty',
};

/** Points of a curve. */
const POINTS = 60;

/** A run's log, by the name that it has in the legend. */
export interface NamedLog {
  readonly name: string;
  readonly log: readonly LogEntry[];
}

/**
 * One chart per loss with a curve per run, over the share of the training that is done: runs may differ in their
 * iterations. A point is the mean of a stretch; stretches without a line in the log have none, and the curve leads
 * straight to the next.
 */
export function comparedCurves(logs: readonly NamedLog[]): Chart[] {
  return Object.entries(CHARTS).flatMap(([title, key]) => {
    const shown = logs.filter(({ log }) => log.some((entry) => entry[key] !== undefined));
    if (shown.length === 0) return [];
    const shares = Array.from({ length: POINTS }, (_, i) => Math.round((100 * (i + 1)) / POINTS));
    const colours = shown.map((one) => logs.indexOf(one));
    return [
      {
        title,
        y: 'loss',
        x: 'percent of the training',
        labels: shown.map(({ name }) => name),
        colours,
        spanGaps: true,
        data: [shares, ...shown.map(({ log }) => stretches(log, key))],
      },
    ];
  });
}

function stretches(log: readonly LogEntry[], key: string): (number | null)[] {
  const last = log.at(-1)!.iteration;
  const sums = Array.from({ length: POINTS }, () => ({ sum: 0, count: 0 }));
  for (const entry of log) {
    if (entry[key] === undefined) continue;
    const place = sums[Math.min(POINTS - 1, Math.floor(((entry.iteration - 1) / last) * POINTS))]!;
    place.sum += entry[key];
    place.count += 1;
  }
  return sums.map(({ sum, count }) => (count === 0 ? null : Number((sum / count).toPrecision(5))));
}
