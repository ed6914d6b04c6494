import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { atMost } from './at-most.js';

test('results have the order of the items, and no more than the limit are under way', async () => {
  let now = 0;
  let most = 0;
  const results = await atMost(2, [3, 1, 2, 0], async (turns) => {
    most = Math.max(most, ++now);
    for (let i = 0; i < turns; i++) await setImmediate();
    now--;
    return turns * 10;
  });
  expect(results).toEqual([30, 10, 20, 0]);
  expect(most).toBe(2);
});

test('a failure is thrown once what had begun has ended', async () => {
  const ended: number[] = [];
  const work = async (item: number): Promise<void> => {
    if (item === 0) throw new Error('the first');
    await setImmediate();
    ended.push(item);
  };
  await expect(atMost(2, [0, 1], work)).rejects.toThrow('the first');
  expect(ended).toEqual([1]);
});
