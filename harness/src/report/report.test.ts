import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Scores } from '@stargan/metrics';
import type { Chart } from '@stargan/report';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import {
  writeEvaluation,
  appendToLog,
  runPaths,
  writeRunRecord,
  lossCharts,
  metricCharts,
  optimizationCharts,
  speedCharts,
} from '@stargan/run';
import { smallConfig, useTemporaryFolder } from '../testing/small-run.js';
import { writeReport } from './write-report.js';

const folder = useTemporaryFolder();

/** Titles of the charts that a page draws. */
function chartTitles(html: string): string[] {
  const data = /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(html)?.[1];
  const { sections } = JSON.parse(data!) as { sections: { charts: Chart[] }[] };
  return sections.flatMap(({ charts }) => charts.map(({ title }) => title));
}

describe('the report', () => {
  it('is one file with curves, pictures and settings, and names of domains as text', async () => {
    const run = path.join(folder(), 'run');
    const paths = runPaths(run);
    await writeRunRecord(run, { config: smallConfig(), data: folder(), domains: ['cat', '<b>dog</b>'] });
    await writeFile(
      paths.log,
      [1, 2, 3]
        .map((iteration) => `${JSON.stringify({ iteration, 'D/latent_total': iteration, 'G/latent_sty': 1, 'D/latent_reg': 0 })}\n`)
        .join(''),
    );
    const speed = { seconds: 10, iterations: 5, dataWaitSeconds: 0.1 };
    await writeFile(paths.speed, [5, 10].map((iteration) => `${JSON.stringify({ iteration, ...speed })}\n`).join(''));
    await mkdir(paths.samples);
    for (const name of ['0000001-latent', '0000002-latent', '0000002-reference']) {
      await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
        .png()
        .toFile(path.join(paths.samples, `${name}.png`));
    }
    const html = await readFile(await writeReport(run), 'utf8');
    expect(html.match(/data:image\/png;base64,/g)).toHaveLength(2);
    expect(html).toContain('after 3 of 20 iterations at 16×16, batch 2');
    expect(html).toContain('&lt;b&gt;dog&lt;/b&gt;');
    expect(html).not.toContain('<b>dog</b>');
    expect(html).toContain('new uPlot');
    expect(html).toContain('20s of training (1.0 % of it waiting for images)');
    expect(chartTitles(html)).toEqual([
      'Adversarial losses',
      'Reconstruction and diversity',
      'Gradient penalty',
      'Time of an iteration, pictures and checkpoints included',
    ]);
    // Nothing is fetched from anywhere.
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('shows the newest evaluation, why scores are missing, and the curves of all', async () => {
    const run = path.join(folder(), 'evaluated');
    await writeRunRecord(run, { config: smallConfig(), data: folder(), domains: ['cat', 'dog'] });
    const scores = (lpips: number | null): Scores => ({
      values: { 'fid-stargan2': 13.731, lpips },
      reasons: lpips === null ? { lpips: 'only <one> reference' } : {},
    });
    for (const iteration of [10, 20]) {
      await writeEvaluation(run, {
        formatVersion: 1,
        identity: `${iteration}`.repeat(8),
        iteration,
        created: '2026-01-01T00:00:00.000Z',
        completed: true,
        convention: 'fid-stargan2',
        options: { outputs: 10, sources: 0, reals: 0, classifierSteps: 20, fid: 'stargan2', seed: 1 },
        networks: {},
        weights: [],
        realAccuracy: 0.5,
        notes: ['a note'],
        data: { sha256: '', domains: [{ name: 'cat', sources: 3, references: 3, reals: 40 }] },
        tasks: [{ guidance: 'latent', source: 'cat', target: 'dog', translations: iteration, scores: scores(null) }],
        means: { latent: scores(0.25), reference: scores(0.125) },
      });
      await appendToLog(runPaths(run).evaluationLog, { iteration, 'latent/fid-stargan2': iteration });
    }
    const html = await readFile(await writeReport(run), 'utf8');
    expect(html).toContain('Iteration 20, fid-stargan2, 10 translations of each source (cat: 3 sources, 40 real)');
    expect(html).toContain('<td>cat → dog</td><td>20</td><td>13.73</td>');
    expect(html).toContain('lpips: only &lt;one&gt; reference');
    expect(html).toContain('a note');
    expect(chartTitles(html)).toEqual(['FID (lower is better), fid-stargan2']);
  });

  it('says when there is nothing to show yet', async () => {
    const run = path.join(folder(), 'empty');
    await writeRunRecord(run, { config: smallConfig(), data: folder(), domains: ['a'] });
    const html = await readFile(await writeReport(run), 'utf8');
    expect(html).toContain('No sample grids yet.');
    expect(html).toContain('No log yet.');
  });

  it.each(['{', '{"latent": 3}'])('names damaged numbers and shows the rest: %s', async (text) => {
    const run = path.join(folder(), 'damaged');
    await writeRunRecord(run, { config: smallConfig(), data: folder(), domains: ['a'] });
    await writeFile(runPaths(run).metrics, text);
    const warned = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const html = await readFile(await writeReport(run), 'utf8');
    expect(html).toContain('metrics.json is damaged and left out');
    expect(html).toContain('No sample grids yet.');
    expect(warned).toHaveBeenCalledWith(expect.stringMatching(/^warning: .*metrics\.json is damaged and left out/));
    warned.mockRestore();
  });

  it('refuses a folder that holds no run', async () => {
    await expect(writeReport(path.join(folder(), 'absent'))).rejects.toThrow('holds no run');
  });
});

describe('curves', () => {
  it('are means over stretches of the log', () => {
    const log = Array.from({ length: 2000 }, (_, i) => ({ iteration: i + 1, 'D/latent_total': (i % 2) * 2 }));
    const [chart] = lossCharts(log);
    expect(chart!.data[0]).toHaveLength(1000);
    expect(new Set(chart!.data[1])).toEqual(new Set([1]));
  });

  it('are of the losses that the run logged', () => {
    const charts = lossCharts([1, 2].map((iteration) => ({ iteration, 'D/latent_total': 1, 'D/latent_cls': 2 })));
    expect(charts.map(({ title, labels }) => [title, labels])).toEqual([
      ['Adversarial losses', ['D latent']],
      ['Classification of domains', ['of real images']],
    ]);
  });
});

describe('curves of optimisation', () => {
  it('are norms and schedules, of the networks that have parameters', () => {
    const line = { 'gradientNorm/generator': 3, 'weightNorm/generator': 40, 'learningRate/generator': 1e-4, 'G/lambda_ds': 0.5 };
    const charts = optimizationCharts([1, 2].map((iteration) => ({ iteration, ...line })));
    expect(charts.map(({ title, labels, data }) => [title, labels, data[1]])).toEqual([
      ['Norm of the gradient', ['generator'], [3, 3]],
      ['Norm of the weights', ['generator'], [40, 40]],
      ['Learning rates', ['generator'], [1e-4, 1e-4]],
      ['Weight of style diversification', ['λ_ds'], [0.5, 0.5]],
    ]);
    expect(optimizationCharts([])).toEqual([]);
  });
});

describe('the curve of speed', () => {
  it('weighs lines by the iterations they stand for, however many lines there are', () => {
    const line = fc.record({
      iterations: fc.integer({ min: 1, max: 50 }),
      seconds: fc.double({ min: 0.1, max: 100, noNaN: true }),
      wait: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 2, maxLength: 3000 }), (lines) => {
        let iteration = 0;
        const speed = lines.map(({ iterations, seconds, wait }) => ({
          iteration: (iteration += iterations),
          iterations,
          seconds,
          dataWaitSeconds: seconds * wait,
        }));
        const [iterations, all, waiting] = speedCharts(speed)[0]!.data as [number[], number[], number[]];
        expect(iterations.length).toBeLessThanOrEqual(1000);
        const rates = speed.map((entry) => entry.seconds / entry.iterations);
        all.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(Math.min(...rates) * 0.9999);
          expect(value).toBeLessThanOrEqual(Math.max(...rates) * 1.0001);
          expect(waiting[i]).toBeLessThanOrEqual(value * 1.0001);
        });
      }),
      { numRuns: 30 },
    );
    const steady = { iterations: 3, seconds: 6, dataWaitSeconds: 1.5, residentBytes: 2 ** 30, tensorBytes: 2 ** 20 };
    const [time, memory, ...others] = speedCharts([3, 6].map((iteration) => ({ iteration, ...steady })));
    expect(time!.data).toEqual([
      [3, 6],
      [2, 2],
      [0.5, 0.5],
    ]);
    expect([memory!.y, memory!.labels, memory!.data]).toEqual([
      'MiB',
      ['process', 'tensors'],
      [
        [3, 6],
        [1024, 1024],
        [1, 1],
      ],
    ]);
    expect(others).toEqual([]);
  });
});

describe('curves of metrics', () => {
  it('are one chart for each metric and convention, in the order of iterations, the last of several values counting', () => {
    const charts = metricCharts([
      { iteration: 20, 'latent/fid-stargan2': 30, 'reference/fid-stargan2': 40, 'latent/lpips': 0.4 },
      { iteration: 10, 'latent/fid-stargan2': 50 },
      { iteration: 20, 'latent/fid-stargan2': 31, 'latent/fid-clean': 20, 'latent/lips': 1 },
    ]);
    expect(charts.map(({ title, data }) => [title, data])).toEqual([
      ['FID (lower is better), fid-clean', [[20], [20], [null]]],
      [
        'FID (lower is better), fid-stargan2',
        [
          [10, 20],
          [50, 31],
          [null, 40],
        ],
      ],
      ['LPIPS: diversity of translations of one source', [[20], [0.4], [null]]],
    ]);
    expect(metricCharts([])).toEqual([]);
  });
});
