import { expect, test } from 'vitest';
import { decodingGate } from './decoding-gate.js';

/** Work that says when it has begun and ends when it is told to. */
function pieces(
  gate: ReturnType<typeof decodingGate>,
  sizes: readonly number[],
): { begun: number[]; ends: (() => void)[]; all: Promise<void[]> } {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = Promise.all(
    sizes.map((size, i) => {
      const end = new Promise<void>((resolve) => (ends[i] = resolve));
      return gate.run(size, () => {
        begun.push(i);
        return end;
      });
    }),
  );
  return { begun, ends, all };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('work waits until its bytes fit, in the order of the calls, and what is too large for the budget runs alone', async () => {
  const { begun, ends, all } = pieces(decodingGate(10), [6, 4, 1, 100, 2]);
  await settled();
  expect(begun).toEqual([0, 1]);
  ends[1]!();
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]!();
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  ends[2]!();
  await settled();
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[3]!();
  ends[4]!();
  await all;
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

test('work that fails makes room too', async () => {
  const gate = decodingGate(1);
  await expect(gate.run(1, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await gate.run(1, () => Promise.resolve('next'))).toBe('next');
});
