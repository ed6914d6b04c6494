import {
  holds,
  refuseEmpty,
  requireFolder,
  requireWritable,
  resolveLinks,
  runStoppable,
  stopSignal,
  UsageError,
  type StoppableOutcome,
  type StopSignal,
  type StopSurroundings,
} from '@stargan/command-line';

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
