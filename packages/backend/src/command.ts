import { Command, CommanderError, Option } from 'commander';
import { formatDiagnosis } from './format-diagnosis.js';
import { inspectMachine } from './inspect-machine.js';
import { cacheRoot } from './install/cache.js';
import { listCache, pruneCache } from './install/cache-contents.js';
import { InstallError } from './install/failure.js';
import { installRuntime } from './install/install-runtime.js';
import type { Flavour } from './install/paths.js';
import { stopCommands } from './machine/run-command.js';

/**
 * The `stargan-backend` program.
 *
 * @param args without the program's own name
 * @returns exit code: 0 done, 1 failed, 2 used wrongly
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command('stargan-backend').description('Installs and inspects the TensorFlow runtime for Node.js').exitOverride();
  program
    .command('install')
    .description('make the native TensorFlow runtime of this project')
    .addOption(new Option('--flavour <flavour>', 'library to build on (default: by the machine)').choices(['cpu', 'gpu']))
    .option('--force', 'fetch, compile and verify anew what is in place already')
    .option('--portable', 'compile the fused kernels for every x64 processor, not for this one alone')
    .action(async (options: { flavour?: Flavour; force?: boolean; portable?: boolean }) => {
      code = await install(options);
    });
  program
    .command('doctor')
    .description('say what this machine has and what is missing')
    .option('--json', 'print the diagnosis as JSON')
    .action(async (options: { json?: boolean }) => {
      code = await doctor(options.json ?? false);
    });
  program
    .command('cache')
    .description('list the libraries and modules in the cache, those of earlier versions too')
    .option('--prune', 'remove what this version does not use')
    .action((options: { prune?: boolean }) => {
      code = cache(options.prune ?? false);
    });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return code;
}

function cache(prune: boolean): number {
  try {
    const entries = prune ? pruneCache() : listCache();
    for (const { name, bytes, current } of entries)
      console.log(`${`${(bytes / 1e6).toFixed(1)} MB`.padStart(10)}  ${prune ? 'removed ' : current ? 'in use  ' : 'not used'}  ${name}`);
    const old = entries.filter(({ current }) => !current).reduce((sum, { bytes }) => sum + bytes, 0);
    if (prune) console.log(`${(old / 1e6).toFixed(1)} MB removed from ${cacheRoot()}`);
    else console.log(`${cacheRoot()}: ${(old / 1e6).toFixed(1)} MB not used${old > 0 ? '; --prune removes them' : ''}`);
    return 0;
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function install(options: { flavour?: Flavour; force?: boolean; portable?: boolean }): Promise<number> {
  const stop = (signal: NodeJS.Signals) => {
    stopCommands();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  // What is reported to may be gone; the work goes on.
  const ignore = () => undefined;
  process.stdout.on('error', ignore);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const done = await installRuntime({
      ...options,
      onProgress: (line) => {
        console.log(line);
      },
    });
    const state = done.changed ? 'installed' : 'already in place';
    if (!done.changed && done.withoutKernels !== undefined) console.log(`warning: going on without fused kernels: ${done.withoutKernels}`);
    console.log(`native ${done.flavour} runtime ${state}: TensorFlow ${done.tensorflowVersion} (${done.packageName})`);
    return 0;
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    process.stdout.off('error', ignore);
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

async function doctor(json: boolean): Promise<number> {
  const diagnosis = await inspectMachine();
  console.log(json ? JSON.stringify(diagnosis, undefined, 2) : formatDiagnosis(diagnosis));
  return diagnosis.findings.some((finding) => finding.level === 'problem') ? 1 : 0;
}
