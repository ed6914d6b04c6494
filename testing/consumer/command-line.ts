import {
  completionScript,
  holds,
  manual,
  refuseEmpty,
  requireFolder,
  requireWritable,
  resolveLinks,
  runStoppable,
  shells,
  stopSignal,
  UsageError,
  type OptionValues,
  type Shell,
  type StoppableOutcome,
  type StopSignal,
  type StopSurroundings,
} from '@stargan/command-line';

const shell: Shell = shells[0]!;
const values: OptionValues = { '--preset': ['small', 'large'] };
console.log(shell, values, typeof completionScript, typeof manual);

const task = async (signal: AbortSignal): Promise<StoppableOutcome> => (signal.aborted ? 'stopped' : 'completed');
await requireFolder('--data', '.').catch((error: unknown) => console.log(error instanceof UsageError));
await requireWritable('--out', 'results');
await runStoppable('stopping', task);
const surroundings: StopSurroundings = {
  on: () => undefined,
  off: () => undefined,
  exit: () => undefined,
  write: (_, shown) => shown(),
  now: () => 0,
};
const stop: StopSignal = stopSignal('stopping', surroundings);
stop.release();
console.log(stop.exitCode(), holds(await resolveLinks('.'), await resolveLinks('results')), refuseEmpty.length);
