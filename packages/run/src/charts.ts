import { isOnFeatures, metricTable, type Metric } from '@stargan/metrics';
import { curveOf, logChart, meanOf, stretchesOf, type Chart, type LogLine } from '@stargan/report';
import { NETWORK_NAMES, OBJECTIVE, type Objective } from '@stargan/training';
import { GUIDANCES } from '@stargan/training/evaluation';

/** A chart of losses: names in the log by the labels of their curves. */
interface LossChart {
  readonly title: string;
  readonly series: Readonly<Record<string, string>>;
}

/** The charts of an objective's terms: all names of losses in a report come from here. The adversarial losses are drawn with the discriminator's whole objective. */
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

const present = (charts: readonly (Chart | undefined)[]): Chart[] => charts.filter((chart) => chart !== undefined);

/**
 * The losses as charts, without their weights in the objective.
 *
 * @param log lines of `log.jsonl`
 * @param objective whose terms are drawn; StarGAN v2’s by default
 */
export function lossCharts(log: readonly LogLine[], objective: Objective = OBJECTIVE): Chart[] {
  return present(chartsOf(objective).map(({ title, series }) => logChart(log, series, { title, y: 'loss' })));
}

/** Names of the networks as legends show them. */
const NETWORKS = {
  generator: 'generator',
  mappingNetwork: 'mapping network',
  styleEncoder: 'style encoder',
  discriminator: 'discriminator',
};

/**
 * Norms of gradients and weights, and what the schedules say. Runs of earlier versions log λ_ds alone.
 *
 * @param log lines of `log.jsonl`
 */
export function optimizationCharts(log: readonly LogLine[]): Chart[] {
  const ofNetworks = (name: string): Record<string, string> =>
    Object.fromEntries(NETWORK_NAMES.map((network) => [NETWORKS[network], `${name}/${network}`]));
  return present([
    logChart(log, ofNetworks('gradientNorm'), { title: 'Norm of the gradient', y: 'Euclidean norm' }),
    logChart(log, ofNetworks('weightNorm'), { title: 'Norm of the weights', y: 'Euclidean norm' }),
    logChart(log, ofNetworks('learningRate'), { title: 'Learning rates', y: 'learning rate' }),
    logChart(log, { λ_ds: 'G/lambda_ds' }, { title: 'Weight of style diversification', y: 'λ_ds' }),
  ]);
}

const sum = (part: readonly LogLine[], key: string): number => part.reduce((total, line) => total + (line[key] ?? NaN), 0);

/**
 * Seconds per iteration, the share of them that passes waiting for images, and memory.
 *
 * @param speed lines of `speed.jsonl`
 */
export function speedCharts(speed: readonly LogLine[]): Chart[] {
  if (speed.length < 2) return [];
  const stretches = stretchesOf(speed);
  const perIteration = (key: string) => (part: readonly LogLine[]) => sum(part, key) / sum(part, 'iterations');
  const x = curveOf(stretches, meanOf('iteration'));
  const mebibytes = (key: string) => (part: readonly LogLine[]) => meanOf(key)(part) / 2 ** 20;
  return [
    {
      title: 'Time of an iteration, pictures and checkpoints included',
      y: 'seconds',
      labels: ['all', 'waiting for images'],
      data: [x, curveOf(stretches, perIteration('seconds')), curveOf(stretches, perIteration('dataWaitSeconds'))],
    },
    ...(speed.some(({ residentBytes }) => residentBytes !== undefined)
      ? [
          {
            title: 'Memory between iterations',
            y: 'MiB',
            labels: ['process', 'tensors'],
            data: [x, curveOf(stretches, mebibytes('residentBytes')), curveOf(stretches, mebibytes('tensorBytes'))],
          },
        ]
      : []),
  ];
}

/**
 * Metrics over iterations, a chart for each and one line per guidance. Of several evaluations of one iteration the
 * last counts; conventions of FID get charts of their own, since they do not compare.
 *
 * @param log lines `{ iteration, 'latent/fid-stargan2', … }`, in any order
 * @param table metrics that are shown
 */
export function metricCharts(log: readonly LogLine[], table: readonly Metric[] = metricTable): Chart[] {
  const byIteration = new Map<number, LogLine>();
  for (const entry of log) byIteration.set(entry.iteration, { ...byIteration.get(entry.iteration), ...entry });
  const entries = [...byIteration.values()].sort((a, b) => a.iteration - b.iteration);
  const keys = entries.flatMap((entry) => Object.keys(entry).flatMap((key) => /^(?:latent|reference)\/(.+)$/.exec(key)?.[1] ?? []));
  const names = [...new Set(keys)].sort((a, b) => a.localeCompare(b));
  return table.flatMap((metric) => {
    const isOf = (name: string): boolean => name === metric.key || (isOnFeatures(metric) && name.startsWith(`${metric.key}-`));
    return names.filter(isOf).map((name) => metricChart(metric, name, entries));
  });
}

function metricChart(metric: Metric, name: string, entries: readonly LogLine[]): Chart {
  const there = entries.filter((entry) => GUIDANCES.some((guidance) => entry[`${guidance}/${name}`] !== undefined));
  const value = (entry: LogLine, key: string): number | null => (entry[key] === undefined ? null : Number(entry[key].toPrecision(5)));
  const convention = name === metric.key ? '' : `, fid-${name.slice(metric.key.length + 1)}`;
  return {
    ...(metric.range && { range: metric.range }),
    title: metric.title + convention,
    y: metric.heading,
    labels: GUIDANCES.map((guidance) => `${guidance} guided`),
    data: [
      there.map(({ iteration }) => iteration),
      ...GUIDANCES.map((guidance) => there.map((entry) => value(entry, `${guidance}/${name}`))),
    ],
  };
}
