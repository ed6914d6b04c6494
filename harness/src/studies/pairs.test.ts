import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { writeDemoImages } from '@stargan/data';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listEvaluations } from '@stargan/run';
import { EMA_NETWORKS, buildNetworks, disposeAll, initialWeights, latentStyles, samplerOfDomains } from '@stargan/training';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { domainPairs } from './domain-pairs.js';
import { runPairs } from './pairs.js';
import type { Means } from './score-columns.js';

let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = path.join(created, 'three');
  await writeDemoImages(data, { imagesPerDomain: 4, validationPerDomain: 2, imageSize: 16, domains: ['circle', 'square', 'triangle'] });
});

// Without pretrained weights, whether or not the machine has them.
beforeAll(() => void vi.stubEnv('STARGAN_CACHE_DIR', path.join(folder(), 'cache')));
afterAll(() => void vi.unstubAllEnvs());

describe('pairs of domains', () => {
  it('are all there are, each once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), (domains) => {
        const pairs = domainPairs(domains);
        expect(new Set(pairs.map(String)).size).toBe((domains * (domains - 1)) / 2);
        for (const [first, second] of pairs) expect(first).toBeLessThan(second);
      }),
    );
  });

  it('have the styles of their own domains under their own labels', () => {
    const config = smallConfig();
    const networks = buildNetworks(config, 3);
    const weights = initialWeights(networks, EMA_NETWORKS, 1);
    const options = { latentDim: 4, count: 2, psi: 1, seed: 1 };
    const [own, asPair] = [
      latentStyles({ networks, weights }, { domain: 2, ...options }),
      latentStyles(samplerOfDomains({ networks, weights }, [0, 2]), { domain: 1, ...options }),
    ];
    expect(asPair.arraySync()).toEqual(own.arraySync());
    disposeAll(...Object.values(weights), { own, asPair });
  });
});

describe('stargan pairs', () => {
  it('spends one budget on all pairs and compares each with the model of all domains', async () => {
    const before = memory().numTensors;
    const said: string[] = [];
    const options = {
      data,
      out: path.join(folder(), 'run'),
      base: smallConfig({ iterations: 7 }),
      progress: 'stderr' as const,
      log: (line: string) => said.push(line),
    };
    const result = await runPairs(options);
    if (!result.completed) throw new Error('stopped');
    expect(memory().numTensors).toBe(before);
    const { iterations, pairs, mean } = JSON.parse(await readFile(result.json, 'utf8')) as {
      iterations: object;
      pairs: { domains: string[]; pair: Means; all: Means }[];
      mean: { pair: Means };
    };
    expect(iterations).toEqual({ all: 7, pair: 2 });
    expect(pairs.map(({ domains }) => domains.join(' '))).toEqual(['circle square', 'circle triangle', 'square triangle']);
    const distance = ({ latent }: Means): number => latent.values.styleDistance!;
    expect(distance(mean.pair)).toBeCloseTo(
      pairs.reduce((sum, { pair }) => sum + distance(pair) / 3, 0),
      9,
    );
    // Other models, asked for the same.
    for (const { pair, all } of pairs) expect(distance(pair)).not.toBe(distance(all));
    const [ofPair, ofAll] = await Promise.all(
      ['run', 'all'].map(async (model) => (await listEvaluations(path.join(options.out, 'pairs', '0-2', model)))[0]!),
    );
    expect(ofPair!.data).toEqual(ofAll!.data);
    expect(ofPair!.realAccuracy).toBe(ofAll!.realAccuracy);
    expect(ofAll!.tasks.map(({ guidance, source, target, translations }) => [guidance, source, target, translations])).toEqual([
      ['latent', 'triangle', 'circle', 20],
      ['reference', 'triangle', 'circle', 4],
      ['latent', 'circle', 'triangle', 20],
      ['reference', 'circle', 'triangle', 4],
    ]);
    expect(result.text.split('\n')).toHaveLength(1 + 2 * 4);
    expect((await readFile(result.html, 'utf8')).match(/data:image\/png;base64,/g)).toHaveLength(2 * 4);
    expect(said).toContain('circle ↔ square: 2 iterations');
  });

  it('says when there is nothing to pair, or nothing to spend', async () => {
    const two = await smallDataset(path.join(folder(), 'two'));
    const options = { out: path.join(folder(), 'none'), log: () => undefined };
    await expect(runPairs({ ...options, data: two, base: smallConfig() })).rejects.toThrow(
      '--data must hold at least 3 domains, got circle, square',
    );
    await expect(runPairs({ ...options, data, base: smallConfig({ iterations: 2 }) })).rejects.toThrow(
      'at least one for each of the 3 pairs, got 2',
    );
  });
});
