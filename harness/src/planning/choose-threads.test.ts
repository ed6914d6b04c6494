import { chooseThreads } from '@stargan/backend';
import { forecast, planTraining } from '@stargan/training/planning';
import { expect, it } from 'vitest';
import { resolveConfig } from '@stargan/run';

it('takes one thread for small networks and all cores for those of the paper', async () => {
  const threads = async (sources: Parameters<typeof resolveConfig>[0]): Promise<number | undefined> =>
    chooseThreads(planTraining(await resolveConfig(sources)));
  expect(await threads({ preset: 'demo' })).toBe(1);
  expect(await threads({ overrides: { imageSize: 64, batch: 1 } })).toBeUndefined();
  expect(await threads({ preset: 'afhq' })).toBeUndefined();
  const small = await resolveConfig({ preset: 'demo', overrides: { imageSize: 16 } });
  expect(chooseThreads(forecast(small, 3).plan)).toBe(1);
});
