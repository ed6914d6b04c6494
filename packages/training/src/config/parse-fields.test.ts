import { describe, expect, it } from 'vitest';
import { defaultsOf, parseFields } from '@stargan/config';
import { trainingFields } from './training-config.js';

describe('a configuration of fields', () => {
  it('has the defaults of what is left out, and passes over keys of others', () => {
    expect(parseFields(trainingFields, { batch: 3, logEvery: 'often' })).toEqual({ ...defaultsOf(trainingFields), batch: 3 });
    expect(parseFields(trainingFields, { batch: undefined })).toEqual(defaultsOf(trainingFields));
  });

  it.each([
    [{ batch: 0 }, 'batch: must be ≥ 1, got 0'],
    [{ batch: 1.5 }, 'batch: must be a whole number, got 1.5'],
    [{ batch: 1e9 }, 'batch: must be ≤ 65536, got 1000000000'],
    [{ seed: 'x' }, 'seed: must be a finite number, got "x"'],
    [{ imageSize: 100 }, 'imageSize: must be a power of two ≥ 16, got 100'],
    [{ beta1: 1 }, 'beta1: must be < 1, got 1'],
    [{ learningRate: null }, 'learningRate: must be a finite number, got null'],
    [{ penalty: 'none' }, 'penalty: must be one of "r1"|"r1r2"|"wganGp", got "none"'],
  ])('names what is wrong: %j', (values, message) => {
    expect(() => parseFields(trainingFields, values)).toThrow(message);
  });
});
