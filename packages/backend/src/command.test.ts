import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runCommandLine } from './command.js';

const printed: string[] = [];

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation((line: string) => printed.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});

afterEach(() => {
  vi.restoreAllMocks();
  printed.length = 0;
});

test.each([[['instal']], [['install', '--flavour', 'tpu']], [['install', '--fast']], [[]]])('%j is a usage error', async (args) => {
  expect(await runCommandLine(args)).toBe(2);
});

test.each([[['--help']], [['install', '--help']]])('%j explains and succeeds', async (args) => {
  expect(await runCommandLine(args)).toBe(0);
  expect(printed.join('\n')).toContain('Usage: stargan-backend');
});

test('doctor --json prints one JSON object', async () => {
  await runCommandLine(['doctor', '--json']);
  expect(JSON.parse(printed.join(''))).toHaveProperty('runtimes.3.kind', 'cpu');
});
