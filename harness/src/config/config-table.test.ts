import { readFileSync, writeFileSync } from 'node:fs';
import { fieldTable } from '@stargan/config';
import { expect, it } from 'vitest';
import { configHelp } from './config-help.js';
import { CONFIG_KEYS, configFields } from '@stargan/run';

const readme = new URL('../../README.md', import.meta.url);
const MARKS = ['<!-- config: begin -->\n', '\n<!-- config: end -->'] as const;

it('the README has the table of all config values', () => {
  const text = readFileSync(readme, 'utf8');
  const [start, end] = [text.indexOf(MARKS[0]) + MARKS[0].length, text.indexOf(MARKS[1])];
  expect(start).toBeGreaterThan(MARKS[0].length);
  if (process.env.STARGAN_WRITE_TABLES === '1') writeFileSync(readme, text.slice(0, start) + fieldTable(configFields) + text.slice(end));
  else expect(text.slice(start, end)).toBe(fieldTable(configFields));
});

it('the help names every config value, its default and what it means', () => {
  const lines = configHelp().split('\n');
  for (const key of CONFIG_KEYS) expect(lines.filter((line) => line.startsWith(`  ${key} `))).toHaveLength(1);
  expect(configHelp()).toMatch(/^ {2}lambdaCycle +1 +λ_cyc, weight of cycle consistency\.$/m);
  expect(configHelp()).not.toContain('`');
});
