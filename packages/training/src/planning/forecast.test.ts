import type * as Profiling from '@stargan/profiling';
import { expect, it, vi } from 'vitest';
import { parseConfig } from '../testing/parse-config.js';
import { fitTraining, type Budget } from './fit.js';
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

it('shares one simulated iteration with the prediction of memory, where domains and kernels are the same', () => {
  const config = parseConfig({ imageSize: 16, widthBudget: 512, maxWidth: 64, styleDim: 16, hiddenDim: 128 });
  const budget: Budget = { availableBytes: 1e12, runtimeBytes: 1000, kernels: 'fused' };
  simulations.count = 0;
  const forecasted = forecast(config, 3);
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
