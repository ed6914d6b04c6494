import { average, recentOf, setting, type TrainingRecord } from './training-record.js';

/** A sign that a training goes wrong. */
export interface WarningRule {
  /** Name of the sign. */
  readonly name: string;
  /** What it means, in a few words. */
  readonly title: string;
  /** The numbers that show it in a training; undefined where they do not. */
  readonly find: (record: TrainingRecord) => string | undefined;
  /** What to try. */
  readonly advice: string;
}

/** A number as a sentence shows it. */
const shown = (value: number): string => `${Number(value.toPrecision(2))}`;

/** The largest mean of ten lines in a row. */
function peakOf(record: TrainingRecord, key: string): number | undefined {
  const { losses } = record;
  const means = Array.from({ length: Math.floor(losses.length / 10) }, (_, i) => average(losses.slice(10 * i, 10 * (i + 1)), key));
  const known = means.filter((mean) => mean !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Iterations before which networks of any size may still find their way. */
const WARM_UP = 1000;

/**
 * What a practitioner looks for in the curves of a StarGAN v2. Each looks at the last fifth of the log, and none judges a
 * log of fewer than twenty lines.
 */
export const trainingRules: readonly WarningRule[] = [
  {
    name: 'non-finite',
    title: 'Values were not finite',
    find: ({ losses, events }) => {
      const found = events.filter(({ event }) => event === 'nonFinite').map(({ iteration }) => iteration);
      const logged = losses
        .filter((line) => Object.values(line).some((value) => !Number.isFinite(value)))
        .map(({ iteration }) => iteration);
      const iterations = [...new Set([...found, ...logged])];
      if (iterations.length === 0) return undefined;
      return `NaN or infinity at iteration ${iterations.slice(0, 5).join(', ')}${iterations.length > 5 ? `, and ${iterations.length - 5} more` : ''}.`;
    },
    advice: 'Lower learningRate or raise lambdaR1, and go on from the last good checkpoint; onNonFinite=rollback does so by itself.',
  },
  {
    name: 'diversity-collapsed',
    title: 'Diversity has collapsed',
    find: (record) => {
      const now = average(recentOf(record.losses), 'G/latent_ds');
      const peak = peakOf(record, 'G/latent_ds');
      if (now === undefined || peak === undefined) return undefined;
      const isLost = now < peak / 4 && now < 0.05;
      const neverCame = now < 0.01 && record.losses.at(-1)!.iteration >= WARM_UP;
      if (!isLost && !neverCame) return undefined;
      return `Two styles change a translation by ${shown(now)} on average, in pixel values from −1 to 1${isLost ? `; it was ${shown(peak)}` : ''}.`;
    },
    advice:
      'Raise lambdaDiversity, or diversityIterations, over which it falls to 0; a lower lambdaCycle leaves styles more freedom. Domains whose images look all alike have no more to give.',
  },
  {
    name: 'discriminator-saturated',
    title: 'The discriminator tells real and translated images apart without effort',
    find: (record) => {
      // Of other games the losses have no such scale.
      const { adversarial = 'nonSaturating' } = record.settings;
      if (adversarial !== 'nonSaturating' && adversarial !== 'saturating') return undefined;
      const recent = recentOf(record.losses);
      const [real, fake] = [average(recent, 'D/latent_real'), average(recent, 'D/latent_fake')];
      if (real === undefined || fake === undefined || real + fake >= 0.1) return undefined;
      return `Its losses on real and translated images are ${shown(real)} and ${shown(fake)}; guessing would give 0.69 each. The generator learns little from it.`;
    },
    advice:
      'Raise lambdaR1 or lower learningRate. With few images, more of them or a higher cropProbability keep it from learning them by heart.',
  },
  {
    name: 'style-loss-flat',
    title: 'The style loss does not fall',
    find: (record) => {
      const { losses } = record;
      const now = average(recentOf(losses), 'G/latent_sty');
      const first = average(losses.slice(0, 5), 'G/latent_sty');
      if (now === undefined || first === undefined || losses.at(-1)!.iteration < WARM_UP || now < 0.8 * first) return undefined;
      return `It is ${shown(now)}, and was ${shown(first)} at the beginning: the style encoder does not find in a translation the style that it was made with.`;
    },
    advice: 'Raise lambdaStyle; where it has only begun, wait. A learningRate that is too high for the batch shows in the same way.',
  },
  {
    name: 'cycle-dominates',
    title: 'Cycle consistency outweighs the rest',
    find: (record) => {
      const recent = recentOf(record.losses);
      const [cycle, adversarial] = [average(recent, 'G/latent_cyc'), average(recent, 'G/latent_adv')];
      const [style, weight] = [average(recent, 'G/latent_sty') ?? 0, setting(record, 'lambdaCycle')];
      if (cycle === undefined || adversarial === undefined || weight === undefined) return undefined;
      const weighted = weight * cycle;
      const share = weighted / (weighted + Math.abs(adversarial) + (setting(record, 'lambdaStyle') ?? 1) * style);
      return share > 0.7 ? `It is ${Math.round(100 * share)} % of what the generator minimises, at lambdaCycle ${weight}.` : undefined;
    },
    advice: 'Lower lambdaCycle: translations that stay close to their source are the easiest to translate back.',
  },
  {
    name: 'data-wait',
    title: 'Training waits for images',
    find: ({ speed }) => {
      const recent = recentOf(speed) ?? [];
      const sum = (key: string): number => recent.reduce((total, line) => total + (line[key] ?? 0), 0);
      const [seconds, waited] = [sum('seconds'), sum('dataWaitSeconds')];
      if (seconds < 60 || waited / seconds < 0.1) return undefined;
      return `${Math.round((100 * waited) / seconds)} % of the time passes with waiting for them.`;
    },
    advice:
      'Make the files no larger than training needs (imageSize), keep them on a local disk, and leave the machine a core for decoding.',
  },
];

/** A sign that was found. */
export interface TrainingWarning {
  /** Name of the rule. */
  readonly name: string;
  /** What it means, in a few words. */
  readonly title: string;
  /** The numbers that show it. */
  readonly evidence: string;
  /** What to try. */
  readonly advice: string;
}

/**
 * The signs of a rule table that a training shows.
 *
 * @param record what is known of the training
 * @param rules the table
 */
export function findWarnings(record: TrainingRecord, rules: readonly WarningRule[] = trainingRules): TrainingWarning[] {
  return rules.flatMap(({ name, title, find, advice }) => {
    const evidence = find(record);
    return evidence === undefined ? [] : [{ name, title, evidence, advice }];
  });
}
