import { memory, ones, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runCases } from './run-cases.js';
import type { NamedCase, Variants } from './suite.js';

const OPTIONS = { scale: { time: 0, minimumRuns: 2 }, peak: 1 };

const caseOf = (name: string, variants: Variants): NamedCase => ({ suite: 'test', name, prepare: () => variants });

describe('measuring cases', () => {
  it('goes on after one that fails, prints each when it is done, and leaves nothing behind', async () => {
    const before = memory().numTensors;
    const printed: string[] = [];
    const { results, failures } = await runCases(
      [
        caseOf('first', { a: () => ones([2]) }),
        caseOf('second', { a: () => ones([2]), b: () => zeros([2]) }),
        caseOf('third', { a: () => ones([2]) }),
      ],
      OPTIONS,
      (table) => printed.push(table),
    );
    expect(results.map((result) => result.case)).toEqual(['first', 'third']);
    expect(failures).toEqual([expect.stringMatching(/^test › second: b does not compute what a does/)]);
    expect(printed.map((table) => /(FAILED )?test › \w+/.exec(table)?.[0])).toEqual([
      'test › first',
      'FAILED test › second',
      'test › third',
    ]);
    expect(memory().numTensors).toBe(before);
  });

  it('shows times as multiples of the fastest', async () => {
    // A clock that work alone moves: what else the machine does has no say.
    let clock = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => clock);
    onTestFinished(() => void vi.restoreAllMocks());
    const waste = (milliseconds: number) => () => {
      clock += milliseconds;
      return ones([1]);
    };
    const printed: string[] = [];
    await runCases([caseOf('slow and fast', { slow: waste(20), fast: waste(1) })], OPTIONS, (table) => printed.push(table));
    expect(printed[0]).toMatch(/^ {2}fast +1\.00 /m);
    expect(Number(/^ {2}slow +([\d.]+) /m.exec(printed[0]!)?.[1])).toBe(20);
  });
});
