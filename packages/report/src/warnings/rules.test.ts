import { describe, expect, it } from 'vitest';
import type { LogLine } from '../chart.js';
import { findWarnings, trainingRules } from './rules.js';
import type { TrainingRecord } from './training-record.js';
import { warningList } from './warning-list.js';

/** Losses of a training that goes well. */
const GOOD = {
  'D/latent_real': 0.4,
  'D/latent_fake': 0.5,
  'G/latent_adv': 1.2,
  'G/latent_sty': 0.2,
  'G/latent_ds': 0.3,
  'G/latent_cyc': 0.3,
};

const STEP = 100;

/** A log of so many lines; values may depend on the share of the training that is done. */
const logOf = (lines: number, values: (share: number) => Record<string, number>, step = STEP): LogLine[] =>
  Array.from({ length: lines }, (_, i) => ({ iteration: (i + 1) * step, ...values((i + 1) / lines) }));

const record = (changes: Partial<TrainingRecord> = {}): TrainingRecord => ({
  losses: logOf(100, (share) => ({ ...GOOD, 'G/latent_sty': 1 - 0.8 * share })),
  speed: logOf(100, () => ({ seconds: 10, dataWaitSeconds: 0.1 })),
  settings: { lambdaCycle: 1, lambdaStyle: 1, adversarial: 'nonSaturating' },
  events: [],
  ...changes,
});

const losses = (values: (share: number) => Record<string, number>, lines = 100, step = STEP): Partial<TrainingRecord> => ({
  losses: logOf(lines, (share) => ({ ...GOOD, 'G/latent_sty': 1 - 0.8 * share, ...values(share) }), step),
});

const namesOf = (changes: Partial<TrainingRecord>): string[] => findWarnings(record(changes)).map(({ name }) => name);

describe('signs of trouble', () => {
  it('are not there in a training that goes well', () => {
    expect(namesOf({})).toEqual([]);
  });

  it.each<[string, Partial<TrainingRecord>, RegExp]>([
    ['diversity-collapsed', losses((share) => ({ 'G/latent_ds': share < 0.5 ? 0.3 : 0.01 })), /by 0\.01 on average.*it was 0\.3/],
    ['diversity-collapsed', losses(() => ({ 'G/latent_ds': 0.002 })), /by 0\.002 on average, in pixel values from −1 to 1\./],
    [
      'discriminator-saturated',
      losses(() => ({ 'D/latent_real': 0.01, 'D/latent_fake': 0.02 })),
      /are 0\.01 and 0\.02; guessing would give 0\.69 each/,
    ],
    ['style-loss-flat', losses(() => ({ 'G/latent_sty': 0.9 })), /It is 0\.9, and was 0\.9 at the beginning/],
    [
      'cycle-dominates',
      { ...losses(() => ({ 'G/latent_cyc': 0.5 })), settings: { lambdaCycle: 10, lambdaStyle: 1 } },
      /It is 7\d % of what the generator minimises, at lambdaCycle 10/,
    ],
    ['data-wait', { speed: logOf(100, () => ({ seconds: 10, dataWaitSeconds: 4 })) }, /40 % of the time/],
    ['non-finite', { events: [{ event: 'nonFinite', iteration: 7 }] }, /at iteration 7\./],
    ['non-finite', losses((share): Record<string, number> => (share === 0.5 ? { 'G/latent_adv': NaN } : {})), /at iteration 5000\./],
    [
      'non-finite',
      { events: Array.from({ length: 8 }, (_, i) => ({ event: 'nonFinite', iteration: i })) },
      /iteration 0, 1, 2, 3, 4, and 3 more/,
    ],
  ])('are named with their numbers: %s', (name, changes, evidence) => {
    const [found, ...others] = findWarnings(record(changes));
    expect([found?.name, others]).toEqual([name, []]);
    expect(found!.evidence).toMatch(evidence);
    expect(found!.advice.length).toBeGreaterThan(20);
  });

  it.each<[string, Partial<TrainingRecord>]>([
    ['diversity that falls with λ_ds, but stays', losses((share) => ({ 'G/latent_ds': 0.3 - 0.15 * share }))],
    ['styles that have not parted in the first iterations', losses(() => ({ 'G/latent_ds': 0.002 }), 100, 5)],
    ['a style loss in its first iterations', losses(() => ({ 'G/latent_sty': 0.9 }), 100, 5)],
    [
      'losses of a game with another scale',
      { ...losses(() => ({ 'D/latent_real': 0, 'D/latent_fake': 0 })), settings: { adversarial: 'hinge' } },
    ],
    ['a training of seconds that waited for its first images', { speed: logOf(100, () => ({ seconds: 0.5, dataWaitSeconds: 0.4 })) }],
    ['waiting that is over', { speed: logOf(100, (share) => ({ seconds: 10, dataWaitSeconds: share < 0.5 ? 9 : 0 })) }],
    ['trouble that is over', losses((share): Record<string, number> => (share < 0.5 ? { 'D/latent_real': 0, 'D/latent_fake': 0 } : {}))],
    ['a log of too few lines', losses(() => ({ 'D/latent_real': 0, 'D/latent_fake': 0, 'G/latent_ds': 0 }), 19)],
    ['an empty log', { losses: [], speed: [] }],
    ['a log without these losses', { losses: logOf(100, () => ({ loss: 1 })) }],
    ['settings of another program', { ...losses(() => ({ 'G/latent_cyc': 50 })), settings: {} }],
  ])('are not seen in %s', (_, changes) => {
    expect(namesOf(changes)).toEqual([]);
  });

  it('have names of their own', () => {
    expect(new Set(trainingRules.map(({ name }) => name)).size).toBe(trainingRules.length);
  });

  it('are shown with what to try, as text', () => {
    const html = warningList([{ name: 'x', title: '<a>', evidence: '<b>', advice: '<c>' }]);
    expect(html).toBe('<ul class="warnings"><li><b>&lt;a&gt;</b>&lt;b&gt;<span>To try: &lt;c&gt;</span></li></ul>');
    expect(warningList([])).toContain(`None of the ${trainingRules.length} signs`);
  });
});
