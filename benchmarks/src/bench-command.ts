import { writeFile } from 'node:fs/promises';
import { describeRuntime, selectRuntime } from '@stargan/backend';
import { UsageError } from '@stargan/harness/measurement';
import { Command } from 'commander';
import { loadSuites } from './load-suites.js';
import { measureMatmulPeak } from './matmul-peak.js';
import { runCase, type VariantResult } from './run-case.js';
import { FULL_SCALE, QUICK_SCALE } from './scale.js';
import { caseName, mergeCases, type MergedCase, type Suite } from './suite.js';
import { formatBytes, formatTable, threeDigits } from './table.js';

interface Options {
  json?: string;
  quick?: boolean;
  list?: boolean;
}

/** `pnpm bench`. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('Measure kernels, layer variants, losses and the optimiser. Variants of a case are run in turn.')
    .argument('[filter]', 'only cases whose name contains this, such as "residual" or "up at 4×64"')
    .option('--json <file>', 'also write the results as JSON')
    .option('--quick', 'one tiny model and few runs: seconds, to see that everything runs')
    .option('--list', 'print the names of the cases, measure nothing')
    .action(async (filter: string | undefined, options: Options) => bench(filter, options));
}

async function bench(filter: string | undefined, { json, quick = false, list = false }: Options): Promise<void> {
  const scale = quick ? QUICK_SCALE : FULL_SCALE;
  const suites = await loadSuites();
  const cases = chosen(mergeCases(suites, scale), filter, suites);
  if (list) {
    console.log(cases.map(({ suite, name }) => caseName(suite, name)).join('\n'));
    return;
  }
  const runtime = await selectRuntime();
  console.error(describeRuntime(runtime));
  const peak = measureMatmulPeak(quick ? 1 : 10);
  console.log(`matmul peak: ${threeDigits(peak / 1e9)} GFLOP/s\n`);
  const results: VariantResult[] = [];
  for (const measured of cases) {
    const variants = await runCase(measured, { scale, peak });
    console.log(`${formatCase(caseName(measured.suite, measured.name), variants)}\n`);
    results.push(...variants);
  }
  if (json !== undefined) {
    const { kind, device, tensorflowVersion } = runtime;
    const report = { runtime: { kind, device, tensorflowVersion }, node: process.version, matmulPeakGigaflopsPerSecond: peak / 1e9, results };
    await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  }
}

function chosen(cases: readonly MergedCase[], filter: string | undefined, suites: readonly Suite[]): readonly MergedCase[] {
  if (filter === undefined) return cases;
  const wanted = filter.toLowerCase();
  const found = cases.filter(({ suite, name }) => caseName(suite, name).toLowerCase().includes(wanted));
  if (found.length === 0) {
    const names = [...new Set(suites.map(({ name }) => name))].join(', ');
    throw new UsageError(`no case has "${filter}" in its name; the suites are ${names}, and --list prints all cases`);
  }
  return found;
}

function formatCase(title: string, results: readonly VariantResult[]): string {
  const heading = [title, 'median ms', 'mean ms', 'variance ms²', 'runs/s', 'runs', 'launches', 'GFLOP', 'GFLOP/s', '% of peak', 'bytes'];
  const rows = results.map((r) => [
    `  ${r.variant}`,
    threeDigits(r.secondsMedian * 1e3),
    threeDigits(r.secondsMean * 1e3),
    threeDigits(r.secondsVariance * 1e6),
    threeDigits(r.runsPerSecond),
    String(r.runs),
    String(r.launches),
    threeDigits(r.flops / 1e9),
    r.gigaflopsPerSecond === undefined ? '' : threeDigits(r.gigaflopsPerSecond),
    r.shareOfPeak === undefined ? '' : threeDigits(r.shareOfPeak * 100),
    formatBytes(r.peakBytes),
  ]);
  return formatTable([heading, ...rows]);
}
