import { expect, test } from 'vitest';
import { collectGarbage } from './collect-garbage.js';

test('what nothing holds any more is gone, in the first call as in the second', () => {
  for (let call = 0; call < 2; call++) {
    const before = process.memoryUsage().arrayBuffers;
    const size = 64e6;
    const fill = (): number => new Uint8Array(size).fill(1).length;
    expect(fill()).toBe(size);
    collectGarbage();
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(before + size / 2);
  }
});
