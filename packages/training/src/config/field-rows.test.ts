import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldRows, fieldTable } from '@stargan/config';
import { trainingFields } from './training-config.js';

const readme = new URL('../../README.md', import.meta.url);
const MARKS = ['<!-- config: begin -->\n', '\n<!-- config: end -->'] as const;

describe('the table of configuration values', () => {
  it('is in the README as the fields are described', () => {
    const text = readFileSync(readme, 'utf8');
    const [start, end] = [text.indexOf(MARKS[0]) + MARKS[0].length, text.indexOf(MARKS[1])];
    expect(start).toBeGreaterThan(MARKS[0].length);
    if (process.env.STARGAN_WRITE_TABLES === '1')
      writeFileSync(readme, text.slice(0, start) + fieldTable(trainingFields) + text.slice(end));
    else expect(text.slice(start, end)).toBe(fieldTable(trainingFields));
  });

  it('says what a value may be', () => {
    const values = Object.fromEntries(fieldRows(trainingFields).map((row) => [row.key, row.values]));
    expect(values).toMatchObject({
      imageSize: 'power of two, 16 to 16384',
      batch: 'whole, 1 to 65536',
      iterations: 'whole, ≥ 1',
      learningRate: '≥ 0',
      beta1: '≥ 0, < 1',
      emaDecay: '0 to 1',
      penalty: '`r1`, `r1r2`, `wganGp`',
    });
  });
});
