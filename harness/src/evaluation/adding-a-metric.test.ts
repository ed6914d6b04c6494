import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openDataset } from '@stargan/data';
import { metricTable, type DomainClassifier, type Metric } from '@stargan/metrics';
import { buildNetworks, disposeAll, readAverages } from '@stargan/training';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { appendToLog, findCheckpoint, runPaths, evaluationFile, type EvaluationRecord, describeEvaluation } from '@stargan/run';
import { writeReport } from '../report/write-report.js';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { sourceDistance } from '@stargan/testing/source-distance';
import { train } from '../training/train.js';
import { openEvaluationData } from '@stargan/evaluation';
import { evaluateRun } from './evaluate-run.js';
import { evaluationOptions } from './options.js';

const folder = useTemporaryFolder();
beforeEach(() => void vi.stubEnv('STARGAN_CACHE_DIR', path.join(folder(), 'cache')));
afterAll(() => void vi.unstubAllEnvs());

const text = (file: string): Promise<string> => readFile(new URL(file, import.meta.url), 'utf8');

test('the document shows the metric that is tried here', async () => {
  const [, shown] = /```ts\n\/\/ packages\/metrics\/src\/table\/source-distance\.ts\n(.*?)```/s.exec(
    await text('../../../docs/adding-a-metric.md'),
  )!;
  const tried = await text('../../../testing/source-distance.ts');
  expect(shown).toBe(tried.replace("'@stargan/metrics'", "'./metric.js'"));
});

test('a metric of one file and one row is in the table, the report and the JSON', async () => {
  const data = await smallDataset(folder());
  const run = path.join(folder(), 'run');
  const config = smallConfig({ iterations: 1, evaluateOutputs: 2 });
  await train({ data, out: run, config });
  const { checkpoint } = await findCheckpoint(run);
  const networks = buildNetworks(config, 2);
  const weights = await readAverages(networks, checkpoint!);
  const options = evaluationOptions(config);
  const images = await openEvaluationData(await openDataset(data), options, 'refuse');
  const classifier: DomainClassifier = {
    size: 16,
    classify: ({ data: values }) => Array.from({ length: values.length / (16 * 16 * 3) }, () => 0),
    dispose: () => undefined,
  };
  const evaluate = (metrics: readonly Metric[]): Promise<EvaluationRecord> =>
    evaluateRun({
      run,
      checkpoint: checkpoint!,
      sampler: { networks, weights },
      config,
      options,
      data: images,
      metrics,
      classifier: () => Promise.resolve(classifier),
    });
  const before = await evaluate(metricTable);
  expect(before.means.latent.values).not.toHaveProperty('sourceDistance');

  const table = [...metricTable, sourceDistance];
  const evaluation = await evaluate(table);
  const value = evaluation.means.latent.values.sourceDistance!;
  expect(value).toBeGreaterThan(0);
  // The others are what they were.
  expect(evaluation.means.latent.values).toEqual({ ...before.means.latent.values, sourceDistance: value });
  const file = evaluationFile(run, evaluation.iteration, evaluation.identity);
  expect((JSON.parse(await readFile(file, 'utf8')) as EvaluationRecord).means.latent.values.sourceDistance).toBe(value);
  const shown = describeEvaluation(evaluation, table);
  expect(shown).toContain('change ↓');
  expect(shown).toContain(value.toFixed(3));
  // A chart needs two points.
  await appendToLog(runPaths(run).evaluationLog, { iteration: 2, 'latent/sourceDistance': 0.5 });
  const html = await readFile(await writeReport(run, table), 'utf8');
  expect(html).toContain('<th>change ↓</th>');
  expect(html).toContain(`<td>${value.toFixed(3)}</td>`);
  expect(html).toContain(sourceDistance.title);
  disposeAll(...Object.values(weights));
});
