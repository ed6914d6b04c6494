import { expect, test, vi } from 'vitest';
import { collectGarbage } from './collect-garbage.js';

test('what nothing holds any more is gone, in the first call as in the second', async () => {
  for (let call = 0; call < 2; call++) {
    const before = process.memoryUsage().arrayBuffers;
    const size = 64e6;
    const fill = (): number => new Uint8Array(size).fill(1).length;
    expect(fill()).toBe(size);
    collectGarbage();
    // A thread of JavaScript's frees the memory of arrays, a moment later.
    await vi.waitFor(() => expect(process.memoryUsage().arrayBuffers).toBeLessThan(before + size / 2), 10_000);
  }
});
