import type * as Profiling from '@stargan/profiling';
import { expect, it, vi } from 'vitest';
import { resolveConfig } from '../config/resolve.js';
import { chooseThreads } from './choose-threads.js';
import { fitTraining } from './fit.js';
import type { MemoryBudget } from './memory-budget.js';
import { forecast, planTraining } from './plan-training.js';

const simulations = vi.hoisted(() => ({ count: 0 }));
vi.mock('@stargan/profiling', async (original) => {
  const profiling = await original<typeof Profiling>();
  const planMemory: typeof profiling.planMemory = (work, options) => {
    simulations.count += 1;
    return profiling.planMemory(work, options);
  };
  return { ...profiling, planMemory };
});

it('takes one thread for small networks and all cores for those of the paper', async () => {
  const threads = async (sources: Parameters<typeof resolveConfig>[0]): Promise<number | undefined> =>
    chooseThreads(planTraining(await resolveConfig(sources)));
  expect(await threads({ preset: 'demo' })).toBe(1);
  expect(await threads({ overrides: { imageSize: 64, batch: 1 } })).toBeUndefined();
  expect(await threads({ preset: 'afhq' })).toBeUndefined();
});

it('shares one simulated iteration with the prediction of memory, where domains and kernels are the same', async () => {
  const config = await resolveConfig({ preset: 'demo', overrides: { imageSize: 16 } });
  const budget: MemoryBudget = { place: 'memory', availableBytes: 1e12, runtimeBytes: 1000, measured: true, kernels: 'fused' };
  simulations.count = 0;
  const forecasted = forecast(config, 3);
  expect(chooseThreads(forecasted.plan)).toBe(1);
  const shared = fitTraining(config, 3, budget, { forecasted });
  expect(simulations.count).toBe(1);
  expect(shared).toEqual(fitTraining(config, 3, budget));
  expect(simulations.count).toBe(2);
  // Another number of domains, or a runtime without our kernels, takes other memory.
  expect(fitTraining(config, 2, budget, { forecasted }).plan).toEqual(planTraining(config, { domains: 2 }));
  expect(fitTraining(config, 3, { ...budget, kernels: 'composed' }, { forecasted }).plan).toEqual(
    planTraining(config, { domains: 3, kernels: 'composed' }),
  );
});
