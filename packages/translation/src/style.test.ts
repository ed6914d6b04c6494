import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestError } from './request-error.js';
import { averageStyles, interpolateStyles, type Style } from './style.js';

const style = (values: readonly number[], rest: Partial<Style> = {}): Style => ({
  values: Float32Array.from(values),
  domains: ['cat'],
  origin: `style ${values.join(' ')}`,
  ...rest,
});

const values = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 3, maxLength: 3 });

describe('averageStyles', () => {
  it('is the mean of every value', () => {
    const mean = averageStyles([style([1, 2, 6]), style([3, -2, 0])]);
    expect([...mean.values]).toEqual([2, 0, 3]);
    expect(mean.origin).toBe('mean of 2 styles: style 1 2 6; style 3 -2 0');
  });

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(averageStyles([style(a), style(b)]).values).toEqual(averageStyles([style(b), style(a)]).values);
      }),
    );
  });

  it('keeps a single style as it is', () => {
    expect(averageStyles([style([1, 2, 3])])).toMatchObject({ values: Float32Array.of(1, 2, 3), origin: 'style 1 2 3' });
  });

  it('has the domains of all, and the model that is known', () => {
    const mean = averageStyles([style([1]), style([2], { domains: ['dog'], model: 'm' }), style([3])]);
    expect(mean).toMatchObject({ domains: ['cat', 'dog'], model: 'm' });
  });

  it.each([
    [[], 'at least one style is needed'],
    [[style([1]), style([1, 2])], 'styles must be of one length, got 1 (style 1) and 2 (style 1 2)'],
    [[style([1], { model: 'a' }), style([2], { model: 'b' })], 'different models or checkpoints (style 2)'],
  ])('refuses styles that have no mean: %#', (styles, message) => {
    expect(() => averageStyles(styles)).toThrow(RequestError);
    expect(() => averageStyles(styles)).toThrow(message);
  });
});

describe('interpolateStyles', () => {
  it('meets both ends exactly, with the domain of each', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [from, to] = [style(a), style(b, { domains: ['dog'] })];
        expect(interpolateStyles(from, to, 0)).toMatchObject({ values: from.values, domains: ['cat'] });
        expect(interpolateStyles(from, to, 1)).toMatchObject({ values: to.values, domains: ['dog'] });
      }),
    );
  });

  it('is on the line between them, and beyond', () => {
    const [from, to] = [style([0, 4]), style([4, 0], { domains: ['dog'] })];
    expect(interpolateStyles(from, to, 0.25)).toMatchObject({ values: Float32Array.of(1, 3), domains: ['cat', 'dog'] });
    expect([...interpolateStyles(from, to, 2).values]).toEqual([8, -4]);
    expect(interpolateStyles(from, to, 0.25).origin).toBe('0.75 × (style 0 4) + 0.25 × (style 4 0)');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses the weight %s', (weight) => {
    expect(() => interpolateStyles(style([1]), style([2]), weight)).toThrow('the weight must be a finite number');
  });
});
