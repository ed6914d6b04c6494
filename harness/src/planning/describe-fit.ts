import type { MemoryBudget } from '@stargan/backend';
import { LARGEST_BATCH, type MemoryFit } from '@stargan/training/planning';
import type { Config } from '@stargan/run';

/** Bytes for people: `3.9 GiB`. */
const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** One line on the predicted peak, and a second, a warning, when it does not fit. */
export function summarizeFit(fit: MemoryFit, budget: MemoryBudget): string[] {
  const { availableBytes, place } = budget;
  const room = availableBytes === undefined ? '' : `; ${gibibytes(availableBytes)} of ${place} available`;
  const line = `predicted peak: ${gibibytes(fit.neededBytes)} (tensors ${gibibytes(fit.plan.peakBufferBytes)}, runtime about ${gibibytes(budget.runtimeBytes)})${room}`;
  return fit.fits === false ? [line, `warning: this will probably not fit; ${describeRemedies(fit)}`] : [line];
}

/** The whole plan as text for a terminal. */
export function describeFit(config: Config, domains: number, fit: MemoryFit, budget: MemoryBudget): string {
  const { plan, neededBytes, fits, largestBatch } = fit;
  const { weights, moments, averages } = plan.stateBytes;
  const rows = [
    [
      'training',
      `${config.imageSize}×${config.imageSize}, batch ${config.batch}, ${domains} ${domains === 1 ? 'domain' : 'domains'}, ${budget.kernels} kernels`,
    ],
    ['tensors', `${gibibytes(plan.peakBufferBytes)} at the peak, exact`],
    ['of these', `weights ${gibibytes(weights)}, moments ${gibibytes(moments)}, averages ${gibibytes(averages)} at all times`],
    ['runtime', `about ${gibibytes(budget.runtimeBytes)} beside tensors, ${budget.measured ? 'as measured' : 'an estimate'}`],
    ['needed', gibibytes(neededBytes)],
    [
      'available',
      budget.availableBytes === undefined ? `not known for ${budget.place}` : `${gibibytes(budget.availableBytes)} of ${budget.place}`,
    ],
  ];
  const verdict =
    fits === undefined
      ? []
      : fits
        ? [`it fits; the largest batch that does is ${largestBatch === LARGEST_BATCH ? `${LARGEST_BATCH} or more` : largestBatch}`]
        : [`it does not fit: ${describeRemedies(fit)}`];
  return [...rows.map(([subject, text]) => `${subject!.padEnd(10)} ${text}`), '', ...verdict].join('\n').trimEnd();
}

/** Changes of a configuration as options of the command line: `--batch 2 --set gradientAccumulation=3`. */
export const optionsOf = (changes: Partial<Config>): string =>
  Object.entries(changes)
    .map(([key, value]) => (key === 'batch' ? `--batch ${value}` : `--set ${key}=${value}`))
    .join(' ');

function describeRemedies({ largestBatch = 0, remedies }: MemoryFit): string {
  const batch = largestBatch > 0 ? `--batch ${largestBatch} fits` : 'no batch fits: take a smaller --image-size or --set maxWidth=256';
  return [batch, ...remedies.map((changes) => `${optionsOf(changes)} does too`)].join('; ');
}
