import { writeFile } from 'node:fs/promises';
import { describeRuntime, selectRuntime } from '@stargan/backend';
import { UsageError } from '@stargan/harness';
import { Command } from 'commander';
import { loadSuites } from './load-suites.js';
import { measureMatmulPeak } from './matmul-peak.js';
import { describeOrigin, type Report } from './report.js';
import { runCases } from './run-cases.js';
import { FULL_SCALE, QUICK_SCALE } from './scale.js';
import { caseName, casesOf, type NamedCase, type Suite } from './suite.js';
import { threeDigits } from './table.js';

interface Options {
  json?: string;
  quick?: boolean;
  list?: boolean;
}

/** `pnpm bench`. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('Measure kernels, layer variants, losses, the optimiser and the reading of images. Variants of a case are run in turn.')
    .argument('[filter]', 'only cases whose name contains this, such as "residual" or "up at 4×64"')
    .option('--json <file>', 'also write the results as JSON')
    .option('--quick', 'one tiny model and few runs: seconds, to see that everything runs')
    .option('--list', 'print the names of the cases, measure nothing')
    .action(async (filter: string | undefined, options: Options) => bench(filter, options));
}

async function bench(filter: string | undefined, { json, quick = false, list = false }: Options): Promise<void> {
  const scale = quick ? QUICK_SCALE : FULL_SCALE;
  const suites = await loadSuites();
  const cases = chosen(casesOf(suites, scale), filter, suites);
  if (list) {
    console.log(cases.map(caseName).join('\n'));
    return;
  }
  const runtime = await selectRuntime();
  console.error(describeRuntime(runtime));
  const peak = measureMatmulPeak(quick ? 1 : 10);
  console.log(`matmul peak: ${threeDigits(peak / 1e9)} GFLOP/s\n`);
  const { results, failures } = await runCases(cases, { scale, peak }, (table) => console.log(table));
  if (json !== undefined) {
    const report: Report = {
      ...(await describeOrigin(runtime)),
      node: process.version,
      matmulPeakGigaflopsPerSecond: peak / 1e9,
      results,
      failures,
    };
    await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (failures.length > 0) throw new Error(`${failures.length} of ${cases.length} cases failed:\n${failures.join('\n')}`);
}

function chosen(cases: readonly NamedCase[], filter: string | undefined, suites: readonly Suite[]): readonly NamedCase[] {
  if (filter === undefined) return cases;
  const wanted = filter.toLowerCase();
  const found = cases.filter((one) => caseName(one).toLowerCase().includes(wanted));
  if (found.length === 0) {
    const names = [...new Set(suites.map(({ name }) => name))].join(', ');
    throw new UsageError(`no case has "${filter}" in its name; the suites are ${names}, and --list prints all cases`);
  }
  return found;
}
