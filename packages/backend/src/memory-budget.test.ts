import { describe, expect, it } from 'vitest';
import { memoryBudget } from './memory-budget.js';

describe('the memory budget', () => {
  it('follows the runtime', async () => {
    expect(await memoryBudget({ kind: 'native-cpu', fusedKernels: { available: true } })).toMatchObject({
      kernels: 'fused',
      measured: true,
      place: 'memory',
    });
    const [paged, pooled] = await Promise.all(
      (['paged', 'pooled'] as const).map(async (allocation) => (await memoryBudget({ kind: 'native-cpu', allocation })).runtimeBytes),
    );
    expect(paged).toBeLessThan(pooled!);
    expect(await memoryBudget({ kind: 'native-cpu', fusedKernels: { available: false } })).toMatchObject({ kernels: 'composed' });
    expect((await memoryBudget({ kind: 'wasm' })).availableBytes).toBeLessThanOrEqual(4 * 2 ** 30);
    expect(await memoryBudget({ kind: 'native-gpu' })).toMatchObject({ kernels: 'composed', measured: false });
  });
});
