import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listEvaluations, PRESETS, parseConfig, CONFIG_KEYS, readMetricLog, findCheckpoint, runPaths } from '@stargan/run';
import { train } from '../training/train.js';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { ABLATION_CONFIGS, ABLATION_NAMES, ablationConfig, updatesPerIteration, type AblationName } from '@stargan/training';
import { runAblation } from './ablation.js';
import type { Means } from './score-columns.js';

let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
});

const analyse = (
  out: string,
  configs: AblationName[],
  options: Partial<Parameters<typeof runAblation>[0]> = {},
): ReturnType<typeof runAblation> =>
  runAblation({
    data,
    out: path.join(folder(), out),
    configs,
    base: smallConfig({ iterations: 2 }),
    log: () => undefined,
    progress: 'stderr',
    ...options,
  });

// Without pretrained weights, whether or not the machine has them.
beforeAll(() => void vi.stubEnv('STARGAN_CACHE_DIR', path.join(folder(), 'cache')));
afterAll(() => void vi.unstubAllEnvs());

describe('the configurations', () => {
  it('lead from the first StarGAN to the default model, each step changing what the paper changes', () => {
    expect(ablationConfig(parseConfig({}), 'F')).toEqual(parseConfig({}));
    const changes = ABLATION_NAMES.slice(1).map((name, i) => {
      const [before, after] = [ablationConfig(parseConfig({}), ABLATION_NAMES[i]!), ablationConfig(parseConfig({}), name)];
      return CONFIG_KEYS.filter((key) => before[key] !== after[key]).sort();
    });
    expect(changes).toEqual([
      ['discriminator'],
      ['adversarial', 'criticSteps', 'injection', 'iterations', 'lambdaCycle', 'penalty'],
      ['conditioning', 'lambdaStyle'],
      ['conditioning', 'guidance', 'iterations'],
      ['lambdaDiversity'],
    ]);
  });

  it('see as many training images each, one update of the discriminator for every batch', () => {
    const base = parseConfig({ ...PRESETS.demo });
    for (const name of ABLATION_NAMES) {
      const config = ablationConfig(base, name);
      expect(config.iterations * updatesPerIteration(config).discriminator, name).toBe(2 * base.iterations);
    }
    expect(ABLATION_CONFIGS.A.values.criticSteps).toBe(5);
    expect(ablationConfig(base, 'A').iterations).toBe((2 * base.iterations) / 5);
  });
});

describe('the ablation', () => {
  it('trains, measures and compares its configurations, and keeps what is done', async () => {
    const before = memory().numTensors;
    const said: string[] = [];
    const result = await analyse('both', ['A', 'F'], { log: (line) => said.push(line) });
    if (!result.completed) throw new Error('stopped');
    expect(memory().numTensors).toBe(before);
    const { configs } = JSON.parse(await readFile(result.json, 'utf8')) as { configs: Record<string, unknown>[] };
    // One picture per source; the last bits of one computed twice depend on its place in the batch.
    const same = { values: { styleDistance: expect.closeTo(0, 6) as number } };
    expect(configs).toMatchObject([
      { config: 'A', iterations: 1, generatorUpdates: 1, discriminatorUpdates: 5, run: 'A', means: { latent: same, reference: same } },
      { config: 'F', iterations: 2, generatorUpdates: 4, discriminatorUpdates: 4, run: 'F' },
    ]);
    expect((configs[1] as { means: Means }).means.latent.values.styleDistance).toBeGreaterThan(1e-4);
    expect(await readdir(path.join(folder(), 'both', 'F'))).toContain('report.html');
    expect(result.text.split('\n')).toHaveLength(3);
    const html = await readFile(result.html, 'utf8');
    expect(html.match(/data:image\/png;base64,/g)).toHaveLength(4);
    expect(html).toContain('baseline StarGAN');
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);

    const file = path.join(folder(), 'both', (configs[0] as { evaluation: string }).evaluation);
    const { mtimeMs } = await stat(file);
    said.length = 0;
    const again = await analyse('both', ['A', 'F'], { log: (line) => said.push(line) });
    expect(again).toEqual(result);
    expect(said.filter((line) => line.includes('is already trained'))).toHaveLength(2);
    expect((await stat(file)).mtimeMs).toBe(mtimeMs);
  });

  it('stops where it is told to, and resumes to the same result', async () => {
    const controller = new AbortController();
    const stopped = await analyse('stopped', ['D', 'E'], {
      signal: controller.signal,
      log: (line) => line.startsWith('E') && controller.abort(),
    });
    expect(stopped).toEqual({ completed: false, model: 'E' });
    const result = await analyse('stopped', ['D', 'E']);
    expect(result.completed).toBe(true);
    const whole = path.join(folder(), 'unstopped');
    await train({ data, out: whole, config: ablationConfig(smallConfig({ iterations: 2 }), 'E') });
    expect(await readMetricLog(runPaths(path.join(folder(), 'stopped', 'E')).log)).toEqual(await readMetricLog(runPaths(whole).log));
  });

  it('does not compare with a configuration of other settings, but trains one longer', async () => {
    await analyse('settings', ['C']);
    await expect(analyse('settings', ['C'], { base: smallConfig({ iterations: 2, learningRate: 0.5 }) })).rejects.toThrow(
      'was trained with learningRate 0.001, now it is 0.5',
    );
    await expect(analyse('settings', ['C'], { base: smallConfig({ iterations: 1 }) })).rejects.toThrow(
      'was trained for 4 iterations, now 2 are wanted',
    );
    const longer = await analyse('settings', ['C'], { base: smallConfig({ iterations: 3 }) });
    expect(longer.completed).toBe(true);
    const run = path.join(folder(), 'settings', 'C');
    expect((await findCheckpoint(run)).checkpoint?.iteration).toBe(6);
    expect((await listEvaluations(run)).map(({ iteration }) => iteration)).toEqual([4, 6]);
    await rm(run, { recursive: true });
  });

  it('stops while it measures, and resumes to the same result', async () => {
    const whole = await analyse('measured', ['E', 'F']);
    for (const [line, model] of [
      ['training the classifier', 'E'],
      ['F  measuring', 'F'],
    ] as const) {
      const controller = new AbortController();
      const stopped = await analyse('measured again', ['E', 'F'], {
        signal: controller.signal,
        log: (said) => said.startsWith(line) && controller.abort(),
      });
      expect(stopped).toEqual({ completed: false, model });
    }
    const result = await analyse('measured again', ['E', 'F']);
    if (!whole.completed || !result.completed) throw new Error('stopped');
    const means = async (json: string): Promise<unknown> =>
      (JSON.parse(await readFile(json, 'utf8')) as { configs: { means: unknown }[] }).configs.map(({ means: values }) => values);
    expect(await means(result.json)).toEqual(await means(whole.json));
  });

  it('compares other ways of recording, which change nothing that is learnt', async () => {
    await analyse('recording', ['E']);
    const result = await analyse('recording', ['E'], { base: smallConfig({ iterations: 2, saveEvery: 1, evaluateOutputs: 3 }) });
    expect(result.completed).toBe(true);
    expect((await listEvaluations(path.join(folder(), 'recording', 'E'))).map(({ options }) => options.outputs)).toEqual([10, 3]);
  });

  it('names the configuration whose training failed', async () => {
    await expect(analyse('exploded', ['E'], { base: smallConfig({ iterations: 50, learningRate: 1e18 }) })).rejects.toThrow(
      /^E: iteration \d+: the loss .* training stopped/,
    );
  });
});
