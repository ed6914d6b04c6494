import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../testing/small-run.js';
import { UsageError } from '../usage-error.js';
import { PRESETS } from './presets.js';
import { parseConfig, resolveConfig } from './resolve.js';

const folder = useTemporaryFolder();

const write = async (text: string): Promise<string> => {
  const file = path.join(folder(), 'config.json');
  await writeFile(file, text);
  return file;
};

describe('a configuration', () => {
  it("has the reference's values where nothing is given", () => {
    expect(parseConfig({})).toMatchObject({
      imageSize: 256, styleDim: 64, latentDim: 16, hiddenDim: 512, batch: 8, iterations: 100_000, seed: 777, learningRate: 1e-4, mappingLearningRate: 1e-6,
      beta1: 0, beta2: 0.99, weightDecay: 1e-4, emaDecay: 0.999, lambdaR1: 1, lambdaStyle: 1, lambdaDiversity: 1, lambdaCycle: 1, diversityIterations: 100_000,
      widthBudget: 16384, maxWidth: 512, highPass: 0, cropProbability: 0.5,
    });
  });

  it('is taken from preset, file, options and assignments, the later before the earlier', async () => {
    const file = await write('{"batch": 3, "seed": 3, "lambdaCycle": 3}');
    const config = await resolveConfig({ preset: 'afhq', file, overrides: { seed: 4, batch: undefined }, assignments: ['lambdaCycle=5', 'onCorrupt=skip'] });
    expect(config).toMatchObject({ lambdaDiversity: 2, batch: 3, seed: 4, lambdaCycle: 5, onCorrupt: 'skip' });
  });

  it('names an unknown key and the nearest known one', async () => {
    await expect(resolveConfig({ assignments: ['learningrate=1'] })).rejects.toThrow('unknown config key learningrate; did you mean learningRate?');
    await expect(resolveConfig({ preset: 'celeba' })).rejects.toThrow('unknown preset celeba; did you mean celeba-hq?');
    await expect(resolveConfig({ preset: 'constructor' })).rejects.toThrow('unknown preset constructor');
  });

  it('names a value that is out of range, and what came', () => {
    expect(() => parseConfig({ imageSize: 100 })).toThrow('imageSize: must be a power of two ≥ 16, got 100');
    expect(() => parseConfig({ batch: 0 })).toThrow(/batch: .*got 0/);
    expect(() => parseConfig({ seed: 'x' })).toThrow(/seed: .*got "x"/);
  });

  it('reports mistakes as mistakes of usage', async () => {
    await expect(resolveConfig({ assignments: ['batch'] })).rejects.toThrow(UsageError);
    await expect(resolveConfig({ file: path.join(folder(), 'absent.json') })).rejects.toThrow(/absent\.json cannot be read/);
    await expect(resolveConfig({ file: await write('[1]') })).rejects.toThrow('must hold one JSON object');
    await expect(resolveConfig({ file: await write('{') })).rejects.toThrow('must hold one JSON object');
  });

  it('is valid for every preset', () => {
    for (const preset of Object.values(PRESETS)) expect(() => parseConfig(preset)).not.toThrow();
  });
});
