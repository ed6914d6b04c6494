import { describeRuntime, selectRuntime } from '@stargan/backend';
import type { ConvolutionMethod } from '@stargan/layers';
import { Command, Option } from 'commander';
import { runConformance, type CaseResult } from './run.js';

function line({ id, status, worst, compared, error }: CaseResult): string {
  if (status === 'not covered') return `  --  ${id}: not covered yet`;
  const mark = status === 'passed' ? '  ok ' : ' MISS';
  if (error !== undefined) return `${mark} ${id}: ${error}`;
  if (worst === undefined) return `${mark} ${id}: ${compared === 0 ? 'nothing to compare' : `${compared} facts checked`}`;
  const detail = `worst ${worst.name}: ${worst.measure} error ${worst.error.toExponential(2)}, tolerance ${worst.tolerance.toExponential(2)}`;
  return `${mark} ${id}: ${detail} (${(worst.ratio * 100).toFixed(1)} %), ${compared} compared`;
}

/** The `conformance` command. Sets the exit code: 0 when every covered case passes, 1 otherwise, 2 on wrong usage. */
export async function conformanceCommand(argv: readonly string[]): Promise<void> {
  const program = new Command('conformance')
    .description('Compares the packages with a folder of golden values.')
    .argument('<directory>', 'folder with a manifest.json')
    .option('--filter <text>', 'only cases whose id contains this text', '')
    .addOption(
      new Option('--variant <name>', 'how blocks convolve and resample').choices(['winograd', 'fused', 'composed']).default('winograd'),
    )
    .exitOverride();
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = (error as { exitCode?: number }).exitCode === 0 ? 0 : 2;
    return;
  }
  const { filter, variant } = program.opts<{ filter: string; variant: ConvolutionMethod }>();
  console.log(describeRuntime(await selectRuntime({ quiet: true })));
  const counts = { passed: 0, failed: 0, 'not covered': 0 };
  try {
    for await (const result of runConformance({ directory: program.args[0]!, variant }, filter)) {
      counts[result.status]++;
      console.log(line(result));
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
    return;
  }
  console.log(`conformance: ${counts.passed} passed, ${counts.failed} failed, ${counts['not covered']} not covered yet`);
  if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
}
